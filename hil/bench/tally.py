"""What was counted in a run, told at its end: in its result, and in its recording."""

from collections.abc import Iterator

from hil.bench.deck import Deck
from hil.bench.radio import RadioUnit
from hil.bench.result import Result
from hil.faults import Injector
from hil.judge.allowed import COUNTED
from hil.link.session import Session
from hil.recording import Recorder

_COUNTERS = (
    *COUNTED,
    "bytes_to_obc",
    "bytes_from_obc",
    "frames_before_hello",
    "repeated_hellos",
    "passed_over_packets",
    "late_estimates",
    "frozen_writes",
    "babbling",
    "bench_stops",
    "replugs",
    "injected_restarts",
    "replies_lost_to_faults",
)
LATE_ESTIMATES = (
    "estimates come after their command, so that each counts for the step after: the firmware is "
    "to send its estimate first"
)


def counts_of(session: Session, rejected_commands: int) -> dict[str, int]:
    """Return what the session counted; rejected_commands: by the actuators, besides."""
    counters = {name: session.counters[name] for name in _COUNTERS}
    counters["rejected_commands"] += rejected_commands
    return counters


def telemetry_words(deck: Deck) -> Iterator[str]:
    """Yield what was amiss with the firmware's own telemetry."""
    if (believed := deck.believed) is None:
        return
    if names := believed.never_told:
        yield f"telemetry: no message had {', '.join(names)}"
    if believed.refused:
        yield f"telemetry: {believed.refused} times no message; at last: {believed.why}"


def tally(
    recorder: Recorder,
    result: Result,
    deck: Deck | None,
    faults: Injector | None,
    radio: RadioUnit | None,
) -> None:
    """Put what was counted into the recording."""
    if deck is not None:
        recorder.metadata("lines", deck.carried.of_each_line())
    recorder.metadata("counters", result.counters)
    if faults is not None:
        recorder.metadata("faults", faults.counts())
    if radio is not None:
        recorder.metadata("radio", radio.counts())
    figures = {"steps": result.steps, "wall_s": result.wall_s, **result.stage_s}
    recorder.metadata("result", figures)

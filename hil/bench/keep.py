"""What a recording keeps of a run beside its steps: every byte and event, and what it was."""

import math
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypedDict

import hil
from hil.bench.result import Result
from hil.errors import RigError
from hil.link.clock import Clock
from hil.link.identity import Identity
from hil.link.messages import PROTOCOL_VERSION
from hil.obc.place import Line, Obc
from hil.recording import Recorder
from hil.rig import Rig
from hil.rig.recorded import kept_columns

Octets = Callable[[int, bytes], None]
"""Takes octets of one direction, with their simulated time in ns."""


class RecordedAs(TypedDict):
    """Arguments of a Recorder."""

    kept: list[str] | None
    every: int
    octets: bool


class RecordingTap:
    """Puts every byte and event of the line into the recording, and tells a listener of some."""

    def __init__(self, recorder: Recorder) -> None:
        self._at_obc = False
        self.record_into(recorder)
        self.listener: Callable[[str], None] = lambda _: None
        """Is given the name of each event that the OBC tells."""

    def record_into(self, recorder: Recorder) -> None:
        """Put everything into this recording from now on."""
        self.recorder = recorder
        self.to_obc: Octets = _nobody if self._at_obc else recorder.to_obc
        self.from_obc: Octets = _nobody if self._at_obc else recorder.from_obc

    def move_to_obc(self) -> None:
        """Leave the octets to a tap at the OBC's end of the line, which records by ``recorder``."""
        self._at_obc = True
        self.record_into(self.recorder)

    def taken_from_no_line(self, time_ns: int, data: bytes) -> None:
        """Record octets that the OBC was called with, which no tap of a line has seen."""
        if self._at_obc:
            self.recorder.to_obc(time_ns, data)

    def event(
        self,
        time_ns: int,
        source: str,
        name: str,
        text: str = "",
        *,
        code: int = 0,
        value: float = math.nan,
        severity: str = "info",
    ) -> None:
        if source == "obc":
            self.listener(name)
        self.recorder.event(time_ns, source, name, text, code=code, value=value, severity=severity)


class TappedLine:
    """A line whose octets are recorded as they pass: at the OBC's end, within the line's faults."""

    def __init__(self, line: Line, tap: RecordingTap, clock: Clock) -> None:
        self._line, self._clock, self._tap = line, clock, tap
        tap.move_to_obc()  # the bench's own end is not recorded besides

    def write(self, data: bytes, deadline_s: float) -> bool:
        try:
            return self._line.write(data, deadline_s)
        finally:
            self._tap.recorder.to_obc(self._clock.now_ns, data)

    def read(self, deadline_s: float) -> bytes:
        data = self._line.read(deadline_s)
        if data:
            self._tap.recorder.from_obc(self._clock.now_ns, data)
        return data


def _nobody(time_ns: int, data: bytes) -> None:
    """Take octets that are recorded elsewhere."""


def run_metadata(rig: Rig, obc: Obc, *, realtime: bool) -> dict[str, Mapping[str, object]]:
    """The records that a recording begins with: what is run, on what, by which versions."""
    return {
        "run": {
            "rig": rig.name,
            "title": rig.title,
            "obc": obc.name,
            "seed": str(rig.seed),
            "pace": "real time" if realtime else "lockstep",
            "step_s": repr(rig.step_s),
            "duration_s": repr(rig.duration_s),
            **({"every": str(rig.recording.every)} if rig.recording.every > 1 else {}),
        },
        "rig": rig.source.metadata(),
        "wire": {"protocol": PROTOCOL_VERSION, "modes": rig.obc.modes},
        "versions": {"hil": hil.__version__, "python": platform.python_version()},
    }


def recorded_as(rig: Rig, columns: Iterable[tuple[str, int]]) -> RecordedAs:
    """How a rig's recording is thinned, as arguments of a Recorder."""
    settings = rig.recording
    whole = settings.columns is None
    kept = None if whole else kept_columns(rig, [name for name, size in columns if size])
    return {"kept": kept, "every": settings.every, "octets": settings.octets}


def obc_metadata(obc: Obc, identity: Identity, not_handled: str) -> dict[str, str]:
    """The record of who answered HELLO, where, and which of the rig's sensors it has no use for."""
    return {
        "place": obc.name,
        "description": obc.description,
        "firmware": identity.firmware,
        "build": identity.build,
        "protocol": str(identity.protocol),
        "handles": ", ".join(identity.handles),
        "does_not_handle": not_handled,
    }


def unix_ns(instant: datetime) -> int:
    """Nanoseconds since 1970; exact, as a float's would not be."""
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000


def make_folder(folder: Path) -> None:
    """Make the folder of a recording; raises RigError when that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RigError(f"cannot record into {folder}: {error.strerror}") from error


@contextmanager
def keep_partial_recording(result: Result) -> Iterator[None]:
    """Tell whoever sees a run fail, by a note on the error, what its recording holds.

    One with no byte of the OBC's in it is removed. To be entered when the file is this run's own,
    with the result's counters told before it is left.
    """
    try:
        yield
    except BaseException as error:
        path = result.recording
        if result.steps:
            error.add_note(f"recording so far: {path}")
        elif result.counters.get("bytes_from_obc"):
            error.add_note(f"no step was completed; what was said on the line: {path}")
        elif path.is_file():
            path.unlink()
        raise


def keep_printed(obc: Obc, recording: Path, show: Callable[[str], None] | None) -> None:
    """Have what an OBC prints beside its line go into a file beside the recording.

    Raises RigError when a file of an earlier run cannot be replaced.
    """
    if obc.printed is None:
        return
    file = recording.with_name(f"{recording.name}.log")
    try:
        obc.printed.keep(file, show)
    except OSError as error:
        raise RigError(f"cannot replace {file}: {error.strerror}") from error


def tell_printed(obc: Obc, announce: Callable[[str], None]) -> None:
    """Say where it is, if there is any."""
    if obc.printed is not None and obc.printed.kept is not None:
        announce(f"what the OBC printed: {obc.printed.kept}")

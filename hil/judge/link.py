"""The health of the line and of who is at its other end."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from hil.errors import CheckError, HilError
from hil.judge.allowed import COUNTED, Allowed
from hil.judge.rows import Rows, answered, columns_of_answers
from hil.judge.verdict import LINK, Verdict, not_judged
from hil.recording import Event, Recording

_RESETS = "housekeeping_watchdog_resets"
_REFUSED = tuple(  # since HELLO
    f"housekeeping_{name}" for name in ("crc_errors", "broken_frames", "overlong_frames")
)
_IMPOSSIBLE = "state_impossible"  # the event's name
_DOWN = {"obc_down": True, "obc_up": False}  # names of events
_INJECTED = ("injected_restarts", "replies_lost_to_faults")
_HINTS = {
    "unexpected_frames": " (packets on the line for another receiver? The recording's events tell "
    "their APIDs; name them in [obc] pass_over_apids)",
}
_NOT_ALWAYS_COUNTED = "late_steps"  # of a bench: older recordings count them as late replies
_EVENTS = {  # name of one of the bench's events -> what it counts for while a run goes on
    "late_reply": "late_replies",
    "stale_reply": "stale_replies",
    "unexpected_frame": "unexpected_frames",
    "crc_error": "crc_errors",
    "broken_frame": "broken_frames",
}


class LinkCounts:
    """What went wrong on the line: while a run goes on from its steps and events.

    What the bench itself counted stands in the recording when the run has ended.
    """

    def __init__(self) -> None:
        self._unanswered, self._down = 0, False
        self._first_resets = self._most_resets = math.nan
        self._events: Counter[str] = Counter()
        self._impossible = 0
        self._refused = dict.fromkeys(_REFUSED, 0.0)
        self._counted: Mapping[str, int] = {}

    @staticmethod
    def columns(available: frozenset[str]) -> set[str]:
        """Return the columns that it reads."""
        return (columns_of_answers(available) | {_RESETS, *_REFUSED, "time_s"}) & available

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""
        if columns_of_answers(frozenset(rows)):
            self._unanswered += 0 if self._down else int(np.count_nonzero(~answered(rows)))
        if _RESETS in rows:
            known = rows[_RESETS][np.isfinite(rows[_RESETS])]
            if len(known):
                first = float(known[0])
                self._first_resets = first if math.isnan(self._first_resets) else self._first_resets
                self._most_resets = max(float(known.max()), np.nan_to_num(self._most_resets))

        for name in self._refused.keys() & rows.keys():
            most = float(np.nan_to_num(rows[name]).max(initial=0.0))
            self._refused[name] = max(self._refused[name], most)

    def note(self, event: Event) -> None:
        """Take the next event, before the steps from its instant on."""
        if event.source == "fault" and event.name in _DOWN:
            self._down = _DOWN[event.name]
        if event.source == "obc" and event.name == _IMPOSSIBLE:
            self._impossible += event.times
        elif event.source == "bench" and event.name in _EVENTS:
            self._events[_EVENTS[event.name]] += event.times

    def counted(self, counters: Mapping[str, str]) -> None:
        """Take what the bench itself counted, at the end of a run; CheckError if it is no count."""
        try:
            counts = {name: int(count) for name, count in counters.items()}
        except ValueError as error:
            raise CheckError(
                f"the recording is damaged: a counter is not a number: {error}"
            ) from None
        always = {_NOT_ALWAYS_COUNTED: 0} if "late_replies" in counts else {}
        self._counted = always | counts

    @property
    def told(self) -> dict[str, int]:
        """What the firmware told of its own troubles, by the names of the rig's [allowed].

        What it never tells counts as 0: housekeeping and events are a firmware's choice.
        """
        risen = self._most_resets - self._first_resets
        return {
            "watchdog_resets": 0 if math.isnan(risen) else int(risen),  # since power on
            "impossible_states": self._impossible,
            "frames_refused_by_obc": int(sum(self._refused.values())),
        }

    @property
    def at_the_end(self) -> dict[str, int]:
        """What the bench counted and the firmware told, by name."""
        return dict(self._counted) | self.told

    @property
    def so_far(self) -> dict[str, int]:
        """The same while the run goes on, by the names of the rig's [allowed]."""
        seen = dict.fromkeys(COUNTED, 0) | dict(self._events)
        seen["lost_replies"] = max(0, self._unanswered - self._events["late_replies"])
        return seen | self.at_the_end


def link_counts(recording: Recording) -> LinkCounts:
    """Return what went wrong in a run, from its recording."""
    counts = LinkCounts()
    columns = LinkCounts.columns(frozenset(name for name, _ in recording.columns))
    for rows in recording.blocks(sorted(columns)):
        counts.feed(rows)
    for event in recording.events:
        counts.note(event)
    counts.counted(recording.metadata.get("counters", {}))
    return counts


def evaluate_link(allowed: Allowed, recordings: Sequence[Recording]) -> Verdict:
    """Judge what the bench counted and the firmware told against what the rig allows."""
    try:
        runs = [(recording.path, counters(recording)) for recording in recordings]
        troubles = [(trouble_of(allowed, count, str(path)), path) for path, count in runs]
    except HilError as error:
        return not_judged(LINK, error, recordings[0].path, 0.0, "")
    return link_verdict(troubles, [count for _, count in runs])


def _injected(counts: Sequence[Mapping[str, int]]) -> str:
    """Return what faults of the OBC did, which is no trouble: empty, or a clause."""
    restarts, lost = (sum(count.get(name, 0) for count in counts) for name in _INJECTED)
    if not restarts and not lost:
        return ""
    return f"; injected and not counted: {restarts} restarts of the OBC, {lost} lost replies"


def link_verdict(
    troubles: Sequence[tuple[list[tuple[str, int, int]], Path]],
    counts: Sequence[Mapping[str, int]] = (),
) -> Verdict:
    """Return the verdict on the troubles of some runs, each (name, how many, how many allowed).

    counts: all that was counted in each run; what faults of the OBC did is said besides.
    """
    found = [(trouble, path) for trouble, path in troubles if trouble]
    path = (found or troubles)[0][1]
    text = f"{LINK}: met: nothing beyond what is allowed"
    if found:
        words = ", ".join(f"{name} {n} (allowed {most})" for name, n, most in found[0][0])
        hints = "".join(_HINTS.get(name, "") for name, _, _ in found[0][0])
        text = f"{LINK}: missed: {words}{hints}; recording {path}"
    text += _injected(counts)
    excess = sum(n - most for trouble, _ in found for _, n, most in trouble)
    met, value, told = not found, float(excess), f"{excess}"
    return Verdict(LINK, met, value, 0.0, "", math.nan, text, path, reached=told, allowed="0")


def counters(recording: Recording) -> dict[str, int]:
    """Return what the bench counted and the firmware told, by name.

    Raises CheckError when the run did not come to its end.
    """
    check_complete(recording)
    return link_counts(recording).at_the_end


def told_troubles(recording: Recording) -> dict[str, int]:
    """Return what the firmware told of its own troubles, by the names of the rig's [allowed]."""
    return link_counts(recording).told


def check_complete(recording: Recording) -> None:
    """Raise CheckError when a run did not come to its end."""
    if not recording.complete:
        raise CheckError(f"{recording.path} is incomplete: {recording.incomplete_reason}")


def trouble_of(
    allowed: Allowed, counted: Mapping[str, int], name: str
) -> list[tuple[str, int, int]]:
    """Return each trouble beyond what is allowed: its name, how many, how many are allowed.

    Raises CheckError when one was not counted.
    """
    limits: dict[str, int] = allowed.model_dump()
    missing = [trouble for trouble in limits if trouble not in counted]
    if missing:
        raise CheckError(f"{name} does not count {', '.join(missing)}")
    return [(each, counted[each], most) for each, most in limits.items() if counted[each] > most]

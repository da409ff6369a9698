"""Reactions in one run: what holds from some moment on after a fault, what the firmware tells."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, replace
from pathlib import Path

from hil.errors import CheckError, RunTooShortError
from hil.judge.basis import Member
from hil.judge.events import EventRequirement, NoEventRequirement
from hil.judge.moments import Moment, MomentFigure, MomentRequirement
from hil.judge.occurrences import (
    FaultLog,
    Heard,
    Window,
    check_windows,
    instant_words,
    windows_of,
)
from hil.judge.phases import Phase, Run
from hil.judge.pointing import Ground
from hil.judge.required import FAULT_KEYS, Required
from hil.judge.rows import Rows, TIME_TOLERANCE_s
from hil.recording import Event

_TOLD_INSTEAD = 4


class ReactionFigure:
    """A moment after each coming of a fault; the run's is the latest of them."""

    def __init__(
        self, requirement: MomentRequirement, ground: Ground | None, run: Run, recording: Path
    ) -> None:
        self._requirement, self._ground, self._run = requirement, ground, run
        self._recording, self._faults = recording, run.faults or FaultLog()
        self._figures: list[MomentFigure] = []
        self._end_s = 0.0

    @staticmethod
    def columns(requirement: MomentRequirement, available: frozenset[str]) -> set[str]:
        """Return the columns that it reads."""
        return MomentFigure.columns(requirement, available)

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""
        if not len(rows["time_s"]):
            return
        self._end_s = float(rows["time_s"][-1])
        for number, window in enumerate(windows_of(self._requirement, self._faults)):
            if number == len(self._figures):
                self._figures.append(self._figure(window))
            if not window.touches(rows["time_s"]):
                continue
            within = window.holds(rows["time_s"])
            if within.any():
                part = {name: values[within] for name, values in rows.items()}
                self._figures[number].feed(part)

    @property
    def met_so_far(self) -> bool | None:
        """Whether it held in time after each coming; None as long as that is open."""
        stands = [figure.met_so_far for figure in self._figures]
        return False if False in stands else None if None in stands or not stands else True

    def finish(self) -> Moment:
        """Return the latest moment, counted from its fault; CheckError when there is none."""
        check_windows(self._requirement, self._faults, self._end_s, self._run.step_s)
        windows = windows_of(self._requirement, self._faults)
        told = judged_windows(self._requirement, windows, self._end_s, self._run.step_s)
        moments = [
            replace(self._figures[number].finish(), zero_s=windows[number].zero_s)
            for number in told
        ]
        worst = max(moments, key=lambda each: each.after_s)
        return replace(worst, member=_together([each.member for each in moments]))

    def _figure(self, window: Window) -> MomentFigure:
        times = {"from_s": window.from_s, "by_s": window.zero_s + (self._requirement.by_s or 0.0)}
        free = dict.fromkeys((*FAULT_KEYS, "to_s"))
        of_one = self._requirement.model_copy(update={**free, **times})
        return MomentFigure(of_one, self._ground, self._run, self._recording)


class EventFigure:
    """When the firmware told an event, after each coming of a fault or in the run."""

    def __init__(
        self, requirement: EventRequirement, _ground: Ground | None, run: Run, recording: Path
    ) -> None:
        self._requirement, self._run = requirement, run
        self._faults = run.faults or FaultLog()
        self._told, self._others = Heard(), Heard()
        self._recording, self._end_s = recording, 0.0

    @staticmethod
    def columns(requirement: EventRequirement, available: frozenset[str]) -> set[str]:  # noqa: ARG004
        """Return the columns that it reads."""
        return {"time_s"}

    def note(self, event: Event) -> None:
        """Take the next event."""
        if self._requirement.is_told_by(event):
            self._told.add(event)
        elif event.source == "obc":
            self._others.add(event)

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""
        if len(rows["time_s"]):
            self._end_s = float(rows["time_s"][-1])

    @property
    def met_so_far(self) -> bool | None:
        """Whether it was told in time after each coming; None as long as that is open."""
        moments = [self._moment(window) for window in self._windows]
        late = [
            each for each in moments if each.after_s > self._requirement.by_s + TIME_TOLERANCE_s
        ]
        if any(self._end_s >= each.zero_s + self._requirement.by_s for each in late):
            return False
        return None if late or not moments else True

    def finish(self) -> Moment:
        """Return the latest of its moments; CheckError when the run does not come to one."""
        if self._requirement.fault is not None:
            check_windows(self._requirement, self._faults, self._end_s, self._run.step_s)
        windows = self._windows
        told = judged_windows(self._requirement, windows, self._end_s, self._run.step_s)
        moments = [self._moment(windows[number]) for number in told]
        worst = max(moments, key=lambda each: each.after_s)
        return replace(worst, member=_together([each.member for each in moments]))

    @property
    def _windows(self) -> list[Window]:
        each = self._requirement
        if each.fault is None:
            return [Window(0.0, each.from_s, math.inf, math.inf)]
        return windows_of(each, self._faults)

    def _until_s(self, window: Window) -> float:
        """Until when an event, in time or late, can be about this fault: until another begins."""
        if self._requirement.fault is None:
            return math.inf
        begins = [fault.begin_s for fault in self._faults.all if fault.begin_s > window.zero_s]
        return max(window.zero_s + self._requirement.by_s, min(begins, default=math.inf))

    def _moment(self, window: Window) -> Moment:
        step_s = self._run.step_s
        asked_s = window.zero_s + self._requirement.by_s - window.from_s
        steps = 1 + round(asked_s / step_s)
        member = Member(self._recording, step_s, steps, steps)
        until_s = self._until_s(window)
        came_s = self._told.within(window, until_s)[1]
        others = self._others.within(window, until_s)[0][:_TOLD_INSTEAD]
        return Moment(
            member,
            since_s=float(came_s.min()) if len(came_s) else math.nan,
            zero_s=window.zero_s,
            instead=tuple(told_words(each, window.zero_s) for each in others),
        )


@dataclass
class Told:
    """Which events were told in the phase of a requirement on none."""

    member: Member
    events: tuple[Event, ...]


class NoEventFigure:
    """Events that should not have been told, in the phase of a requirement."""

    def __init__(
        self, requirement: NoEventRequirement, ground: Ground | None, run: Run, recording: Path
    ) -> None:
        self._requirement = requirement
        self.phase = Phase(requirement, ground, run)
        self._member = Member(recording, run.step_s, 0, 0)
        self._told: list[Event] = []

    @staticmethod
    def columns(requirement: NoEventRequirement, available: frozenset[str]) -> set[str]:
        """Return the columns that it reads."""
        return Phase.columns(requirement, available)

    def note(self, event: Event) -> None:
        """Take the next event."""
        if self._requirement.is_told_by(event):
            self._told.append(event)

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""
        applies = self.phase.extend(rows)
        self._member = self._member.with_steps(applies.settled, applies.asked)

    @property
    def met_so_far(self) -> bool | None:
        """Whether none was told; None before the phase has begun."""
        return not self._in_phase() if self._member.judged else None

    def finish(self) -> Told:
        """Return what was told; CheckError when the phase did not come."""
        self.phase.check()
        return Told(self._member, tuple(self._in_phase()))

    def _in_phase(self) -> list[Event]:
        """Return those in the phase; of several counted together, one where only an end is."""
        found = []
        for event in self._told:
            begins, ends = self._holds(event.time_s), self._holds(event.last_s)
            if begins and ends:
                found.append(event)
            elif begins or ends:
                at_ns = event.time_ns if begins else event.last_ns or event.time_ns
                found.append(event._replace(time_ns=at_ns, times=1, last_ns=None))
        return found

    def _holds(self, time_s: float) -> bool:
        """Return whether an instant is in one of the spans, which follow each other."""
        near, spans = TIME_TOLERANCE_s, self.phase.spans
        at = bisect_right(spans, (time_s + near, math.inf)) - 1
        return at >= 0 and time_s <= spans[at][1] + near


def judged_windows(
    requirement: Required, windows: list[Window], end_s: float, step_s: float
) -> list[int]:
    """Return which windows were open until the latest moment; CheckError if none was.

    end_s: the run's last step. One that is shorter says nothing: its fault ended or came again.
    """
    by_s = float(getattr(requirement, "by_s", None) or 0.0)
    open_until = [min(each.before_s - step_s, end_s) for each in windows]
    found = [
        number
        for number, (window, until_s) in enumerate(zip(windows, open_until, strict=True))
        if window.zero_s + by_s <= until_s + TIME_TOLERANCE_s
    ]
    if found:
        return found
    if requirement.fault is None:
        raise RunTooShortError(f"is to be by {by_s:g} s, the run ends at {end_s:g} s")
    longest_s = max(until - each.zero_s for each, until in zip(windows, open_until, strict=True))
    raise CheckError(
        f"is to be by {by_s:g} s after {instant_words(requirement)}, and there are no more than "
        f"{max(0.0, longest_s):.6g} s until the run or the fault ends, or the fault comes again"
    )


def told_words(event: Event, zero_s: float) -> str:
    """Return an event's name, or its code where it has none, its value, and when it came."""
    name = event.name.replace("_", " ") if event.name != "event" else f"event {event.code}"
    value = f" {event.value:g}" if math.isfinite(event.value) else ""
    return f"{name}{value} after {event.time_s - zero_s:.6g} s"


def _together(members: list[Member]) -> Member:
    first = members[0]
    return first._replace(
        judged=sum(each.judged for each in members), phase=sum(each.phase for each in members)
    )

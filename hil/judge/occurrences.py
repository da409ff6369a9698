"""When faults were in force, and the windows of time that requirements count from them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hil.errors import CheckError, RunTooShortError
from hil.judge.required import Required
from hil.judge.rows import Mask, TIME_TOLERANCE_s
from hil.recording import Event

BEGAN, ENDED = "fault_began", "fault_ended"
_SOURCE = "fault"


class InForce(NamedTuple):
    """A fault, in words, and from when until when it was in force; inf: to the run's end."""

    words: str
    begin_s: float
    end_s: float

    @property
    def device(self) -> str:
        """What fails: "gyro 0"; its words name it after the fault's own name."""
        kind, _, which = self.words.partition(": ")[2].partition(" ")
        return f"{kind} {which.partition(' ')[0]}".strip()

    def is_called(self, name: str) -> bool:
        """Whether it is the fault of this name: its words begin with that."""
        return self.words == name or self.words.startswith(f"{name}: ")


class FaultLog:
    """What failed in a run, as far as its events tell so far."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._open: dict[str, float] = {}
        self._over: list[InForce] = []
        for event in events:
            self.note(event)

    def note(self, event: Event) -> None:
        """Take the next event; those that are not of a fault do not count."""
        if event.source != _SOURCE:
            return
        if event.name == BEGAN:
            self._open[event.text] = event.time_s
        elif event.name == ENDED and event.text in self._open:
            self._over.append(InForce(event.text, self._open.pop(event.text), event.time_s))

    @property
    def all(self) -> tuple[InForce, ...]:
        """All of them, in the order in which they began."""
        still = [InForce(words, begin_s, math.inf) for words, begin_s in self._open.items()]
        return tuple(sorted([*self._over, *still], key=lambda fault: fault.begin_s))

    def of(self, name: str) -> list[InForce]:
        """Each time that the fault of a name came."""
        return [fault for fault in self.all if fault.is_called(name)]

    def none_at(self, time_s: NDArray[np.float64]) -> Mask:
        """At which instants no fault is in force."""
        free = np.ones(len(time_s), dtype=bool)
        for _, begin_s, end_s in self.all:
            free &= (time_s < begin_s - TIME_TOLERANCE_s) | (time_s > end_s - TIME_TOLERANCE_s)
        return free


class Window(NamedTuple):
    """The time that a requirement takes from one coming of its fault.

    zero_s: what its times count from. from_s, to_s: in simulated time, both within it; inf: open.
    before_s: where it ends for another reason, itself not within it: the fault ended or came again.
    """

    zero_s: float
    from_s: float
    to_s: float
    before_s: float

    def touches(self, time_s: NDArray[np.float64]) -> bool:
        """Whether any of the instants (n,), ascending, can be within it."""
        until_s = min(self.to_s, self.before_s) + TIME_TOLERANCE_s
        begun = len(time_s) > 0 and bool(time_s[-1] >= self.from_s - TIME_TOLERANCE_s)
        return begun and bool(time_s[0] <= until_s)

    def holds(self, time_s: NDArray[np.float64]) -> Mask:
        """Which instants are within it."""
        begun = time_s >= self.from_s - TIME_TOLERANCE_s
        on = (time_s <= self.to_s + TIME_TOLERANCE_s) & (time_s < self.before_s - TIME_TOLERANCE_s)
        return np.asarray(begun & on)


class Heard:
    """Events, as they are noted, that many windows ask for."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._times_s = np.empty((0, 2))  # of the first and of the last of those counted together

    def add(self, event: Event) -> None:
        """Take the next one."""
        self._events.append(event)

    def within(self, window: Window, until_s: float) -> tuple[list[Event], NDArray[np.float64]]:
        """Return those that came within a window until an instant, and when each (n,) came."""
        if len(self._times_s) < len(self._events):
            times = [(each.time_s, each.last_s) for each in self._events]
            self._times_s = np.array(times).reshape(-1, 2)
        times_s = self._times_s
        within = window.holds(times_s) & (times_s <= until_s + TIME_TOLERANCE_s)
        at = np.flatnonzero(within.any(axis=1))
        came_s = np.where(within[at, 0], times_s[at, 0], times_s[at, 1])
        return [self._events[number] for number in at.tolist()], came_s


def windows_of(requirement: Required, log: FaultLog) -> list[Window]:
    """Return the windows of a requirement whose times count from a fault, as far as it has come."""
    assert requirement.fault is not None
    comings = log.of(requirement.fault)
    found = []
    for number, fault in enumerate(comings):
        following = comings[number + 1] if number + 1 < len(comings) else None
        zero_s = fault.begin_s if requirement.after_fault_end is None else fault.end_s
        again_s = math.inf if following is None else following.begin_s
        before_s = min(again_s, fault.end_s) if requirement.while_fault else again_s
        to_s = math.inf if requirement.to_s is None else zero_s + requirement.to_s
        if math.isfinite(zero_s):
            found.append(Window(zero_s, zero_s + requirement.from_s, to_s, before_s))
    return found


def instant_words(requirement: Required) -> str:
    """Return what its times count from: "gyro sticks began"; "" for the run's start."""
    if requirement.fault is None:
        return ""
    return f"{requirement.fault} {'began' if requirement.after_fault_end is None else 'ended'}"


def check_windows(requirement: Required, faults: FaultLog, end_s: float, step_s: float) -> None:
    """Raise CheckError when its fault did not come, or end, or the run ends before its phase does.

    end_s: the run's last step.
    """
    windows = windows_of(requirement, faults)
    if not windows:
        did = instant_words(requirement).removeprefix(f"{requirement.fault} ")
        never = {"began": "did not begin", "ended": "did not end"}[did]
        raise CheckError(f"the fault {requirement.fault} {never} in the run")
    first_s = windows[0].from_s
    if first_s > end_s + TIME_TOLERANCE_s:
        raise RunTooShortError(
            f"applies from {requirement.from_s:g} s after {instant_words(requirement)}, which is "
            f"{first_s:g} s; the run ends at {end_s:g} s"
        )
    if windows[0].to_s > end_s + step_s + TIME_TOLERANCE_s and requirement.to_s is not None:
        raise RunTooShortError(
            f"applies until {requirement.to_s:g} s after {instant_words(requirement)}, which is "
            f"{windows[0].to_s:g} s; the run ends at {end_s:g} s"
        )

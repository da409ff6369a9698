"""When a requirement applies: which steps of a run are to be judged, and which are."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from hil.errors import CheckError, RunTooShortError
from hil.judge.occurrences import FaultLog, check_windows, instant_words, windows_of
from hil.judge.pointing import Ground
from hil.judge.requirements import Requirement
from hil.judge.rows import (
    Mask,
    Rows,
    TIME_TOLERANCE_s,
    answered,
    columns_of_answers,
    last_told,
    parts_of,
)

Span = tuple[float, float]
_ZEROS_NAMED = 4


class Run(NamedTuple):
    """What judging has to know of a run before its steps.

    name: of its recording. step_s: from one recorded step to the next: the control period, unless
    one step of so many (every) is recorded. modes: the firmware's, by number.
    steps_most: how many steps it can have. columns: those that it has. steps_together: of all runs
    that are judged together with it, itself among them; 0: of itself alone. faults: what fails in
    it, noted as the run goes on.
    """

    name: str
    step_s: float
    modes: tuple[str, ...]
    steps_most: float
    columns: frozenset[str]
    steps_together: float = 0
    faults: FaultLog | None = None
    every: int = 1


class Applies(NamedTuple):
    """At which of some steps a requirement applies.

    asked: whatever the firmware does and however it settles. settled: in the mode asked for, and
    after settling. answered: where the OBC answered; a step without an answer is the link's.
    """

    asked: Mask
    settled: Mask
    answered: Mask


class Phase:
    """The phase of a requirement in one run, as far as the run has come.

    The mode of a step without an answer is the one told last.
    spans: from and to, in seconds, of the stretches in which it applied so far.
    """

    def __init__(self, requirement: Requirement, ground: Ground | None, run: Run) -> None:
        self._requirement, self._ground = requirement, ground
        self._faults = run.faults or FaultLog()
        self._mode = _number(requirement.in_mode, run)
        self._told = math.nan  # the mode told last
        self._settling = math.ceil(requirement.settle_s / run.step_s - TIME_TOLERANCE_s)
        self._fulfilled = 0  # steps in a row, up to the last one
        self._step_s = run.step_s
        self._end_s = 0.0
        self._asked_any = False
        self._held = False  # at the last step
        self.spans: list[Span] = []

    @staticmethod
    def columns(requirement: Requirement, available: frozenset[str]) -> set[str]:
        """Return the columns that a requirement's phase is made of."""
        needed = {"time_s"}
        if requirement.in_mode is not None:
            needed.add("estimate_mode")
        if requirement.while_elevation_above_deg is not None:
            needed.add("truth_position_eci_m")
        if requirement.while_sunlit:
            needed.add("truth_sunlit")
        return needed | columns_of_answers(available)

    def extend(self, rows: Rows) -> Applies:
        """Take the next steps; return at which of them the requirement applies."""
        asked = self._asked(rows)
        told = answered(rows)
        settled = self._settled(asked & self._in_mode(rows))
        self._note(rows, settled)
        return Applies(asked, settled, told)

    @property
    def from_s(self) -> float:
        """The earliest instant at which it can apply."""
        return self._requirement.from_s

    @property
    def planned(self) -> list[Span]:
        """The spans; where only time decides, as they are known from the beginning."""
        each = self._requirement
        return [(each.from_s, each.to_s or math.inf)] if only_time_decides(each) else self.spans

    def due(self, time_s: np.ndarray) -> Mask:
        """At which instants the moment is over by which it is to hold, if it says one."""
        each = self._requirement
        by_s = (getattr(each, "by_s", None) or 0.0) - TIME_TOLERANCE_s
        if each.fault is None:
            return np.asarray(time_s >= by_s)
        windows = windows_of(each, self._faults)
        over = [one.holds(time_s) & (time_s >= one.zero_s + by_s) for one in windows]
        return np.asarray(np.logical_or.reduce([np.zeros(len(time_s), dtype=bool), *over]))

    def last_at(self, time_s: float) -> float:
        """Return the latest instant up to this one at which it applies, -inf if there is none."""
        near = TIME_TOLERANCE_s
        ends = [end for start, end in self.planned if start - near <= time_s]
        return min(time_s, max(ends) + near) if ends else -math.inf

    def check(self) -> None:
        """Raise CheckError when the run, at its end, has not come to the phase or is too short."""
        each, end_s = self._requirement, self._end_s
        if each.fault is not None:
            check_windows(each, self._faults, end_s, self._step_s)
        elif each.to_s is not None and each.to_s > end_s + self._step_s + TIME_TOLERANCE_s:
            raise RunTooShortError(f"applies until {each.to_s:g} s, the run ends at {end_s:g} s")
        if not self._asked_any and each.fault is None and each.from_s > end_s:
            raise RunTooShortError(f"applies from {each.from_s:g} s, the run ends at {end_s:g} s")
        if not self.spans:
            raise CheckError(f"the run is never {_condition(each)}")

    @property
    def reference(self) -> str:
        """From when its times count, in words; "" for the run's start."""
        each = self._requirement
        if each.fault is None:
            return ""
        zeros = [f"{window.zero_s:g} s" for window in windows_of(each, self._faults)]
        more = f" and {len(zeros) - _ZEROS_NAMED} times more" if len(zeros) > _ZEROS_NAMED else ""
        return (
            f"times count from when {instant_words(each)}: {', '.join(zeros[:_ZEROS_NAMED])}{more}"
        )

    def _in_time(self, time_s: np.ndarray) -> Mask:
        """At which instants it applies as far as time and faults go."""
        each = self._requirement
        if each.fault is not None:
            windows = windows_of(each, self._faults)
            within = [each.holds(time_s) for each in windows if each.touches(time_s)]
            none = np.zeros(len(time_s), dtype=bool)
            return np.asarray(np.logical_or.reduce([none, *within]))
        mask = time_s >= each.from_s - TIME_TOLERANCE_s
        if each.to_s is not None:
            mask &= time_s <= each.to_s + TIME_TOLERANCE_s
        return np.asarray(mask & self._faults.none_at(time_s) if each.while_no_fault else mask)

    def _asked(self, rows: Rows) -> Mask:
        each, time_s = self._requirement, rows["time_s"]
        mask = self._in_time(time_s)
        self._asked_any = self._asked_any or bool(mask.any())
        if each.while_elevation_above_deg is not None:
            mask &= self._above_horizon(rows)
        if each.while_sunlit:
            mask &= rows["truth_sunlit"] > 0.5
        return np.asarray(mask)

    def _above_horizon(self, rows: Rows) -> Mask:
        name = self._requirement.ground
        if self._ground is None or name not in self._ground.targets:
            raise CheckError(f"there is no place called {name}")
        elevation = self._ground.elevation_rad(name, rows["time_s"], rows["truth_position_eci_m"])
        least = math.radians(self._requirement.while_elevation_above_deg or 0.0)
        return np.asarray(elevation > least)

    def _in_mode(self, rows: Rows) -> Mask:
        if self._mode is None:
            return np.ones(len(rows["time_s"]), dtype=bool)
        mode, self._told = last_told(rows["estimate_mode"], answered(rows), self._told)
        return np.asarray(mode == self._mode)

    def _settled(self, fulfils: Mask) -> Mask:
        """Leave out the beginning of each stretch."""
        if not self._settling or not len(fulfils):
            return fulfils
        steps = np.arange(1, len(fulfils) + 1)
        broken = np.maximum.accumulate(np.where(fulfils, -self._fulfilled, steps))
        in_a_row = steps - broken
        self._fulfilled = int(in_a_row[-1])
        return np.asarray(fulfils & (in_a_row > self._settling))

    def _note(self, rows: Rows, settled: Mask) -> None:
        time_s = rows["time_s"]
        for part in parts_of(settled):
            begin_s, end_s = float(time_s[part.start]), float(time_s[part.stop - 1])
            if part.start == 0 and self._held:
                begin_s = self.spans.pop()[0]
            self.spans.append((begin_s, end_s))
        if len(settled):
            self._held, self._end_s = bool(settled[-1]), float(time_s[-1])


def only_time_decides(requirement: Requirement) -> bool:
    """Return whether nothing but time makes a requirement's phase."""
    each = requirement
    looks_up = each.while_elevation_above_deg is not None
    fails = each.fault is not None or each.while_no_fault
    return not (each.in_mode or looks_up or each.while_sunlit or each.settle_s or fails)


def mode_number(name: str, run: Run) -> int:
    """Return a mode's number; CheckError when the recording does not say which that is."""
    if name not in run.modes:
        known = ", ".join(run.modes) or "none"
        raise CheckError(f"the firmware of {run.name} has no mode {name}; its modes: {known}")
    return run.modes.index(name)


def _number(name: str | None, run: Run) -> int | None:
    return None if name is None else mode_number(name, run)


def _condition(requirement: Requirement) -> str:
    """Return what the run was to be for the requirement to apply, in words."""
    words = []
    if requirement.in_mode is not None:
        words.append(f"in mode {requirement.in_mode}")
    if requirement.while_elevation_above_deg is not None:
        above = f"{requirement.while_elevation_above_deg:g} deg above the horizon"
        words.append(f"{above} of {requirement.ground}")
    if requirement.while_sunlit:
        words.append("in sunlight")
    if requirement.while_no_fault:
        words.append("without a fault")
    settled = f" for more than {requirement.settle_s:g} s" if requirement.settle_s else ""
    return f"{' and '.join(words)}{settled} in the phase".strip()

"""What a requirement judges of one run, reduced while the run is read."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hil.errors import CheckError, PointingError
from hil.judge.basis import Member
from hil.judge.cones import ConeRequirement
from hil.judge.knowledge import NOT_KNOWN, knowledge
from hil.judge.phases import Phase, Run, parts_of
from hil.judge.pointing import (
    KNOWLEDGE,
    REPRODUCIBILITY,
    Ground,
    IndexOfPeriod,
    Series,
    Tail,
    WindowMeans,
    index_of_period,
    samples_needed,
    too_short_words,
    whole_steps,
)
from hil.judge.requirements import ColumnRequirement, PointingRequirement
from hil.judge.rows import Mask, Rows, comes_with_the_reply
from hil.judge.steps import INSIDE_TURN, StepErrors

FloatArray = NDArray[np.float64]


class Peak(NamedTuple):
    """The largest value of a run, in SI units, and its instant."""

    value: float = -math.inf
    time_s: float = math.nan


_NO_PEAK = Peak()


class Windows(NamedTuple):
    """Means (n, parts) of windows of one run: when each starts, in which stretch of the phase."""

    start_s: FloatArray
    mean: FloatArray
    stretch: NDArray[np.int64]


@dataclass
class Figure:
    """What a requirement judges of one run, as far as the run has come.

    count, unknown, above: how many values there were, were not known, exceeded limit_si. worst: the
    largest value; known: the largest that is known, where some are not. tail: the values that a
    probability needs; the runs of a mixed requirement share one. remark: what to know besides.
    last_above_s: the last instant at which one exceeded it, NaN if none did.
    """

    tail: Tail
    limit_si: float
    member: Member
    begin_s: float = math.inf
    end_s: float = -math.inf
    worst: Peak = _NO_PEAK
    known: Peak = _NO_PEAK
    count: int = 0
    unknown: int = 0
    above: int = 0
    remark: str = ""
    last_above_s: float = math.nan
    windows: list[Windows] = field(default_factory=list)

    def extend(self, series: Series) -> None:
        """Take some more values."""
        if not len(series.value):
            return
        values = np.where(np.isfinite(series.value), series.value, np.inf)
        self.tail.extend(values)
        self.count += len(values)
        self.unknown += int(np.count_nonzero(np.isinf(values)))
        above = ~(values <= self.limit_si)
        self.above += int(np.count_nonzero(above))
        if above.any():
            self.last_above_s = float(series.time_s[above].max())
        self.begin_s = min(self.begin_s, float(series.time_s.min()))
        self.end_s = max(self.end_s, float(series.time_s.max()))
        self.worst = _larger(self.worst, values, series.time_s)
        known = np.where(np.isfinite(values), values, -np.inf)
        self.known = _larger(self.known, known, series.time_s)

    @property
    def share_above(self) -> float:
        """The share of its values above the limit."""
        return self.above / max(self.count, 1)

    @property
    def share_unknown(self) -> float:
        """The share of its values that are not known."""
        return self.unknown / max(self.count, 1)


def _larger(peak: Peak, values: FloatArray, time_s: FloatArray) -> Peak:
    at = int(np.argmax(values))
    return Peak(float(values[at]), float(time_s[at])) if values[at] > peak.value else peak


class PointingFigure:
    """An error index over a requirement's phase, in rad; a window lies within one stretch of it."""

    def __init__(
        self,
        requirement: PointingRequirement,
        ground: Ground | None,
        run: Run,
        recording: Path,
        errors: StepErrors,
    ) -> None:
        self._requirement, self._errors = requirement, errors
        self._knows = requirement.index in KNOWLEDGE
        self.phase = Phase(requirement, ground, run)
        self._window = _steps(requirement, "window_s", run)
        self._separation = _steps(requirement, "separation_s", run)
        self._needed = samples_needed(requirement.index, self._window, self._separation)
        self._step_s = run.step_s
        an_instant = 2 if INSIDE_TURN in run.columns and not self._knows else 1
        tail = _tail(requirement, an_instant, run)
        limit = requirement.stated_limit
        self.figure = Figure(tail, limit.value * limit.unit_si, Member(recording, run.step_s, 0, 0))
        self._stretch: IndexOfPeriod | None = None
        self._stretches = self._longest = 0
        self._held = 0  # steps of the stretch that still goes on
        self._cases: Counter[str] = Counter()
        self._cases_held: Counter[str] = Counter()
        self._unanswered = 0

    @staticmethod
    def columns(requirement: PointingRequirement, available: frozenset[str]) -> set[str]:
        """Return the columns that it reads."""
        return Phase.columns(requirement, available) | StepErrors.columns(requirement, available)

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""
        applies = self.phase.extend(rows)
        judged = applies.settled & applies.answered if self._knows else applies.settled
        self._unanswered += int(np.count_nonzero(applies.settled & ~judged))
        member = self.figure.member
        asked = int(np.count_nonzero(applies.asked))
        self.figure.member = member._replace(phase=member.phase + asked)
        parts = parts_of(judged)
        if self._stretch and not (parts and parts[0].start == 0):
            self._close()
        if parts:
            self._take(rows, parts, len(judged))

    def finish(self) -> Figure:
        """Return the figure at the run's end; CheckError when the phase did not come."""
        if self._stretch:
            self._close()
        self.phase.check()
        each = self._requirement
        if not self.figure.member.judged:
            if self._unanswered and not self._longest:
                raise CheckError(f"no step of its phase was answered ({self._unanswered} steps)")
            longest_s = max(0, self._longest - 1) * self._step_s
            raise PointingError(
                too_short_words(each.index, each.window_s, each.separation_s, longest_s)
            )
        self.figure.remark = "; ".join(
            filter(None, [*reaction_words(self.phase, self.figure), self._remark()])
        )
        return self.figure

    def _take(self, rows: Rows, parts: list[slice], steps: int) -> None:
        errors = self._errors.of(rows)
        told = knowledge(rows) if self._knows else None
        for part in parts:
            if self._stretch is None:
                self._stretch = self._begin()
            self._keep(self._stretch.extend(errors.part(part)))
            self._count(part, told)
            if part.stop < steps:
                self._close()

    def _begin(self) -> IndexOfPeriod:
        self._stretches += 1
        if self._requirement.index in REPRODUCIBILITY:
            return WindowMeans(self._window)
        return index_of_period(self._requirement.index, self._window, self._separation)

    def _close(self) -> None:
        assert self._stretch is not None
        self._keep(self._stretch.end())
        self._longest = max(self._longest, self._held)
        self._stretch, self._held = None, 0
        self._cases_held.clear()

    def _keep(self, series: Series) -> None:
        if self._requirement.index not in REPRODUCIBILITY:
            self.figure.extend(series)
        elif len(series.time_s):
            stretch = np.full(len(series.time_s), self._stretches)
            self.figure.windows.append(Windows(series.time_s, series.value, stretch))

    def _count(self, part: slice, told: dict[str, Mask] | None) -> None:
        """Count the steps of a stretch once it is long enough to be judged."""
        before = self._held
        self._held += part.stop - part.start
        for case, mask in (told or {}).items():
            self._cases_held[case] += int(np.count_nonzero(mask[part]))
        if self._held < self._needed:
            return
        member = self.figure.member
        new = self._held - (before if before >= self._needed else 0)
        self.figure.member = member._replace(judged=member.judged + new)
        self._cases += self._cases_held
        self._cases_held.clear()

    def _remark(self) -> str:
        """Return in how many judged samples no attitude is known, and why; "" if it always is."""
        judged = self.figure.member.judged
        words = [
            f"{case} in {self._cases[case]} of {judged} samples"
            for case in NOT_KNOWN
            if self._cases[case]
        ]
        told = [f"attitude {', '.join(words)}"] if words else []
        return "; ".join([*told, *unanswered_words(self._unanswered)])


class ColumnFigure:
    """A column's size over a requirement's phase, in the column's unit."""

    def __init__(
        self, requirement: ColumnRequirement, ground: Ground | None, run: Run, recording: Path
    ) -> None:
        self._requirement = requirement
        self.phase = Phase(requirement, ground, run)
        self._replies = comes_with_the_reply(requirement.column)
        tail = _tail(requirement, 1, run)
        limit = requirement.stated_limit
        self.figure = Figure(tail, limit.value * limit.unit_si, Member(recording, run.step_s, 0, 0))
        self._unanswered = 0

    @staticmethod
    def columns(requirement: ColumnRequirement, available: frozenset[str]) -> set[str]:
        """Return the columns that it reads."""
        return Phase.columns(requirement, available) | {requirement.column}

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""
        applies = self.phase.extend(rows)
        judged = applies.settled & applies.answered if self._replies else applies.settled
        self._unanswered += int(np.count_nonzero(applies.settled & ~judged))
        self.figure.member = self.figure.member.with_steps(judged, applies.asked)
        values = size_of(self._requirement, rows)
        self.figure.extend(Series(rows["time_s"][judged], values[judged]))

    def finish(self) -> Figure:
        """Return the figure at the run's end; CheckError when the phase did not come."""
        self.phase.check()
        if not self.figure.member.judged:
            raise CheckError(f"no step of its phase was answered ({self._unanswered} steps)")
        told = [*reaction_words(self.phase, self.figure), *unanswered_words(self._unanswered)]
        self.figure.remark = "; ".join(told)
        return self.figure


class ConeFigure:
    """How far an axis comes into the wrong side of a cone, in rad."""

    def __init__(
        self, requirement: ConeRequirement, ground: Ground | None, run: Run, recording: Path
    ) -> None:
        self._requirement, self._ground = requirement, ground
        self.phase = Phase(requirement, ground, run)
        self.figure = Figure(Tail(1.0), 0.0, Member(recording, run.step_s, 0, 0))

    @staticmethod
    def columns(requirement: ConeRequirement, available: frozenset[str]) -> set[str]:
        """Return the columns that it reads."""
        return Phase.columns(requirement, available) | ConeRequirement.columns(requirement)

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""
        applies = self.phase.extend(rows)
        self.figure.member = self.figure.member.with_steps(applies.settled, applies.asked)
        values = self._requirement.intrusion_rad(rows, self._ground)
        at = applies.settled
        self.figure.extend(Series(rows["time_s"][at], values[at]))

    def finish(self) -> Figure:
        """Return the figure at the run's end; CheckError when the phase did not come."""
        self.phase.check()
        return self.figure


def size_of(requirement: ColumnRequirement, rows: Rows) -> FloatArray:
    """Return the sizes (n,) that a requirement judges of a column.

    Raises CheckError for a component that it does not have.
    """
    column = rows[requirement.column]
    values = column.reshape(len(column), -1) if len(column) else column.reshape(0, 1)
    if requirement.part == "norm":
        return np.asarray(np.linalg.norm(values, axis=1))
    if requirement.part == "largest":
        return np.asarray(np.abs(values).max(axis=1))
    if requirement.part >= values.shape[1]:
        raise CheckError(
            f"{requirement.column} has no part {requirement.part}: it has {values.shape[1]}, from 0"
        )
    return np.asarray(np.abs(values[:, requirement.part]))


def _tail(requirement: PointingRequirement | ColumnRequirement, a_step: int, run: Run) -> Tail:
    """Return what keeps the largest values of a run, so many a step at the most."""
    runs = run.runs if requirement.interpretation == "mixed" else 1  # whose values are one set
    return Tail(requirement.probability, a_step * run.steps_most * runs)


def reaction_words(phase: Phase, figure: Figure) -> list[str]:
    """Return from when its times count, where that is a fault, and when it last was too large."""
    if not phase.reference:
        return []
    if math.isnan(figure.last_above_s):
        return [phase.reference]
    return [phase.reference, f"above the limit for the last time at {figure.last_above_s:.6g} s"]


def unanswered_words(steps: int) -> list[str]:
    """Return that steps without an answer were left to the link's verdict; none if there are."""
    if not steps:
        return []
    counted = "1 step had" if steps == 1 else f"{steps} steps had"
    return [f"{counted} no answer and count for the link"]


def _steps(requirement: PointingRequirement, key: str, run: Run) -> int:
    duration_s = getattr(requirement, key)
    if duration_s is None:
        return 0
    return whole_steps(requirement.index, key, duration_s, run.step_s)

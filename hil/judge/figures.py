"""The sizes of columns and the cones that requirements judge, reduced while a run is read."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from hil.errors import CheckError
from hil.judge.basis import Member
from hil.judge.cones import ConeRequirement
from hil.judge.figure import Figure
from hil.judge.phases import Phase, Run
from hil.judge.pointing import Ground, Series, Tail
from hil.judge.requirements import ColumnRequirement, PointingRequirement
from hil.judge.rows import FloatArray, Rows, Valued


class ColumnFigure:
    """A column's size over a requirement's phase, in the column's unit."""

    def __init__(
        self, requirement: ColumnRequirement, ground: Ground | None, run: Run, recording: Path
    ) -> None:
        self._requirement = requirement
        self.phase = Phase(requirement, ground, run)
        self._valued = Valued(requirement.column, run.columns)
        tail = tail_of(requirement, 1, run)
        limit = requirement.stated_limit
        self.figure = Figure(tail, limit.most_si, Member(recording, run.step_s, 0, 0))
        self._unanswered = 0

    @staticmethod
    def columns(requirement: ColumnRequirement, available: frozenset[str]) -> set[str]:
        """Return the columns that it reads."""
        needed = Valued.columns(requirement.column, available)
        return Phase.columns(requirement, available) | needed

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""
        applies = self.phase.extend(rows)
        has_value = self._valued.at(rows)
        judged = applies.settled & has_value
        asked = applies.asked
        if self._valued.of_the_reply:
            self._unanswered += int(np.count_nonzero(applies.settled & ~judged))
        else:
            asked = asked & has_value
        self.figure.member = self.figure.member.with_steps(judged, asked)
        values = size_of(self._requirement, rows)
        self.figure.extend(Series(rows["time_s"][judged], values[judged]))

    def finish(self) -> Figure:
        """Return the figure at the run's end; CheckError when the phase did not come."""
        self.phase.check()
        if not self.figure.member.judged:
            steps = f" ({self._unanswered} steps)" if self._unanswered else ""
            raise CheckError(f"{self._valued.never}{steps}")
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


def tail_of(requirement: PointingRequirement | ColumnRequirement, a_step: int, run: Run) -> Tail:
    """Return what keeps the largest values of a run, at the most a_step values a step."""
    mixed = requirement.interpretation == "mixed"  # the values of all runs are one set
    steps = max(run.steps_most, run.steps_together) if mixed else run.steps_most
    return Tail(requirement.probability, a_step * steps)


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

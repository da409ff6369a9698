"""When a run misses its requirements, and which of knowledge and control is to blame."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hil.diagnosis.finding import Finding, Side
from hil.diagnosis.units import angle_words, share, span_words
from hil.errors import HilError
from hil.judge import Phase, Run, Verdict, error_of
from hil.judge.figures import size_of
from hil.judge.knowledge import estimated_q_eci_from_body
from hil.judge.phases import mode_number
from hil.judge.pointing import KNOWLEDGE, WINDOWED, error_vectors
from hil.judge.requirements import (
    ColumnRequirement,
    ModeRequirement,
    PointingRequirement,
    Requirement,
)
from hil.judge.rows import FloatArray, Mask, Rows
from hil.judge.steps import StepErrors
from hil.rig import Rig

_ESTIMATE = {"estimate_q_eci_from_body", "estimate_flags"}
_BY_STEPS = (PointingRequirement, ColumnRequirement, ModeRequirement)
_MUCH = 0.7  # of an error: that part is to blame alone
_LITTLE = 0.1  # of an error: what is less does not explain it
_FOLLOWS_rad = math.radians(2.0)  # a body that a wheel drives on is soon farther off


class Marked(NamedTuple):
    """At which of some steps a missed requirement is to hold, and at which it does not."""

    asked: Mask
    bad: Mask


class Trouble:
    """The steps at which what was missed was missed, as far as the run has come."""

    def __init__(self, rig: Rig, run: Run, verdicts: Sequence[Verdict]) -> None:
        """verdicts: of the rig's requirements, in their order; those of the line are left out."""
        missed = {each.name: each for each in verdicts if not each.met}
        self._all = rig.requirement
        self._met = {each.name: each.met for each in verdicts}
        self.verdicts = missed
        self.missed = [each for each in rig.requirement if each.name in missed]
        self.watched = [
            _Watched(each, rig, run)
            for each in self.missed
            if missed[each.name].judged
            and isinstance(each, _BY_STEPS)
            and _needs(each, run) <= run.columns
        ]
        self.columns = {"time_s"}.union(*(_needs(each, run) for each in self._requirements))
        self.steps = self.bad_steps = self.asked_steps = 0
        self.begin_s = self.asked_s = self.first_s = self.last_s = self.end_s = math.nan

    @property
    def _requirements(self) -> list[Requirement]:
        return [each.requirement for each in self.watched]

    def mark(self, rows: Rows) -> Marked:
        """Take the next steps, and mark them."""
        n, time_s = len(rows["time_s"]), rows["time_s"]
        asked, bad = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
        for each in self.watched:
            try:
                its_asked, its_bad = each.mark(rows)
            except HilError:
                continue
            asked |= its_asked
            bad |= its_bad
        self._note(time_s, asked, bad)
        return Marked(asked, bad)

    def _note(self, time_s: FloatArray, asked: Mask, bad: Mask) -> None:
        self.steps += len(time_s)
        self.asked_steps += int(np.count_nonzero(asked))
        self.bad_steps += int(np.count_nonzero(bad))
        if len(time_s):
            self.begin_s = float(time_s[0]) if math.isnan(self.begin_s) else self.begin_s
            self.end_s = float(time_s[-1])
        if asked.any() and math.isnan(self.asked_s):
            self.asked_s = float(time_s[np.argmax(asked)])
        if bad.any():
            at = np.flatnonzero(bad)
            self.first_s = float(time_s[at[0]]) if math.isnan(self.first_s) else self.first_s
            self.last_s = float(time_s[at[-1]])

    @property
    def limit_rad(self) -> float:
        """The smallest limit of a missed pointing requirement; infinite if there is none.

        Without those on change within a window, which a constant error does not touch.
        """
        limits = [
            each.stated_limit
            for each in self.missed
            if isinstance(each, PointingRequirement) and each.index not in WINDOWED
        ]
        return min((limit.value * limit.unit_si for limit in limits), default=math.inf)

    @property
    def error_rad(self) -> float:
        """The error in the bad steps of the first missed pointing requirement, rms; else NaN."""
        for each in self.watched:
            if each.sized:
                return math.sqrt(each.size2 / each.sized)
        return math.nan

    @property
    def control_rad(self) -> float:
        """The control error in the bad steps, rms; 0 if it is not known or not to blame."""
        errors = self._errors()
        return errors[1] if errors is not None and self.blamed == "control" else 0.0

    def matters(self, off_rad: float) -> bool:
        """Whether something that is so far off explains a pointing requirement that was missed."""
        return off_rad > 0.5 * self.limit_rad and not off_rad < _LITTLE * self.error_rad

    @property
    def blamed(self) -> Side:
        """What is to blame for most of the error, as far as it is known."""
        errors = self._errors()
        if errors is None:
            knows = [
                isinstance(each, PointingRequirement) and each.index in KNOWLEDGE
                for each in self.missed
            ]
            return "knowledge" if knows and all(knows) else "any"
        knowledge, control, _ = errors
        part = knowledge / max(knowledge + control, 1e-12)
        return "knowledge" if part > _MUCH else "control" if part < 1.0 - _MUCH else "any"

    @property
    def follows(self) -> bool:
        """Whether the body turns as its target does, however large the small error is."""
        errors = self._errors()
        if errors is not None:
            return math.hypot(errors[0], errors[1]) < _FOLLOWS_rad and errors[2] < 0.5
        return any(
            isinstance(each, PointingRequirement)
            and each.index not in KNOWLEDGE
            and each.index not in WINDOWED
            and each.to_s is None
            and each.fault is None
            and self._met.get(each.name, False)
            for each in self._all
        )

    def findings(self) -> Iterator[Finding]:
        """Yield which part of the error is knowledge and which control."""
        errors = self._errors()
        if errors is None:
            return
        knowledge, control, unknown = errors
        if unknown > 0.5:
            words = f"the OBC reports no attitude in {share(unknown)} of the bad steps"
            yield Finding(words, 30.0, "knowledge", "blame", cause=False)
            return
        which = {
            "knowledge": "the OBC does what it wants, but does not know its attitude well enough",
            "control": "the OBC knows its attitude, but does not point there",
            "any": "both the knowledge and the control are off",
        }[self.blamed]
        when = span_words(self.first_s, self.last_s, self.end_s, self.begin_s)
        yield Finding(
            f"{when}: knowledge error {angle_words(knowledge)}, control error "
            f"{angle_words(control)} (rms of the bad steps): {which}",
            30.0,
            topic="blame",
            cause=False,
        )

    def _errors(self) -> tuple[float, float, float] | None:
        """Return knowledge and control error, rms in rad, and the share of steps without either."""
        for each in self.watched:
            if each.bad_steps and each.splits:
                known = max(each.bad_steps - each.unknown, 1)
                rms = (math.sqrt(each.knowledge2 / known), math.sqrt(each.control2 / known))
                return *rms, each.unknown / each.bad_steps
        return None


@dataclass
class _Sums:
    bad_steps: int = 0
    unknown: int = 0
    knowledge2: float = 0.0
    control2: float = 0.0
    sized: int = 0
    size2: float = 0.0


class _Watched(_Sums):
    """One missed requirement, step by step."""

    def __init__(self, requirement: Requirement, rig: Rig, run: Run) -> None:
        super().__init__()
        self.requirement = requirement
        self._phase = Phase(requirement, rig.ground, run)
        self._ground, self._run = rig.ground, run
        limit = requirement.stated_limit
        self._limit = limit.value * limit.unit_si
        of_performance = (
            isinstance(requirement, PointingRequirement) and requirement.index not in KNOWLEDGE
        )
        self.splits = of_performance and run.columns >= _ESTIMATE

    def mark(self, rows: Rows) -> Marked:
        """Return at which steps it is to hold, and at which it does not."""
        applies = self._phase.extend(rows)
        each = self.requirement
        asked = applies.settled
        bad = np.zeros(len(asked), dtype=bool)
        if isinstance(each, PointingRequirement):
            size = self._size(each, rows)
            bad = asked & ~(size <= self._limit)
            known = size[bad & np.isfinite(size)]
            self.sized += len(known)
            self.size2 += float(known @ known)
        elif isinstance(each, ModeRequirement):
            asked = asked & self._phase.due(rows["time_s"])
            bad = asked & (rows["estimate_mode"] != mode_number(each.mode, self._run))
        elif isinstance(each, ColumnRequirement):
            asked = asked & self._phase.due(rows["time_s"]) & applies.answered
            bad = asked & ~(size_of(each, rows) <= self._limit)
        self.bad_steps += int(np.count_nonzero(bad))
        if self.splits:
            self._split(rows, bad)
        return Marked(np.asarray(asked), np.asarray(bad))

    def _size(self, each: PointingRequirement, rows: Rows) -> FloatArray:
        vectors = error_of(each, rows, self._ground)
        if each.index in WINDOWED and each.window_s:
            steps = max(1, round(each.window_s / self._run.step_s))
            mean = _moving_mean(vectors, steps)
            vectors = mean if each.index.startswith("M") else vectors - mean
        return np.asarray(np.linalg.norm(vectors, axis=1))

    def _split(self, rows: Rows, bad: Mask) -> None:
        """Add up what the OBC does not know and what it does not do, over the bad steps."""
        each = self.requirement
        assert isinstance(each, PointingRequirement)
        if not bad.any():
            return
        some = {name: values[bad] for name, values in rows.items()}
        estimated = estimated_q_eci_from_body(some)
        knowledge = error_vectors(
            estimated, some["truth_q_eci_from_body"], each.axis, each.boresight_body
        )
        control = error_of(each, some | {"truth_q_eci_from_body": estimated}, self._ground)
        known = np.isfinite(knowledge).all(axis=1) & np.isfinite(control).all(axis=1)
        self.unknown += int(np.count_nonzero(~known))
        self.knowledge2 += float(np.sum(knowledge[known] ** 2))
        self.control2 += float(np.sum(control[known] ** 2))


def _needs(requirement: Requirement, run: Run) -> set[str]:
    needed = Phase.columns(requirement, run.columns)
    if isinstance(requirement, PointingRequirement):
        return needed | StepErrors.columns(requirement, run.columns) | (_ESTIMATE & run.columns)
    if isinstance(requirement, ColumnRequirement):
        return needed | {requirement.column}
    return needed | {"estimate_mode"}


def _moving_mean(vectors: FloatArray, steps: int) -> FloatArray:
    """Return the mean over the steps around each one; near the ends of fewer."""
    sums = np.concatenate([np.zeros((1, vectors.shape[1])), np.cumsum(vectors, axis=0)])
    at = np.arange(len(vectors))
    begin = np.maximum(0, at - steps // 2)
    end = np.minimum(len(vectors), begin + steps)
    return np.asarray((sums[end] - sums[begin]) / (end - begin)[:, None])

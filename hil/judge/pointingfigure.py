"""An error index over a requirement's phase, reduced while the run is read."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from hil.errors import CheckError, PointingError
from hil.judge.basis import Member
from hil.judge.figure import Figure, Windows
from hil.judge.figures import reaction_words, tail_of, unanswered_words
from hil.judge.knowledge import NOT_KNOWN, knowledge
from hil.judge.phases import Phase, Run
from hil.judge.pointing import (
    KNOWLEDGE,
    REPRODUCIBILITY,
    Ground,
    IndexOfPeriod,
    Series,
    WindowMeans,
    index_of_period,
    samples_needed,
    too_short_words,
    whole_steps,
)
from hil.judge.requirements import PointingRequirement
from hil.judge.rows import Mask, Rows, parts_of
from hil.judge.steps import StepErrors


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
        a_step = 1 if self._knows else 2  # at the step, and at an instant before it
        tail = tail_of(requirement, a_step, run)
        limit = requirement.stated_limit
        self.figure = Figure(tail, limit.most_si, Member(recording, run.step_s, 0, 0))
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


def _steps(requirement: PointingRequirement, key: str, run: Run) -> int:
    duration_s = getattr(requirement, key)
    if duration_s is None:
        return 0
    return whole_steps(requirement.index, key, duration_s, run.step_s)

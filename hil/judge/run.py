"""One run, judged while it is read: whole, or as it grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np

from hil.errors import CheckError, HilError
from hil.judge.allowed import Allowed
from hil.judge.described import run_of
from hil.judge.detected import DetectionFigure
from hil.judge.figures import ColumnFigure, ConeFigure
from hil.judge.link import LinkCounts, check_complete
from hil.judge.occurrences import FaultLog, InForce
from hil.judge.phases import Phase, Run
from hil.judge.pointing import Ground
from hil.judge.pointingfigure import PointingFigure
from hil.judge.reactions import EventFigure, NoEventFigure
from hil.judge.reducers import Reduced, Reducer, figure_of
from hil.judge.requirements import PointingRequirement, Requirement
from hil.judge.rows import Rows, parts_of
from hil.judge.steps import StepErrors, same_vectors
from hil.judge.verdict import LINK
from hil.recording import Event, Recording


class Judged(Protocol):
    """A rig, as far as judging goes."""

    @property
    def requirement(self) -> tuple[Requirement, ...]:
        """What a run must hold."""

    @property
    def allowed(self) -> Allowed:
        """What trouble a run's line may have."""

    @property
    def ground(self) -> Ground | None:
        """Where its places are."""


@dataclass(frozen=True)
class Judgement:
    """What a run came to: of each requirement what it is judged by, or why it cannot be.

    link: what the bench counted and the firmware told, by name; or why that is not known.
    faults: what failed on purpose, and when.
    """

    path: Path
    requirements: tuple[Reduced | HilError, ...]
    link: dict[str, int] | HilError
    faults: tuple[InForce, ...] = ()


class Standing(NamedTuple):
    """How a requirement stands so far: met, missed, or None where nothing was judged yet."""

    name: str
    met: bool | None


class RunJudge:
    """All requirements of a rig on one run, whose steps are fed piece by piece.

    columns: those that are to be fed.
    """

    def __init__(
        self, rig: Judged, run: Run, recording: Path, pointing: Sequence[StepErrors] = ()
    ) -> None:
        """pointing: errors that somebody else needs too; those for the same are shared."""
        self.path = recording
        self.link = LinkCounts()
        self._faults = FaultLog()
        self._run, self._ground, self._allowed = (
            run._replace(faults=self._faults),
            rig.ground,
            rig.allowed,
        )
        self._sources = list(pointing)
        self.requirements = rig.requirement
        self.reducers = [self._reducer(each) for each in rig.requirement]
        self.columns = sorted(
            LinkCounts.columns(run.columns).union(
                *(
                    type(reducer).columns(each, run.columns)  # type: ignore[arg-type]
                    for reducer, each in zip(self.reducers, rig.requirement, strict=True)
                    if not isinstance(reducer, HilError)
                )
            )
        )

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""
        if not len(rows["time_s"]):
            return  # a stretch goes on through a piece of nothing
        self.link.feed(rows)
        for place, reducer in enumerate(self.reducers):
            if isinstance(reducer, HilError):
                continue
            try:
                reducer.feed(rows)
            except HilError as error:
                self.reducers[place] = error

    def note(self, event: Event) -> None:
        """Take the next event, before the steps from its instant on."""
        self.link.note(event)
        self._faults.note(event)
        for reducer in self.reducers:
            if isinstance(reducer, EventFigure | NoEventFigure):
                reducer.note(event)

    def see(self, recording: Recording) -> None:
        """Take what the OBC told of pictures, once the run has ended."""
        wanting = [each for each in self.reducers if isinstance(each, DetectionFigure)]
        told = list(recording.sights()) if wanting else []
        for reducer in wanting:
            reducer.tell(told)

    def so_far(self) -> list[Standing]:
        """Return how each requirement stands, then the line, in a run that may still go on."""
        found = [
            _standing(requirement, reducer)
            for requirement, reducer in zip(self.requirements, self.reducers, strict=True)
        ]
        limits: dict[str, int] = self._allowed.model_dump()
        counted = self.link.so_far
        trouble = any(counted.get(name, 0) > most for name, most in limits.items())
        return [*found, Standing(LINK, not trouble)]

    def finish(self) -> Judgement:
        """Return what the run came to, at its end."""
        found = tuple(_finished(reducer) for reducer in self.reducers)
        return Judgement(self.path, found, self.link.at_the_end, self._faults.all)

    def _reducer(self, requirement: Requirement) -> Reducer | HilError:
        try:
            return self._new(requirement)
        except HilError as error:
            return error

    def _new(self, requirement: Requirement) -> Reducer:
        run, ground, path = self._run, self._ground, self.path
        if isinstance(requirement, PointingRequirement):
            self._check(PointingFigure.columns(requirement, run.columns))
            return PointingFigure(requirement, ground, run, path, self._errors(requirement))
        kind: Any = figure_of(requirement)
        self._check(kind.columns(requirement, run.columns))
        reducer: Reducer = kind(requirement, ground, run, path)
        return reducer

    def _errors(self, requirement: PointingRequirement) -> StepErrors:
        for source in self._sources:
            if same_vectors(source.requirement, requirement):
                return source
        self._sources.append(StepErrors(requirement, self._ground, every=self._run.every))
        return self._sources[-1]

    def _check(self, needed: set[str]) -> None:
        missing = sorted(needed - self._run.columns)
        if missing:
            known = ", ".join(sorted(self._run.columns)) or "none"
            raise CheckError(f"{self.path} has no column {missing[0]!r}; its columns: {known}")


def _standing(requirement: Requirement, reducer: Reducer | HilError) -> Standing:
    """Return how a requirement stands so far."""
    name = requirement.name
    if isinstance(reducer, HilError):
        return Standing(name, None)
    if not isinstance(reducer, PointingFigure | ColumnFigure | ConeFigure):
        return Standing(name, reducer.met_so_far)
    figure, limit = reducer.figure, requirement.stated_limit
    if not figure.count:
        return Standing(name, None)
    return Standing(name, limit.holds(figure.tail.quantile() / limit.unit_si))


def _finished(reducer: Reducer | HilError) -> Reduced | HilError:
    if isinstance(reducer, HilError):
        return reducer
    try:
        return reducer.finish()
    except HilError as error:
        return error


def judge_run(rig: Judged, recording: Recording, steps_together: float = 0) -> Judgement:
    """Read a recording once, and return what its run came to.

    steps_together: of all runs that are judged together, which decides how many of the largest
    values are kept of this one; 0: of this one alone.
    """
    try:
        check_complete(recording)
        run = run_of(recording, steps_together)
    except HilError as error:
        return Judgement(recording.path, (error,) * len(rig.requirement), error)
    judge = RunJudge(rig, run, recording.path)
    for event in recording.events:
        judge.note(event)
    for rows in recording.blocks(judge.columns):
        judge.feed(rows)
    judge.see(recording)
    judgement = judge.finish()
    try:
        judge.link.counted(recording.metadata.get("counters", {}))
    except HilError as error:
        return replace(judgement, link=error)
    return replace(judgement, link=judge.link.at_the_end)


def stretches(
    requirement: Requirement, recording: Recording, ground: Ground | None = None
) -> list[slice]:
    """Return the stretches of steps in which a requirement applies, at least one.

    Raises CheckError when the run is incomplete, ends too early, or has no such step.
    """
    check_complete(recording)
    run = run_of(recording)
    phase, masks = Phase(requirement, ground, run), []
    for rows in recording.blocks(sorted(Phase.columns(requirement, run.columns))):
        masks.append(phase.extend(rows).settled)
    phase.check()
    return parts_of(np.concatenate(masks))

"""Faults of a rig that says how bad they may become: a test for each, on each OBC."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from hil.errors import CheckError
from hil.faults.rating import Rating, expected_of, is_worse
from hil.survey import Flight, fly, healthy, plan_of
from hil.survey.table import by_trial, cells

if TYPE_CHECKING:
    from hil.rig import Rig
    from hil.survey import Row, Trial


class Expected(NamedTuple):
    """A trial, and the worst rating that the rig says it may have."""

    trial: Trial
    at_worst: Rating


def expected_trials(rig: Rig) -> Iterator[Expected]:
    """Yield each fault that an [[expected_rating]] of the rig is about."""
    if not rig.expected_rating:
        return
    for trial in plan_of(rig).trials:
        at_worst = expected_of(rig.expected_rating, trial.about)
        if at_worst is not None:
            yield Expected(trial, at_worst)


class Survey:
    """The healthy runs of a session, each made once."""

    def __init__(self, folder: Callable[[], Path], firmware: Path | None) -> None:
        self._folder, self._firmware = folder, firmware
        self._healthy: dict[tuple[object, ...], Path] = {}

    def row(self, rig: Rig, trial: Trial, place: str) -> Row:
        """Return what came of a trial on a rig."""
        key = (rig.source.path.resolve(), place, rig.seed)
        if key not in self._healthy:
            folder = self._folder() / f"{rig.name}-{place}"
            self._healthy[key] = healthy(rig, place, self._firmware, folder)
        sound = self._healthy[key]
        return fly(Flight(rig, trial, place, self._firmware, sound, sound.parent))


class FaultItem(pytest.Item):
    """One fault of a rig on one OBC, on all seeds asked for."""

    def __init__(
        self, *, rigs: list[Rig], expected: Expected, obc: str, survey: Survey, **others: Any
    ) -> None:
        super().__init__(**others)
        self._rigs, self._expected, self._obc, self._survey = rigs, expected, obc, survey
        self._rows: list[Row] = []

    def setup(self) -> None:
        """Fly it."""
        trial = self._expected.trial
        self._rows = [self._survey.row(rig, trial, self._obc) for rig in self._rigs]
        broken = [row.untried or row.outcome.why for row in self._rows if row.broken or row.untried]
        if broken:
            raise CheckError(broken[0])
        [told] = by_trial(self._rows, ())
        figures = cells(told) | {"obc": self._obc}
        self.user_properties += [(f"hil_{key}", value) for key, value in figures.items()]

    def runtest(self) -> None:
        """Hold its rating to be no worse than the rig expects."""
        [told] = by_trial(self._rows, ())
        rating = told.worst.outcome.rating
        if is_worse(rating, self._expected.at_worst):
            words = ", ".join(f"{key} {value}" for key, value in cells(told).items() if value)
            raise WorseThanExpectedError(f"{words}; expected {self._expected.at_worst} at worst")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any) -> Any:
        """Tell what came of it, without a traceback."""
        if isinstance(excinfo.value, WorseThanExpectedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return what to call this test in reports."""
        return self.path, None, f"{self.path.name}: {self.name}"


class WorseThanExpectedError(AssertionError):
    """A fault became worse than the rig expects."""

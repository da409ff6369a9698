"""A fleet's file as a test file: each member's requirements, and the fleet's, on each place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from hil import bench
from hil.errors import HilError
from hil.judge import LINK, CheckError, Verdict, evaluate
from hil.judge.fleet import Flown, evaluate_fleet
from hil.pytest_plugin.outcomes import MissedError
from hil.pytest_plugin.session import item_name
from hil.recording import Recording
from hil.rig import Fleet, load_fleet

if TYPE_CHECKING:
    from hil.rig import Rig

AS_WRITTEN = "as written"
"""Stands for the places that a fleet's file gives its members."""


class FleetFile(pytest.File):
    """A fleet: on each OBC a test for every requirement of each member and of all together."""

    places: Sequence[str]
    seeds: Sequence[int] | None
    runs: FleetRuns

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the tests; a mistake in a file is an error in collecting it."""
        try:
            fleet = load_fleet(self.path)
        except HilError as error:
            raise self.CollectError(str(error)) from None
        for obc in self.places:
            for member, name in _names(fleet):
                told = f"{member}: {name}" if member else name
                called = item_name(told, obc)
                yield FleetItem.from_parent(
                    self, name=called, nodeid=f"{self.nodeid}::{called}",
                    fleet=fleet, obc=obc, member=member, of=name, file=self,
                )  # fmt: skip


def _names(fleet: Fleet) -> Iterator[tuple[str | None, str]]:
    for member in fleet.members:
        for requirement in member.rig.requirement:
            yield member.name, requirement.name
        yield member.name, LINK
    for each in fleet.requirement:
        yield None, each.name


class FleetItem(pytest.Item):
    """One requirement of a member, or of the fleet, on one OBC."""

    def __init__(
        self, *, fleet: Fleet, obc: str, member: str | None, of: str, file: FleetFile, **others: Any
    ) -> None:
        super().__init__(**others)
        self._fleet, self._obc, self._member, self._of, self._file = fleet, obc, member, of, file
        self._verdict: Verdict | None = None

    def setup(self) -> None:
        """Run the fleet once with each seed asked for, or take the runs of another test."""
        made = [self._file.runs.run(each, self._obc) for each in self._fleets()]
        for run in made:
            self.user_properties += run.properties(self._obc, self._member)
        verdict = self._judged(made)
        if not verdict.judged:
            raise CheckError(verdict.text)
        self.user_properties += [("hil_value", verdict.value), ("hil_limit", verdict.limit)]
        self._verdict = verdict

    def _fleets(self) -> list[Fleet]:
        seeds = self._file.seeds
        return (
            [self._fleet]
            if seeds is None
            else [self._fleet.with_overrides(seed=seed) for seed in seeds]
        )

    def _judged(self, made: Sequence[FlownFleet]) -> Verdict:
        """Return the verdict on all runs; the fleet's own on the first that does not hold it."""
        if self._member is not None:
            rig = made[0].rigs[self._member]
            recordings = [Recording(run.paths[self._member]) for run in made]
            return next(each for each in evaluate(rig, recordings) if each.name == self._of)
        found = [each for run in made for each in run.together() if each.name == self._of]
        return next((each for each in found if not each.met), found[-1])

    def runtest(self) -> None:
        """Hold the verdict to be met."""
        assert self._verdict is not None
        if not self._verdict.met:
            raise MissedError(self._verdict.text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any) -> Any:
        """Tell what was missed in the verdict's words, without a traceback."""
        if isinstance(excinfo.value, MissedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return what to call this test in reports."""
        return self.path, None, f"{self.path.name}: {self.name}"


class FlownFleet(NamedTuple):
    """A fleet that was run: rigs and recordings by member."""

    fleet: Fleet
    rigs: dict[str, Rig]
    paths: dict[str, Path]
    firmware: dict[str, str]

    def together(self) -> list[Verdict]:
        """Judge what the fleet as a whole must hold."""
        flown = {name: Flown(self.rigs[name], Recording(path)) for name, path in self.paths.items()}
        return evaluate_fleet(self.fleet.requirement, flown)

    def properties(self, obc: str, member: str | None) -> list[tuple[str, object]]:
        """Return what a report says of the run: place, firmware, recordings."""
        names = [member] if member else list(self.paths)
        told: list[tuple[str, object]] = [("hil_obc", obc)]
        told += [("hil_firmware", self.firmware[name]) for name in names]
        return told + [("hil_recording", str(self.paths[name])) for name in names]


class FleetRuns:
    """The session's runs of fleets: each, with its seed, once on each OBC."""

    def __init__(self, folder: Callable[[], Path], worker: str, **how: Any) -> None:
        """how: what ``bench.run_fleet`` is given beside fleet and folder."""
        self._folder, self._worker, self._how = folder, worker, how
        self._done: dict[tuple[Path, int, str], FlownFleet | HilError] = {}

    def run(self, fleet: Fleet, obc: str) -> FlownFleet:
        """Return the run of a fleet; the first to ask makes it; all get its error."""
        key = (fleet.path.resolve(), fleet.seed, obc)
        if key not in self._done:
            self._done[key] = self._made(fleet, obc)
        done = self._done[key]
        if isinstance(done, HilError):
            raise done
        return done

    def _made(self, fleet: Fleet, obc: str) -> FlownFleet | HilError:
        placed = fleet if obc == AS_WRITTEN else fleet.with_overrides(obc=obc)
        parts = filter(None, [fleet.name, obc, f"seed={fleet.seed}", self._worker])
        folder = self._folder() / re.sub(r"[^\w.=-]+", "_", "-".join(parts))
        try:
            results = bench.run_fleet(placed, folder, **self._how)
        except HilError as error:
            return error
        return FlownFleet(
            placed,
            {each.name: each.rig for each in placed.members},
            {name: result.recording for name, result in results.items()},
            {name: str(result.identity) for name, result in results.items()},
        )

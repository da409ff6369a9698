"""Rigs as test files: on each OBC a test for every requirement."""

from __future__ import annotations

import shlex
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hil.errors import HilError
from hil.pytest_plugin.outcomes import MissedError, NotRunWarning, TooFewRunsWarning
from hil.pytest_plugin.session import (
    earlier_of,
    folder_of,
    has_no_lines,
    item_name,
    rig_places,
    runs_of,
    with_seeds,
)

if TYPE_CHECKING:
    from hil.judge import Verdict
    from hil.pytest_plugin.against import Change
    from hil.pytest_plugin.runs import Run, Runs
    from hil.rig import Rig


class RigFile(pytest.File):
    """A rig: on each OBC a test for every requirement, and one for the line."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the tests; a mistake in the file is an error in collecting it."""
        from hil.judge import LINK
        from hil.rig import load_rig, with_faults

        faults: Path | None = self.config.getoption("hil_faults")
        try:
            rig = load_rig(self.path)
            rig = rig if faults is None else with_faults(rig, faults)
            places = rig_places(rig, self.config)
        except HilError as error:
            raise self.CollectError(str(error)) from None
        names = [*(requirement.name for requirement in rig.requirement), LINK]
        unfit = {obc: why for obc in places if (why := has_no_lines(rig, obc))}
        for obc, why in unfit.items():
            yield UnfitItem.from_parent(self, name=item_name("all", obc), why=why)
        places = [obc for obc in places if obc not in unfit]
        for obc in places:
            for place, name in enumerate(names):
                called = item_name(name, obc)
                # Given as text: pytest 9 takes it apart at its bracket, and --lf compares.
                yield RigItem.from_parent(
                    self,
                    name=called,
                    nodeid=f"{self.nodeid}::{called}",
                    rig=rig,
                    obc=obc,
                    place=place,
                )
        if rig.expected_rating:
            yield from self._faults(rig, places)

    def _faults(self, rig: Rig, places: list[str]) -> Iterator[pytest.Item]:
        """Yield a test for each fault of which the rig says how bad it may become."""
        from hil.pytest_plugin.faults import FaultItem, Survey, expected_trials

        survey = Survey(lambda: folder_of(self.config), self.config.getoption("hil_firmware"))
        for obc in places:
            for expected in expected_trials(rig):
                called = item_name(f"fault {expected.trial.name}", obc)
                yield FaultItem.from_parent(
                    self,
                    name=called,
                    nodeid=f"{self.nodeid}::{called}",
                    rigs=with_seeds(rig, self.config),
                    expected=expected,
                    obc=obc,
                    survey=survey,
                )


class RigItem(pytest.Item):
    """One requirement of a rig on one OBC."""

    def __init__(self, *, rig: Rig, obc: str, place: int, **others: Any) -> None:
        super().__init__(**others)
        self._rig, self._obc, self._place = rig, obc, place
        self._verdict: Verdict | None = None
        self._why: list[str] = []
        self._change: Change | None = None

    def _ids(self) -> list[tuple[str, object]]:
        """The requirement's id and what it verifies, for tools that trace requirements."""
        if self._place >= len(self._rig.requirement):
            return []  # the line
        requirement = self._rig.requirement[self._place]
        own: list[tuple[str, object]] = [("requirement_id", requirement.id)]
        return own[: bool(requirement.id)] + [("verifies", each) for each in requirement.verifies]

    def setup(self) -> None:
        """Run the rig, or take the runs that another requirement made, and judge them."""
        from hil.judge import CheckError
        from hil.report.verdicts import diagnosis_lines

        made = runs_of(self.config)
        runs = [made.run(rig, self._obc) for rig in with_seeds(self._rig, self.config)]
        for run in runs:
            self.user_properties += properties(run, self._obc)
        verdict = made.verdicts(self._rig, runs)[self._place]
        if not verdict.judged:
            raise CheckError(verdict.text)
        self.user_properties += self._ids() + _figures(verdict) + self._of_each(made, runs)
        self._verdict = verdict
        if not verdict.met:
            self._why = [*diagnosis_lines(made.why(self._rig, runs)), self._again(runs, verdict)]
        if (earlier := earlier_of(self.config)) is not None:
            self._change = earlier.change(self._rig, made, runs, verdict)
            self.user_properties += _against(earlier.folder, self._change)

    def runtest(self) -> None:
        """Hold the verdict to be met, and its figure not to be much worse than an earlier one."""
        assert self._verdict is not None
        if not self._verdict.met:
            raise MissedError("\n".join([self._verdict.text, *self._told(), *self._before()]))
        allowed = self.config.getoption("hil_worse")
        if self._change is not None and 100.0 * self._change.share > allowed:
            worse = f"{self._verdict.name}: met, but worse by more than {allowed:g} % of its limit"
            raise MissedError("\n".join([worse, *self._before()]))
        if self._verdict.caveat:
            told = TooFewRunsWarning(f"{self._verdict.name}: met ({self._verdict.caveat})")
            warnings.warn_explicit(told, None, str(self.path), lineno=1)

    def _of_each(self, made: Runs, runs: Sequence[Run]) -> list[tuple[str, object]]:
        """Return the figure of each of several runs, by its seed."""
        if len(runs) < 2:
            return []
        figures: list[tuple[str, object]] = []
        for rig, run in zip(with_seeds(self._rig, self.config), runs, strict=True):
            alone = made.verdicts(self._rig, [run])[self._place]
            if alone.judged:
                figures.append((f"hil_value_seed_{rig.seed}", alone.value))
        return figures

    def _again(self, runs: Sequence[Run], verdict: Verdict) -> str:
        """Return the command that makes the worst run again."""
        rigs = with_seeds(self._rig, self.config)
        seeds = (r.seed for r, run in zip(rigs, runs, strict=True) if run.path == verdict.recording)
        firmware, faults = (self.config.getoption(f"hil_{key}") for key in ("firmware", "faults"))
        paced = self.config.getoption("hil_realtime")
        here = self.config.invocation_params.dir
        rig = self.path.relative_to(here) if self.path.is_relative_to(here) else self.path
        seed = next(seeds, self._rig.seed)
        command = ["hil", "run", str(rig), "--obc", self._obc, "--seed", str(seed)]
        command += ["--firmware", str(firmware)] if firmware else []
        command += ["--faults", str(faults)] if faults else []
        return f"again: {shlex.join([*command, '--realtime'] if paced else command)}"

    def _told(self) -> list[str]:
        """Return why, the likeliest cause first."""
        return [f"  {each}" for each in self._why]

    def _before(self) -> list[str]:
        """Return what an earlier session came to, and in what it differs."""
        if self._change is None:
            return []
        return [f"  {each}" for each in (self._change.words(), *self._change.differs)]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any) -> Any:
        """Tell what was missed in the verdict's words, without a traceback."""
        if isinstance(excinfo.value, MissedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return what to call this test in reports."""
        return self.path, None, f"{self.path.name}: {self.name}"


class UnfitItem(pytest.Item):
    """A rig that cannot run in a place: skipped, and told even where skips are not shown."""

    def __init__(self, *, why: str, **others: Any) -> None:
        super().__init__(**others)
        self._why = why

    def runtest(self) -> None:
        """Warn and skip."""
        warnings.warn_explicit(NotRunWarning(self._why), None, str(self.path), lineno=1)
        pytest.skip(self._why)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return what to call this test in reports."""
        return self.path, None, f"{self.path.name}: {self.name}"


def properties(run: Run, obc: str) -> list[tuple[str, object]]:
    """Return what a report says of a run: place, firmware, recording."""
    return [
        ("hil_obc", obc),
        ("hil_firmware", str(run.result.identity)),
        ("hil_recording", str(run.path)),
    ]


def _against(folder: Path, change: Change | None) -> list[tuple[str, object]]:
    if change is None:
        return [("hil_against", f"{folder} holds no such run")]
    before = [("hil_value_before", change.before.value), ("hil_worse_share", change.share)]
    return [("hil_against", str(change.before.recording)), *before]


def _figures(verdict: Verdict) -> list[tuple[str, object]]:
    basis = verdict.basis._asdict() if verdict.basis else {}
    return [
        ("hil_value", verdict.value),
        ("hil_limit", verdict.limit),
        ("hil_unit", verdict.unit),
        ("hil_worst_time_s", verdict.worst_time_s),
        *[(f"hil_{name}", figure) for name, figure in basis.items() if figure is not None],
    ]

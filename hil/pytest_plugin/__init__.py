"""pytest's side of the bench: rigs as test files, their requirements as tests, a fixture for more.

``pytest rigs/`` runs each rig once on each OBC and judges every requirement by itself. A bench that
does not come to its end (no port, a dead OBC, a wrong rig) is an ERROR, bad pointing a FAIL.
"""

from __future__ import annotations

import argparse
import re
import warnings
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hil.errors import HilError, visible

if TYPE_CHECKING:
    from hil.judge import Verdict
    from hil.pytest_plugin.against import Change, Earlier
    from hil.pytest_plugin.fleets import FleetRuns
    from hil.pytest_plugin.runs import Run, Runs
    from hil.recording import Recording
    from hil.rig import Rig

# Two of these make a TOML file a rig: a misspelt key must not turn it into no test at all.
_SIGNS = re.compile(
    r"^(?:(spacecraft|duration_s)\s*=|\[(orbit|obc|attitude|uplink|allowed)\]|\[\[(requirement)\]\])",
    re.MULTILINE,
)
_FLEET = re.compile(r"^\[\[spacecraft\]\]", re.MULTILINE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the bench."""
    group = parser.getgroup("hil", "hardware-in-the-loop bench")
    group.addoption(
        "--hil-obc",
        action="append",
        metavar="PLACE",
        help="OBC that rigs run on: library, posix (the default), qemu, qemu-fast or a port; "
        "give it again to run on several; fleets without it run where their files say",
    )
    group.addoption(
        "--hil-seeds",
        type=_seeds,
        metavar="SEEDS",
        help="judge each rig over runs with these seeds: 1-10, or 3,5,8 (default: its own seed)",
    )
    group.addoption("--hil-firmware", type=Path, metavar="FILE", help="run this firmware instead")
    group.addoption(
        "--hil-faults",
        type=Path,
        metavar="FILE",
        help="lay this file of [[fault]] tables over rigs",
    )
    group.addoption("--hil-compiler", metavar="NAME", help="build the firmware with this compiler")
    group.addoption("--hil-realtime", action="store_true", help="pace steps by the wall clock")
    group.addoption("--hil-resume", action="store_true", help="wait for a port that is unplugged")
    group.addoption(
        "--hil-report", type=Path, metavar="FILE", help="make one HTML page of the session's runs"
    )
    group.addoption(
        "--hil-out", type=Path, metavar="DIR", help="keep recordings here (default: temporary)"
    )
    group.addoption(
        "--hil-against",
        type=Path,
        metavar="DIR",
        help="hold each requirement's figure against the recordings that an earlier session kept",
    )
    group.addoption(
        "--hil-worse",
        type=_percent,
        metavar="PERCENT",
        default=10.0,
        help="fail when a figure is worse than the earlier one by more than so many percent of its "
        "limit (default: 10)",
    )


def _percent(text: str) -> float:
    """A share in percent, with or without the sign."""
    found = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)\s*%?", text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r}: give a number of percent, as 10")
    return float(found[1])


def _seeds(text: str) -> list[int]:
    """The seeds that ``1-10`` or ``3,5,8`` names."""
    seeds: list[int] = []
    for part in text.split(","):
        found = re.fullmatch(r"(\d+)(?:-(\d+))?", part.strip())
        if found is None:
            raise argparse.ArgumentTypeError(f"{text!r}: give seeds as 1-10 or 3,5,8")
        seeds += range(int(found[1]), int(found[2] or found[1]) + 1)
    if not seeds or len(set(seeds)) < len(seeds):
        raise argparse.ArgumentTypeError(f"{text!r}: names no seed, or one twice")
    return seeds


# ---- the session's page --------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Begin to note which recordings the session makes, where a page is asked for."""
    if config.getoption("hil_report", None) is not None and not hasattr(config, "workerinput"):
        from hil.pytest_plugin.pages import Pages

        config.pluginmanager.register(Pages(config), "hil-report")
    if config.getoption("hil_against", None) is not None and not hasattr(config, "workerinput"):
        from hil.pytest_plugin.changes import Changes

        try:
            _earlier(config)
        except HilError as error:
            raise pytest.UsageError(str(error)) from None
        config.pluginmanager.register(Changes(config), "hil-against")


# ---- the session's runs --------------------------------------------------------------------------

_RUNS = pytest.StashKey["Runs"]()
_FLEET_RUNS = pytest.StashKey["FleetRuns"]()


def _runs(config: pytest.Config) -> Runs:
    if _RUNS not in config.stash:
        from hil.pytest_plugin.runs import (
            Runs,  # here, so that a session without rigs does without it
        )

        config.stash[_RUNS] = Runs(lambda: _folder(config), _worker(config), **_how(config))
    return config.stash[_RUNS]


def _fleet_runs(config: pytest.Config) -> FleetRuns:
    if _FLEET_RUNS not in config.stash:
        from hil.pytest_plugin.fleets import FleetRuns

        made = FleetRuns(lambda: _folder(config), _worker(config), **_how(config))
        config.stash[_FLEET_RUNS] = made
    return config.stash[_FLEET_RUNS]


_EARLIER = pytest.StashKey["Earlier | None"]()


def _earlier(config: pytest.Config) -> Earlier | None:
    """Return the session that this one is held against, if any."""
    if _EARLIER not in config.stash:
        folder: Path | None = config.getoption("hil_against")
        if folder is None:
            config.stash[_EARLIER] = None
        else:
            from hil.pytest_plugin.against import Earlier

            config.stash[_EARLIER] = Earlier(folder)
    return config.stash[_EARLIER]


def _how(config: pytest.Config) -> dict[str, Any]:
    how = ("firmware", "compiler", "realtime", "resume")
    return {name: config.getoption(f"hil_{name}") for name in how}


def _worker(config: pytest.Config) -> str:
    return str(getattr(config, "workerinput", {}).get("workerid", ""))


def _places(config: pytest.Config) -> list[str]:
    from hil.obc.image import place_for

    named: list[str] | None = config.getoption("hil_obc")
    return named or [place_for(config.getoption("hil_firmware"))]


def _places_of(rig: Rig, config: pytest.Config) -> list[str]:
    """Return where a rig runs: with devices' lines only, in those places' lockstep on lines."""
    from hil.obc.image import on_lines_only

    realtime = config.getoption("hil_realtime")
    places = [on_lines_only(place, realtime=realtime) for place in _places(config)]
    return _places(config) if rig.obc.wire else list(dict.fromkeys(places))


def _folder(config: pytest.Config) -> Path:
    out: Path | None = config.getoption("hil_out")
    if out is None:
        # An item that is no function has no fixtures, and pytest no public way to its folder.
        factory: pytest.TempPathFactory = config._tmp_path_factory  # type: ignore[attr-defined]
        out = factory.getbasetemp() / "hil"
    return out


# ---- rigs as test files --------------------------------------------------------------------------


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take TOML files that are rigs, and leave all others alone."""
    if file_path.suffix == ".toml" and _is_a_fleet(file_path):
        return _fleet_file(file_path, parent)
    if file_path.suffix == ".toml" and _is_rig(file_path):
        collector: pytest.Collector = RigFile.from_parent(parent, path=file_path)
        return collector
    return None


def _is_a_fleet(path: Path) -> bool:
    return _FLEET.search(path.read_bytes().decode(errors="replace")) is not None


def _fleet_file(path: Path, parent: pytest.Collector) -> pytest.Collector:
    """Return a fleet's file with all that its tests need of the session."""
    from hil.pytest_plugin.fleets import AS_WRITTEN, FleetFile

    config = parent.config
    file: FleetFile = FleetFile.from_parent(parent, path=path)
    file.places = config.getoption("hil_obc") or [AS_WRITTEN]
    file.seeds = config.getoption("hil_seeds")
    file.runs, file.missed = _fleet_runs(config), _MissedError
    return file


def _is_rig(path: Path) -> bool:
    text = path.read_bytes().decode(errors="replace")
    return len({next(filter(None, sign)) for sign in _SIGNS.findall(text)}) >= 2


def with_seeds(rig: Rig, config: pytest.Config) -> list[Rig]:
    """Return the rig as it is, or once with each seed asked for."""
    seeds: list[int] | None = config.getoption("hil_seeds")
    return [rig] if seeds is None else [rig.with_overrides(seed=seed) for seed in seeds]


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
            places = _places_of(rig, self.config)
        except HilError as error:
            raise self.CollectError(str(error)) from None
        names = [*(requirement.name for requirement in rig.requirement), LINK]
        for obc in places:
            for place, name in enumerate(names):
                called = f"{name}[{obc}]"
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

        survey = Survey(lambda: _folder(self.config), self.config.getoption("hil_firmware"))
        for obc in places:
            for expected in expected_trials(rig):
                called = f"fault {expected.trial.name}[{obc}]"
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

        made = _runs(self.config)
        runs = [made.run(rig, self._obc) for rig in with_seeds(self._rig, self.config)]
        for run in runs:
            self.user_properties += _properties(run, self._obc)
        verdict = made.verdicts(self._rig, runs)[self._place]
        if not verdict.judged:
            raise CheckError(verdict.text)
        self.user_properties += self._ids() + _figures(verdict)
        self._verdict = verdict
        self._why = [] if verdict.met else made.why(self._rig, runs).lines
        if (earlier := _earlier(self.config)) is not None:
            self._change = earlier.change(self._rig, made, runs, verdict)
            self.user_properties += _against(earlier.folder, self._change)

    def runtest(self) -> None:
        """Hold the verdict to be met, and its figure not to be much worse than an earlier one."""
        assert self._verdict is not None
        if not self._verdict.met:
            raise _MissedError("\n".join([self._verdict.text, *self._told(), *self._before()]))
        allowed = self.config.getoption("hil_worse")
        if self._change is not None and 100.0 * self._change.share > allowed:
            worse = f"{self._verdict.name}: met, but worse by more than {allowed:g} % of its limit"
            raise _MissedError("\n".join([worse, *self._before()]))
        if self._verdict.caveat:
            told = TooFewRunsWarning(f"{self._verdict.name}: met ({self._verdict.caveat})")
            warnings.warn_explicit(told, None, str(self.path), lineno=1)

    def _told(self) -> list[str]:
        """Return why, the likeliest cause first."""
        return [
            f"  {'likely cause' if n == 0 else 'also'}: {each}" for n, each in enumerate(self._why)
        ]

    def _before(self) -> list[str]:
        """Return what an earlier session came to, and in what it differs."""
        if self._change is None:
            return []
        return [f"  {each}" for each in (self._change.words(), *self._change.differs)]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any) -> Any:
        """Tell what was missed in the verdict's words, without a traceback."""
        if isinstance(excinfo.value, _MissedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return what to call this test in reports."""
        return self.path, None, f"{self.path.name}: {self.name}"


class TooFewRunsWarning(pytest.PytestWarning):
    """What the requirement says of runs to come is not shown by the few that met it."""


class _MissedError(AssertionError):
    """A requirement that was judged and not met."""


def _properties(run: Run, obc: str) -> list[tuple[str, object]]:
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


# ---- tests written by hand -----------------------------------------------------------------------


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses the bench on each OBC asked for."""
    if "hil_obc" in metafunc.fixturenames:
        metafunc.parametrize("hil_obc", _places(metafunc.config), scope="session")


@pytest.fixture
def hil_run(request: pytest.FixtureRequest, hil_obc: str) -> Callable[..., Recording]:
    """Run a rig and return its recording: ``hil_run("rigs/a.toml", duration_s=60, seed=2)``.

    The path is relative to pytest's root folder. The same rig with the same overrides runs once a
    session on each OBC.
    """
    from hil.obc.image import on_lines_only
    from hil.rig import load_rig

    def run(rig: str | Path, **overrides: object) -> Recording:
        loaded = load_rig(request.config.rootpath / rig).with_overrides(**overrides)
        runs = _runs(request.config)
        obc = hil_obc
        if not loaded.obc.wire:
            obc = on_lines_only(obc, realtime=request.config.getoption("hil_realtime"))
        made = runs.run(loaded, obc)
        request.node.user_properties += _properties(made, obc)
        return runs.read(made.path)

    return run


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a bench that fails an ERROR in its own words, inside a test too: nothing was judged."""
    report = yield
    if call.excinfo and call.excinfo.errisinstance(HilError):
        report.when = "setup" if call.when == "call" else report.when
        report.longrepr = visible(str(call.excinfo.value), lines=True)
    return report

"""pytest's side of the bench: rigs as test files, their requirements as tests, a fixture for more.

``pytest rigs/`` runs each rig once on each OBC and judges every requirement by itself. A bench that
does not come to its end (no port, a dead OBC, a wrong rig) is an ERROR, bad pointing a FAIL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hil.errors import HilError, visible
from hil.pytest_plugin.options import add_options
from hil.pytest_plugin.outcomes import NotRunWarning, TooFewRunsWarning
from hil.pytest_plugin.rigfiles import RigFile, properties
from hil.pytest_plugin.session import earlier_of, fleet_runs, places_of, rig_place, runs_of

if TYPE_CHECKING:
    from hil.recording import Recording

__all__ = ["NotRunWarning", "TooFewRunsWarning", "hil_run"]
# Two of these make a TOML file a rig: a misspelt key must not turn it into no test at all.
_SIGNS = re.compile(
    r"^(?:(spacecraft|duration_s)\s*=|\[(orbit|obc|attitude|uplink|allowed)\]|\[\[(requirement)\]\])",
    re.MULTILINE,
)
_FLEET = re.compile(r"^\[\[spacecraft\]\]", re.MULTILINE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the bench."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Begin to note which recordings the session makes, where a page is asked for."""
    if config.getoption("hil_report", None) is not None and not hasattr(config, "workerinput"):
        from hil.pytest_plugin.pages import Pages

        config.pluginmanager.register(Pages(config), "hil-report")
    if config.getoption("hil_against", None) is not None and not hasattr(config, "workerinput"):
        from hil.pytest_plugin.changes import Changes

        try:
            earlier_of(config)
        except HilError as error:
            raise pytest.UsageError(str(error)) from None
        config.pluginmanager.register(Changes(config), "hil-against")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object | None:
    """Give all tests of a rig to one worker, so that it runs each seed once."""
    from hil.pytest_plugin.workers import RigScheduling, is_about_rigs

    return RigScheduling(config, log) if is_about_rigs(config) else None


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
    file.runs = fleet_runs(config)
    return file


def _is_rig(path: Path) -> bool:
    text = path.read_bytes().decode(errors="replace")
    return len({next(filter(None, sign)) for sign in _SIGNS.findall(text)}) >= 2


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses the bench on each OBC asked for."""
    if "hil_obc" in metafunc.fixturenames:
        metafunc.parametrize("hil_obc", places_of(metafunc.config), scope="session")


@pytest.fixture
def hil_run(request: pytest.FixtureRequest, hil_obc: str) -> Callable[..., Recording]:
    """Run a rig and return its recording: ``hil_run("rigs/a.toml", duration_s=60, seed=2)``.

    The path is relative to pytest's root folder. The same rig with the same overrides runs once a
    session on each OBC.
    """
    from hil.rig import load_rig

    def run(rig: str | Path, **overrides: object) -> Recording:
        loaded = load_rig(request.config.rootpath / rig).with_overrides(**overrides)
        runs = runs_of(request.config)
        obc = rig_place(loaded, hil_obc, request.config)
        made = runs.run(loaded, obc)
        request.node.user_properties += properties(made, obc)
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

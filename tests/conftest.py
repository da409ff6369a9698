"""What every test shares: no test is left out in silence."""

import functools
import os
from pathlib import Path

import pytest
from hypothesis import settings

from hil.machine.cache import cache_folder
from hil.machine.doctor import missing
from hil.rig import load_rig

# An example may take long on a busy machine; what it finds does not depend on that.
settings.register_profile("hil", deadline=None)
settings.load_profile("hil")

_TOOLS = {
    "emulator": ["qemu"],
    "compilers": ["compilers"],
    "plots": ["plots"],
    "examples": ["examples"],
    "network": ["network"],
}
_left_out: dict[str, int] = {}


@functools.cache
def _lacking(marker: str) -> str:
    return ", ".join(need.what for need in missing(_TOOLS[marker]))


def _complaint(marker: str) -> str:
    if not _lacking(marker):
        return ""
    return (
        f"NOT RUN: {_left_out.get(marker, 'the')} tests marked {marker}, for lack of "
        f"{_lacking(marker)} (run `hil doctor --install`)"
    )


def _complaints() -> list[str]:
    return [complaint for marker in _TOOLS if (complaint := _complaint(marker))]


def pytest_report_header():
    return _complaints()


def pytest_collection_modifyitems(items):
    for marker in _TOOLS:
        _left_out[marker] = sum(item.get_closest_marker(marker) is not None for item in items)


def pytest_runtest_setup(item):
    """A test whose tool is not there: a failure in CI, a loud skip on a desk."""
    reasons = [_complaint(marker) for marker in _TOOLS if item.get_closest_marker(marker)]
    reason = "; ".join(filter(None, reasons))
    if reason and os.environ.get("CI"):
        pytest.fail(f"CI must not leave tests out. {reason}")
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def nadir():
    """The main rig."""
    return load_rig(Path(__file__).parents[1] / "rigs" / "dier5_nadir.toml")


def pytest_unconfigure(config):
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        for complaint in _complaints():
            reporter.write_line(complaint, red=True)


@pytest.fixture(scope="session")
def _compiler(nadir, tmp_path_factory):
    """A run's compiled code: numba registers its types once a process, and a session forgets it."""
    from hil import bench

    short = nadir.with_overrides(duration_s=1.0)
    bench.run(short, "library", tmp_path_factory.mktemp("compiled") / "run.mcap")


@pytest.fixture
def pytester(_compiler, monkeypatch, request):
    """pytest's own, whatever test comes first, with a home of its own but not a cold cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_folder().parent))
    return request.getfixturevalue("pytester")

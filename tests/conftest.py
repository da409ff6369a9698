"""What every test shares: no test is left out in silence."""

import os
from pathlib import Path

import pytest

from hil.doctor import missing
from hil.rig import load_rig

_TOOLS = {
    "emulator": ["qemu"],
    "compilers": ["compilers"],
    "plots": ["plots"],
    "examples": ["examples"],
}
_left_out: dict[str, int] = {}


def _lacking(marker: str) -> str:
    return ", ".join(need.what for need in missing(_TOOLS[marker]))


def _complaints() -> list[str]:
    return [
        f"NOT RUN: {_left_out.get(marker, 'the')} tests marked {marker}, for lack of {lacking} "
        "(run `hil doctor --install`)"
        for marker in _TOOLS
        if (lacking := _lacking(marker))
    ]


def pytest_report_header():
    return _complaints()


def pytest_collection_modifyitems(items):
    for marker in _TOOLS:
        if not _lacking(marker):
            continue
        marked = [item for item in items if item.get_closest_marker(marker)]
        _left_out[marker] = len(marked)
        for item in marked:
            item.add_marker(pytest.mark.usefixtures("missing_tool"))


@pytest.fixture
def missing_tool():
    """Stands in for a tool that is not there: a failure in CI, a loud skip on a desk."""
    reason = "; ".join(_complaints())
    if os.environ.get("CI"):
        pytest.fail(f"CI must not leave tests out. {reason}")
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

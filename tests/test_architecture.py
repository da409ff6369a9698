"""Imports go one way: each room may use only the rooms that the table gives it."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "hil"
ALLOWED = {
    "errors": set(),
    "cache": {"errors"},
    "physics": {"cache"},
    "link": set(),
    "devices": {"physics"},
    "columns": {"link"},
    "obc": {"cache", "link", "errors"},
    "recording": {"errors"},
    "pointing": {"physics", "recording", "errors"},
    "requirements": {"physics", "pointing"},
    "rig": {
        "columns", "physics", "devices", "latency", "link", "recording", "requirements", "errors",
    },
    "checks": {"pointing", "recording", "requirements", "errors"},
    "summary": {"bench", "checks", "recording", "requirements"},
    "doctor": {"errors"},
    "steprow": {"columns", "devices", "link", "obc"},
    "world": {"physics", "devices", "rig", "errors"},
    "dashboard": {"checks", "recording", "pointing", "rig", "requirements", "physics", "errors"},
    "phasing": {"devices", "link", "obc", "physics", "rig", "uplink", "world", "errors"},
    "budget": {"link"},
    "latency": {"devices", "physics", "recording", "errors"},
    "pace": set(),
    "priority": set(),
    "uplink": {"rig", "world", "link", "obc", "errors"},
    "bench": {
        "budget", "devices", "latency", "link", "obc", "pace", "priority", "recording",
        "requirements", "rig", "steprow", "uplink", "world", "errors",
    },
    "pytest_runs": {"bench", "recording", "rig", "errors"},
    "pytest_plugin": {"pytest_runs", "checks", "recording", "rig", "errors"},
    "cli": {
        "bench", "checks", "dashboard", "doctor", "link", "obc", "phasing", "priority",
        "recording", "rig", "summary", "errors",
    },
    "__main__": {"cli"},
}  # fmt: skip


def room_of(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_rooms(path):
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    parts = (name.split(".") for name in names)
    return {name[1] for name in parts if name[0] == "hil" and len(name) > 1} - {"__version__"}


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_a_room_imports_only_what_the_table_allows(path):
    room = room_of(path)
    if room == "__init__":
        assert imported_rooms(path) == set()
    else:
        assert imported_rooms(path) - {room} <= ALLOWED[room]


def test_the_table_has_no_room_that_is_gone():
    rooms = {room_of(path) for path in PACKAGE.rglob("*.py")} - {"__init__"}
    assert rooms == set(ALLOWED)


def test_the_table_has_no_cycle():
    done: set[str] = set()
    while len(done) < len(ALLOWED):
        ready = {room for room, uses in ALLOWED.items() if room not in done and uses <= done}
        assert ready, f"a cycle among {sorted(set(ALLOWED) - done)}"
        done |= ready


def test_wire_physics_and_recording_never_see_each_other():
    apart = {"physics", "link", "recording"}
    for room in apart:
        assert not ALLOWED[room] & apart

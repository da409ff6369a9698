"""Imports go one way: each room may use only the rooms that the table gives it."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import hil

PACKAGE = Path(__file__).parents[1] / "hil"
ALLOWED = {
    "errors": set(),
    "config": set(),
    "flight": {"link"},
    "machine": {"errors"},
    "recording": {"errors"},
    "physics": {"config", "machine"},
    "link": {"errors"},
    "protocols": {"errors", "physics"},
    "telemetry": {"config", "errors", "physics", "protocols"},
    "lines": {"config", "devices", "physics", "protocols", "telemetry"},
    "scene": {"config", "physics"},
    "radio": {"config", "physics"},
    "devices": {"config", "errors", "link", "physics", "scene"},
    "obc": {"errors", "flight", "link", "machine", "native"},
    "judge": {"config", "errors", "physics", "recording"},
    "faults": {
        "config", "devices", "errors", "lines", "link", "obc", "physics", "protocols",
    },
    "rig": {
        "faults",
        "config", "devices", "errors", "flight", "judge", "lines", "link", "machine", "obc",
        "physics", "protocols", "radio", "scene",
    },
    "bench": {
        "faults",
        "devices", "errors", "flight", "judge", "lines", "link", "machine", "native", "obc",
        "physics", "protocols", "radio", "recording", "rig", "scene", "telemetry",
    },
    "native": {"devices", "link", "physics"},
    "campaign": {
        "bench", "config", "devices", "errors", "judge", "machine", "obc", "physics", "recording",
        "rig",
    },
    "sizing": {"devices", "errors", "physics", "rig"},
    "seu": {"bench", "errors", "judge", "link", "obc", "physics", "recording", "rig"},
    "replay": {"devices", "errors", "faults", "link", "obc", "recording"},
    "survey": {
        "bench", "devices", "errors", "faults", "judge", "recording", "rig",
    },
    "diagnosis": {
        "devices", "errors", "flight", "judge", "link", "physics", "recording", "rig",
    },
    "phasing": {"bench", "devices", "errors", "link", "obc", "physics", "rig"},
    "report": {
        "bench", "campaign", "diagnosis", "errors", "judge", "physics", "recording", "rig",
    },
    "dashboard": {"diagnosis", "errors", "judge", "physics", "recording", "rig"},
    "pytest_plugin": {
        "bench", "diagnosis", "errors", "faults", "judge", "machine", "obc", "recording", "report",
        "rig", "survey",
    },
    "cli": {
        "config", "faults",
        "bench", "campaign", "dashboard", "devices", "diagnosis", "errors", "judge", "lines",
        "link", "machine", "obc", "phasing", "protocols", "recording", "replay", "report", "rig",
        "seu", "sizing", "starter", "survey",
    },
    "starter": {"errors", "machine"},
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
    if room == "__init__":  # for type checkers: each is imported when its name is asked for
        assert imported_rooms(path) == set(hil._ROOM_OF)
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


def firmware_uses():
    """Which piece of the flight software calls which, by their headers; its messages are one."""
    folder = PACKAGE.parent / "firmware_stubs" / "adcs"
    text = {p.name: re.sub(r"/\*.*?\*/", "", p.read_text(), flags=re.S) for p in folder.iterdir()}
    code = {name[:-2]: each for name, each in text.items() if name.endswith(".c")}
    told = {
        name[:-2]: set(
            re.findall(r"\b(\w+)\([^;{]*\);", re.sub(r"\{.*?\n\}", "", each, flags=re.S))
        )
        for name, each in text.items()
        if name.endswith(".h")
    }
    body = re.compile(r"^(?!static)[\w \*]*?\b(\w+)\([^;{]*\)\s*\{", re.M)
    defined = {file: set(body.findall(each)) for file, each in code.items()}
    piece = {file: _piece(file, names, told) for file, names in defined.items()}
    home = {name: piece[file] for file, names in defined.items() for name in names}
    uses: dict[str, set[str]] = {each: set() for each in piece.values()}
    for file, each in code.items():
        called = set(re.findall(r"\b(\w+)\(", each)) & set(home)
        uses[piece[file]] |= {home[name] for name in called} - {piece[file]}
    return uses


def _piece(file, names, told):
    homes = [header for header, declared in told.items() if declared & names]
    home = file if file in homes or not homes else max(homes, key=lambda h: len(told[h] & names))
    return "flight" if home.startswith("flight") else home


def test_the_pieces_of_the_flight_software_call_each_other_one_way():
    uses = firmware_uses()
    assert len(uses) > 50
    assert {"momentum", "modes", "mode_room", "coasting"} < uses["supervisor"] < set(uses)
    assert not uses["modes"] & {"supervisor", "mode_room"}
    done: set[str] = set()
    while len(done) < len(uses):
        ready = {piece for piece in uses if piece not in done and uses[piece] <= done}
        assert ready, f"a circle among {sorted(set(uses) - done)}"
        done |= ready


def test_wire_physics_and_recording_never_see_each_other():
    apart = {"physics", "link", "recording"}
    for room in apart:
        assert not ALLOWED[room] & apart


def test_a_script_finds_what_it_needs_at_the_top_and_imports_no_more_than_that():
    for name in hil.__all__:
        assert getattr(hil, name).__name__ == name
        assert name in dir(hil)
    with pytest.raises(AttributeError, match="module 'hil' has no attribute 'launch'"):
        _ = hil.launch
    code = "import sys, hil; print(sorted(name for name in sys.modules if name.startswith('hil.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["new", "mine"], ["parts", "gyro"]])
def test_a_command_that_needs_no_rig_waits_for_no_numerical_package(words, tmp_path):
    """They take seconds of a processor to import."""
    code = (
        "import sys; from hil.cli import main; main(sys.argv[1:], standalone_mode=False); "
        "print('loaded', sorted({'numba', 'numpy', 'pydantic', 'scipy'} & sys.modules.keys()))"
    )
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "loaded []"


def test_all_that_the_firmware_is_built_from_comes_with_the_package():
    root = PACKAGE.parent
    project = tomllib.loads((root / "pyproject.toml").read_text())
    taken = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    folders = {path.name for path in (root / "firmware_stubs").iterdir() if path.is_dir()}
    missing = folders - {"examples", "__pycache__"} - {Path(path).name for path in taken}
    assert not missing
    assert all(to == path.replace("firmware_stubs", "hil/_firmware") for path, to in taken.items()
               if path.startswith("firmware_stubs"))  # fmt: skip

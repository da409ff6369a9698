"""The link as a library for the Arduino IDE and PlatformIO: complete, well-formed, compiling."""

import json
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from hil import __version__
from hil.cli import main

ROOT = Path(__file__).parents[1]
LINK = ROOT / "firmware_stubs" / "link"
# arduino.github.io/arduino-cli/latest/library-specification, "library.properties file format"
REQUIRED = {"name", "version", "author", "maintainer", "sentence", "paragraph", "category", "url"}
REQUIRED |= {"architectures"}
CATEGORIES = {"Communication", "Data Processing", "Device Control", "Display", "Other", "Sensors"}
SEMANTIC = r"\d+\.\d+\.\d+([-+.]?[0-9A-Za-z.]+)?"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Written by the command and unpacked, as a tool does it: one folder, named as the library."""
    folder = tmp_path_factory.mktemp("library")
    done = CliRunner().invoke(main, ["firmware", "library", str(folder / "hil_link.zip")])
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(folder / "hil_link.zip") as archive:
        archive.extractall(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["hil_link", "hil_link.zip"]
    return folder / "hil_link"


def test_it_holds_every_source_of_the_link_unchanged(library):
    wanted = {path.name: path.read_bytes() for path in LINK.glob("*.[ch]")}
    assert {path.name: path.read_bytes() for path in (library / "src").iterdir()} == wanted


def test_what_arduino_wants_is_there(library):
    lines = (library / "library.properties").read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines)
    assert set(values) >= REQUIRED
    assert all(values.values())
    assert values["name"] == library.name
    assert values["category"] in CATEGORIES
    assert re.fullmatch(SEMANTIC, values["version"])
    assert (library / "src" / values["includes"]).is_file()
    sketches = list((library / "examples").glob("*/*.ino"))
    assert [sketch.stem for sketch in sketches] == [sketch.parent.name for sketch in sketches]
    assert sketches


def test_what_platformio_wants_is_there(library):
    manifest = json.loads((library / "library.json").read_text())
    assert manifest["name"] == library.name
    assert manifest["version"] == __version__
    assert all((library / "src" / header).is_file() for header in manifest["headers"])
    for example in manifest["examples"]:
        assert all((library / example["base"] / file).is_file() for file in example["files"])


def test_it_compiles_alone_and_the_sketchs_headers_are_among_it(library, tmp_path):
    names = sorted(str(path) for path in (library / "src").glob("*.c"))
    command = ["cc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-c", *names]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("*.o"))) == len(names)
    sketch = (library / "examples" / "rate_damping" / "rate_damping.ino").read_text()
    included = re.findall(r'#include [<"](hil_\w+\.h)[>"]', sketch)
    assert included
    assert all((library / "src" / name).is_file() for name in included)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    done = CliRunner().invoke(main, ["firmware", "library", str(tmp_path / "no" / "a.zip")])
    assert done.exit_code == 2
    assert "cannot write" in done.stderr

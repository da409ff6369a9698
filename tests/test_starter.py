"""The first day with one's own satellite: a new project runs green at once, with our parts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from hil.cli import main
from hil.rig import load_rig
from hil.starter import create, library
from hil.starter.create import _templates

ROOT = Path(__file__).parents[1]


def hil(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_a_new_project_is_green_at_once(tmp_path):
    create("mysat", tmp_path)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(
        command,
        cwd=tmp_path / "mysat",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "8 passed" in done.stdout, done.stdout
    kept = sorted(path.name for path in (tmp_path / "mysat" / "recordings").iterdir())
    assert kept[0].startswith("mysat-posix")
    assert len(kept) == 4


def test_a_new_projects_rig_is_valid_and_its_parts_are_the_benchs(tmp_path):
    create("mysat", tmp_path)
    rig = load_rig(tmp_path / "mysat" / "rigs" / "mysat.toml")
    assert rig.title == "mysat held at nadir"
    wheel = next(part for part in library() if part.name == "hil:rwp015")
    assert rig.spacecraft.wheel[0].torque_max_Nm == wheel.figures["torque_max_Nm"]


@pytest.mark.parametrize("name", ["", "../x", "my sat", "9sat", "a/b"])
def test_a_name_that_is_no_folder_and_rig_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    result = hil("new", name)
    assert result.exit_code == 2
    assert "begins with a letter" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mysat").mkdir()
    result = hil("new", "mysat")
    assert result.exit_code == 2
    assert "mysat exists" in result.stderr
    assert list((tmp_path / "mysat").iterdir()) == []


def test_parts_are_listed_with_what_they_are_and_their_figures():
    shown = hil("parts").stdout
    assert all(f"hil:{path.stem}" in shown for path in (ROOT / "rigs" / "parts").glob("*.toml"))
    assert "noise_nT = 5.3" in hil("parts", "magnetometer").stdout
    [tracker] = [
        part for part in json.loads(hil("parts", "--json").stdout) if part["name"] == "hil:sagitta"
    ]
    assert tracker["table"] == "star_tracker"
    assert hil("parts", "nothing").exit_code == 2


def test_a_part_of_the_benchs_that_is_not_there_is_told(tmp_path):
    create("mysat", tmp_path)
    spacecraft = tmp_path / "mysat" / "rigs" / "spacecraft" / "mysat.toml"
    spacecraft.write_text(spacecraft.read_text().replace("hil:rm3100", "hil:rm3200"))
    result = hil("check", tmp_path / "mysat" / "rigs" / "mysat.toml")
    assert result.exit_code == 2
    assert 'part = "hil:rm3200"' in result.stderr
    assert "rm3100" in result.stderr  # the one that was meant


def test_what_an_installation_compiled_among_the_templates_is_no_template(tmp_path):
    (tmp_path / "project" / "__pycache__").mkdir(parents=True)
    (tmp_path / "project" / "README.md").write_text("@NAME@")
    assert _templates(tmp_path) == [("README.md", "@NAME@")]

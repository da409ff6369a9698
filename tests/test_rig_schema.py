"""The JSON Schemas for editors take every rig of the project and refuse mistakes."""

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from hil.cli import main
from hil.rig.schema import SCHEMAS, rig_schema, spacecraft_schema

ROOT = Path(__file__).parents[1]
RIGS = [*ROOT.glob("rigs/*.toml"), *ROOT.glob("tests/data/rigs/*.toml")]
CRAFT = [*ROOT.glob("rigs/spacecraft/*.toml"), *ROOT.glob("tests/data/rigs/spacecraft/*.toml")]


def tables(path):
    """A file's tables as JSON has them: dates are text."""
    return json.loads(
        json.dumps(tomllib.loads(path.read_text()), default=lambda date: date.isoformat())
    )


def mistakes(schema, data):
    return sorted(
        ".".join(map(str, error.absolute_path))
        for error in Draft202012Validator(schema).iter_errors(data)
    )


@pytest.mark.parametrize("path", sorted(RIGS), ids=lambda path: path.stem)
def test_every_rig_of_the_project_fits_the_schema(path):
    assert mistakes(rig_schema(), tables(path)) == []


@pytest.mark.parametrize("path", sorted(CRAFT), ids=lambda path: path.stem)
def test_every_spacecraft_of_the_project_fits_the_schema(path):
    assert mistakes(spacecraft_schema(), tables(path)) == []


def test_a_mistake_is_found_where_it_stands():
    rig = tables(ROOT / "rigs/dier5_nadir.toml")
    rig["duration_s"], rig["obc"]["baud"], rig["orbit"]["eccentricity"] = "600", 0, 1.5
    rig["sed"] = 3
    assert mistakes(rig_schema(), rig) == ["", "duration_s", "obc.baud", "orbit.eccentricity"]
    craft = tables(ROOT / "rigs/spacecraft/dier5.toml")
    craft["wheel"][1]["torque_max_Nm"] = -1.0
    assert mistakes(spacecraft_schema(), craft) == ["wheel.1.torque_max_Nm"]


def test_an_orbit_message_is_named_by_its_file():
    orbit = {"epoch_utc": "2026-03-21T12:00:00Z", "omm": "iss.xml"}
    rig = {**tables(ROOT / "rigs/dier5_nadir.toml"), "orbit": orbit}
    assert mistakes(rig_schema(), rig) == []


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_command_prints_a_schema(kind):
    said = CliRunner().invoke(main, ["schema", kind])
    assert said.exit_code == 0
    schema = json.loads(said.stdout)
    Draft202012Validator.check_schema(schema)
    assert schema == json.loads(json.dumps(SCHEMAS[kind]()))

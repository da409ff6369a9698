"""docs/rig_files.md and docs/keys.md know every key that a rig may have."""

from pathlib import Path

import pytest

from hil.cli import keys
from hil.config import meanings
from hil.devices.registry import built_in
from hil.judge.allowed import Allowed
from hil.judge.requirements import KINDS
from hil.physics.orbit import InitialOrbit
from hil.physics.scan import Scan
from hil.physics.targets import TARGET_KINDS
from hil.rig import (
    Attitude,
    ObcSettings,
    Rig,
    Spacecraft,
    Telecommand,
    Uplink,
    with_faults,
)  # fmt: skip

DOCS = Path(__file__).parents[1] / "docs"
TEXT = (DOCS / "rig_files.md").read_text()
MODELS = [
    Rig, InitialOrbit, Attitude, ObcSettings, Uplink, Allowed, Telecommand, Scan,
    *TARGET_KINDS.values(), *KINDS.values(), Spacecraft,
]  # fmt: skip
TABLES = keys.tables(built_in()).values()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_is_told_of(model):
    for key in model.model_fields:
        told = any(f"{mark}{key}" in TEXT for mark in ("`", "[", "] "))
        assert told or (model is Spacecraft and key == "name"), key


def test_the_page_of_keys_is_what_the_models_give():
    committed = (DOCS / "keys.md").read_text()
    assert committed == keys.page(built_in()), "stale: write it anew with `hil keys --write`"


def test_the_example_of_reactions_fits_a_rig(nadir, tmp_path):
    example = TEXT.partition("<!-- reactions -->\n```toml\n")[2].partition("```")[0]
    (tmp_path / "faults.toml").write_text(example)
    reacting = with_faults(nadir, tmp_path / "faults.toml")
    assert len(reacting.requirement) == len(nadir.requirement) + 5


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_every_key_of_a_device_has_a_meaning(model):
    assert [key for key in model.model_fields if not meanings(model).get(key)] == []


def test_the_sentence_of_a_table_stands_once():
    page = keys.page(built_in())
    assert page.count("A [[fine_sun_sensor]] table.") == 1
    assert page.count("One damped mode of vibration") == 1


def test_a_key_is_told_with_unit_default_and_meaning():
    page = keys.page(built_in())
    assert "| `mass_kg` | kg |  | Of all that is fixed to it, wheels included. |" in page
    assert "| `bandwidth_hz` | Hz | none | Of a first-order low-pass; " in page
    assert "| `rod_coupling_nT_per_A_m2` | nT/(A m2) | `[[0.0, " in page
    assert 'One of `"none"`, `"exponential"`, `"nrlmsis"`. |' in page

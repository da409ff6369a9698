"""docs/campaigns.md: its commands exist with their options, and what it disperses can be drawn."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from hil.campaign.cases import dispersal_problems
from hil.cli import main
from hil.rig import load_rig, with_dispersal
from hil.rig.disperse import variables
from hil.rig.dispersion import _MAY, _NEEDS, Disperse
from hil.rig.margins import Margins

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/campaigns.md").read_text()
COMMANDS = re.findall(r"^\$ hil (.*)$", PAGE, re.MULTILINE)


def test_what_the_page_disperses_is_part_of_the_projects_file(tmp_path):
    [shown] = re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    (tmp_path / "over.toml").write_text(shown)
    rig = with_dispersal(load_rig(ROOT / "rigs/dier5_nadir.toml"), tmp_path / "over.toml")
    whole = ROOT / "rigs/campaigns/dier5.toml"
    every = with_dispersal(load_rig(ROOT / "rigs/dier5_nadir.toml"), whole)
    assert {each.name for each in variables(rig)} <= {each.name for each in variables(every)}
    assert dispersal_problems(rig) == []


@pytest.mark.parametrize("rig", ["dier5_nadir", "dier5_target"])
def test_the_projects_file_fits_its_rigs(rig):
    over = ROOT / "rigs/campaigns/dier5.toml"
    assert dispersal_problems(with_dispersal(load_rig(ROOT / f"rigs/{rig}.toml"), over)) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_exists_with_its_options(command):
    name, *words = command.split()
    told = CliRunner().invoke(main, [name, "--help"]).output
    for option in (word for word in words if word.startswith("-")):
        assert re.search(rf"{option}\b", told), option


def test_every_distribution_stands_in_the_table_with_its_keys():
    for name, needs in _NEEDS.items():
        [row] = re.findall(rf"^\| `{name}` \|.*$", PAGE, re.MULTILINE)
        assert set(re.findall(r"`(\w+)`", row)) - {name} == {*needs, *_MAY[name]}
    for key in Disperse.model_fields:
        assert f"`{key}`" in PAGE or f"`{key} =" in PAGE or f"\n{key} =" in PAGE, key


def test_every_key_of_the_margins_is_told_of():
    page = (ROOT / "docs/rig_files.md").read_text()
    for key in Margins.model_fields:
        assert f"`{key}`" in page, key

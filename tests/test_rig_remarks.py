"""What is told of a rig that is valid but most likely not meant so."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from rig_files import BODY, ORBIT

from hil.cli import main
from hil.rig import load_rig, remarks

RIGS = Path(__file__).parents[1] / "rigs"
BARE = f"""\
title = "A test"
spacecraft = "small.toml"
seed = 3
duration_s = 1.0

{ORBIT}
[obc]
mode = "idle"
"""


@pytest.fixture
def bare(tmp_path):
    """A rig without a requirement."""
    (tmp_path / "small.toml").write_text(BODY)
    (tmp_path / "a.toml").write_text(BARE)
    return tmp_path / "a.toml"


@pytest.mark.parametrize("command", [["check"], ["run", "--obc", "library"]])
def test_a_rig_that_requires_nothing_is_told_of(bare, command, monkeypatch):
    monkeypatch.chdir(bare.parent)
    result = CliRunner().invoke(main, [*command, str(bare)])
    assert result.exit_code == 0
    assert f"hil: {bare}: it has no [[requirement]]: a run of it passes whatever" in result.stderr


@pytest.mark.parametrize("rig", sorted(RIGS.glob("*.toml")), ids=lambda path: path.stem)
def test_nothing_is_remarked_about_the_projects_rigs(rig):
    assert remarks(load_rig(rig)) == []

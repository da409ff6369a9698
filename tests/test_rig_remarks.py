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


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"columns": 320, "rows": 240}, "320 x 240 pixels: the reference flight software takes"),
        ({"columns": 64, "rows": 48}, "a pixel takes 0.0002182 rad, and [flight_software]"),
        ({"bits": 8}, "bits = 8 and electrons_per_count = 80 end at 4.8 % of full_well_electrons"),
        (
            {"boresight_body": (1.0, 0.0, 0.0), "up_body": (0.0, 0.0, 1.0)},
            "boresight_body = [1.0, 0.0, 0.0], and [flight_software] payload_axis_x_body",
        ),
        (
            {"up_body": (0.0, 1.0, 0.0)},
            "up_body = [0.0, 1.0, 0.0], and [flight_software]",
        ),
    ],
)
def test_a_camera_that_the_flight_software_takes_for_another_is_told_of(keys, said):
    rig = load_rig(RIGS / "dier5_recognition.toml")
    camera = rig.spacecraft.tables("camera")[0].model_copy(update=keys)
    craft = rig.spacecraft.model_copy(update={"camera": (camera,)})
    told = [
        words for words in remarks(rig.model_copy(update={"spacecraft": craft})) if said in words
    ]
    assert len(told) == 1

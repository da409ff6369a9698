"""Targets and telecommands of a rig, and what one is told about a mistake in them."""

import pytest
from rig_files import BODY, HEAD, ORBIT, edited, told

from hil.rig import load_rig

RIG = f"""\
{HEAD}
{ORBIT}
[obc]
mode = "nadir"

[[target]]
name = "ship"
kind = "target"
latitude_deg = 45.0
longitude_deg = 51.0
height_m = -28.0
course_deg = 180.0
speed_m_s = 20.0

[[target]]
name = "Almaty"
kind = "station"
latitude_deg = 43.24
longitude_deg = 76.95
height_m = 800.0

[[telecommand]]
at_s = 10.0
target = "ship"
mode = "target"

[[telecommand]]
at_s = 30.0
station = "Almaty"

[[requirement]]
name = "on the ship"
index = "APE"
target = "ground"
ground = "ship"
axis = "boresight"
limit_deg = 0.1
probability = 0.9973
interpretation = "temporal"
in_mode = "target"

[[requirement]]
name = "in time"
mode = "target"
by_s = 11.0
"""


@pytest.fixture
def file(tmp_path):
    """Write the rig with an edit in it and return its path."""

    def write(old="", new=""):
        (tmp_path / "small.toml").write_text(BODY)
        (tmp_path / "a.toml").write_text(edited(RIG, old, new))
        return tmp_path / "a.toml"

    return write


def test_targets_and_telecommands_are_as_the_file_has_them(file):
    rig = load_rig(file())
    assert [target.name for target in rig.target] == ["ship", "Almaty"]
    assert [(order.at_s, order.mode) for order in rig.telecommand] == [
        (10.0, "target"),
        (30.0, None),
    ]
    assert set(rig.ground.targets) == {"ship", "Almaty"}


def test_a_run_made_shorter_keeps_the_telecommands_that_it_comes_to(file):
    assert load_rig(file()).with_overrides(duration_s=20.0).steps == 200


WRONG = [
    (
        'target = "ship"',
        'target = "shop"',
        '[[telecommand]] number 1: no [[target]] is called "shop"; did you mean ship?',
    ),
    (
        'station = "Almaty"',
        'station = "ship"',
        '[[telecommand]] number 2: the [[target]] "ship" is not a station: its kind is target',
    ),
    ('mode = "target"', 'mode = "targt"', "[[telecommand]] number 1: no such mode; did you mean "),
    (
        'station = "Almaty"',
        "",
        "[[telecommand]] number 2: tells nothing: give target, station, q_eci_from_body, "
        "delta_v_body_m_s, rate_body_deg_s or mode",
    ),
    (
        'station = "Almaty"',
        "q_eci_from_body = [0.0, 0.0, 1.0, 1.0]",
        "[[telecommand]] number 2: q_eci_from_body has length 1.41421, not 1",
    ),
    (
        "at_s = 30.0",
        "at_s = 60.0",
        "[[telecommand]] number 2: at_s = 60.0 lies after the last step, which begins at 59.9 s",
    ),
    (
        "at_s = 30.0",
        "at_s = 30.02",
        "[[telecommand]] number 2: at_s = 30.02 must be a multiple of step_s = 0.1 (nearest: 30)",
    ),
    ("at_s = 30.0", "", "[[telecommand]] number 2 at_s is missing"),
    ("at_s", "ats", "[[telecommand]] number 1 ats: unknown key; did you mean at_s?"),
    (
        'ground = "ship"',
        'ground = "Almatty"',
        '[[requirement]] "on the ship": no [[target]] is called "Almatty"; did you mean Almaty?',
    ),
    (
        'in_mode = "target"',
        'in_mode = "goal"',
        '[[requirement]] "on the ship": no such mode; the modes are idle, nadir, ',
    ),
    (
        "by_s = 11.0",
        "by_s = 99.0",
        '[[requirement]] "in time": by_s = 99.0 lies beyond the end of the run, duration_s = 60.0',
    ),
    ("by_s", "bye_s", '[[requirement]] "in time" bye_s: unknown key; did you mean by_s?'),
    ('"Almaty"', '"ship"', "two targets are called 'ship': name each differently"),
    (
        "latitude_deg = 45.0",
        "latitude_deg = 95.0",
        '[[target]] "ship" latitude_deg = 95.0: must be at most 90',
    ),
    (
        "speed_m_s = 20.0",
        "",
        '[[target]] "ship": course_deg and speed_m_s belong together: give both or neither',
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), WRONG)
def test_a_mistake_is_told_in_a_sentence(file, old, new, message):
    said = told(file(old, new))
    assert said.startswith(f"a.toml: {message}")
    assert len(said.splitlines()) == 1

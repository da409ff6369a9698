"""Part files: defaults from a data sheet, and whose key is wrong when one is."""

import json

import pytest
from rig_files import BODY, ORBIT, told

from hil.recording import Recorder, Recording
from hil.rig import load_rig, rig_of

RIG = f"""\
title = "A test"
spacecraft = "spacecraft/small.toml"
seed = 3
duration_s = 60.0

{ORBIT}
[obc]
mode = "nadir"
"""

SPACECRAFT = (
    BODY
    + """\

[[gyro]]
part = "../parts/quiet.toml"

[[gyro]]
part = "../parts/quiet.toml"
angle_random_walk_deg_sqrt_h = 0.3
"""
)

PART = """\
rate_hz = 5.0
angle_random_walk_deg_sqrt_h = 0.15
"""


@pytest.fixture
def files(tmp_path):
    """Write a rig, its spacecraft and a part, and return the rig's path."""

    def write(spacecraft=SPACECRAFT, part=PART):
        for folder in ("spacecraft", "parts"):
            (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / "spacecraft/small.toml").write_text(spacecraft)
        (tmp_path / "parts/quiet.toml").write_text(part)
        (tmp_path / "a.toml").write_text(RIG)
        return tmp_path / "a.toml"

    return write


def test_a_tables_own_keys_go_before_those_of_its_part(files):
    first, second = load_rig(files()).spacecraft.gyro
    assert (first.rate_hz, first.angle_random_walk_deg_sqrt_h) == (5.0, 0.15)
    assert (second.rate_hz, second.angle_random_walk_deg_sqrt_h) == (5.0, 0.3)


def test_a_recording_keeps_the_parts_of_its_rig(files, tmp_path):
    rig = load_rig(files())
    assert json.loads(rig.source.metadata()["parts"]) == {"../parts/quiet.toml": PART}
    with Recorder(tmp_path / "run.mcap", [("time_s", 1)], metadata={"rig": rig.source.metadata()}):
        pass
    files(part="rate_hz = 10.0")
    assert rig_of(Recording(tmp_path / "run.mcap")) == rig


WRONG = [
    (
        SPACECRAFT,
        PART.replace("5.0", "-5.0"),
        "parts/quiet.toml: rate_hz = -5.0: must be greater than 0",
    ),
    (
        SPACECRAFT,
        PART.replace("rate_hz", "rat_hz"),
        "parts/quiet.toml: rat_hz: unknown key; did you mean rate_hz?",
    ),
    (
        SPACECRAFT.replace("= 0.3", "= -0.3"),
        PART,
        "spacecraft/small.toml: [[gyro]] number 2 angle_random_walk_deg_sqrt_h = -0.3: "
        "must be at least 0",
    ),
    (SPACECRAFT, "rate_hz = 5.0 Hz", "parts/quiet.toml: is not TOML: "),
    (
        SPACECRAFT.replace("quiet", "quit", 1),
        PART,
        'spacecraft/small.toml: part = "../parts/quit.toml": parts/quit.toml: '
        "no such file; did you mean quiet.toml?",
    ),
    (
        SPACECRAFT.replace('"../parts/quiet.toml"', "7", 1),
        PART,
        "spacecraft/small.toml: gyro: part must be text in quotes: name a part's file",
    ),
]


@pytest.mark.parametrize(("spacecraft", "part", "message"), WRONG)
def test_a_mistake_is_told_with_the_file_that_it_stands_in(files, spacecraft, part, message):
    lines = told(files(spacecraft, part)).splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(message)


def test_a_part_that_is_no_toml_hides_no_mistake_of_the_spacecraft(files):
    lines = told(files(SPACECRAFT.replace("= 0.3", "= -0.3"), "rate_hz = 5.0 Hz")).splitlines()
    assert [line.split(" = ")[0] for line in lines] == [
        "parts/quiet.toml: is not TOML: Expected newline or end of document after a statement "
        "(at line 1, column 15)",
        "spacecraft/small.toml: [[gyro]] number 2 angle_random_walk_deg_sqrt_h",
    ]


def test_what_neither_file_says_is_missing_in_the_spacecrafts(files):
    path = files(part="angle_random_walk_deg_sqrt_h = 0.15")
    assert told(path).splitlines() == [
        "spacecraft/small.toml: [[gyro]] number 1 rate_hz is missing",
        "spacecraft/small.toml: [[gyro]] number 2 rate_hz is missing",
    ]

"""Mistakes in a rig that need more than one key to be seen, in words."""

from pathlib import Path

import pytest
from fake_obc import FakeObc
from rig_files import BODY, HEAD, ORBIT, edited, told

from hil.bench import Bench, Member
from hil.rig import load_rig
from hil.rig.recorded import recorded_columns

ROOT = Path(__file__).parents[1]
RIG = f"""\
{HEAD}
{ORBIT}
[obc]
mode = "idle"

[[requirement]]
name = "slow"
column = "truth_rate_body_rad_s"
limit_deg_s = 0.3
"""
TLE = (
    "1 25544U 98067A   19343.69339541  .00001764  00000-0  38792-4 0  9991",
    "2 25544  51.6439 211.2001 0007417  17.6667  85.6398 15.50103472202482",
)


@pytest.fixture
def files(tmp_path):
    """Write a rig with an edit in it, and the text of its spacecraft; return the rig's path."""

    def write(old="", new="", spacecraft=BODY):
        (tmp_path / "small.toml").write_text(spacecraft)
        (tmp_path / "a.toml").write_text(edited(RIG, old, new))
        return tmp_path / "a.toml"

    return write


@pytest.mark.parametrize("limit", ["limit_deg_s = 0.3", "limit = 0.3"])
def test_a_column_that_there_is_not_is_told_whatever_its_limit_is_in(files, limit):
    path = files(
        'rate_body_rad_s"\nlimit_deg_s = 0.3',
        f'rate_body_rads"\n{limit}',
    )
    assert told(path) == (
        'a.toml: [[requirement]] "slow" column = "truth_rate_body_rads": no such column; '
        "did you mean truth_rate_body_rad_s?"
    )


def test_a_column_of_a_device_that_is_not_there_is_told(files):
    path = files('"truth_rate_body_rad_s"\nlimit_deg_s', '"gyro0_rate_body_rad_s"\nlimit_deg_s')
    assert 'column = "gyro0_rate_body_rad_s": no such column' in told(path)
    path = files('"truth_rate_body_rad_s"\nlimit_deg_s', '"truth_wheel_speed_rad_s"\nlimit')
    assert 'column = "truth_wheel_speed_rad_s": no such column' in told(path)
    path = files('"truth_rate_body_rad_s"\nlimit_deg_s', '"user_steps"\nlimit')
    cure = """no such column; name the firmware's number in [obc]: telemetry = ["steps"]"""
    assert f'column = "user_steps": {cure}' in told(path)
    named = path.read_text().replace("[obc]", '[obc]\ntelemetry = ["step"]')
    path.write_text(named)
    assert 'column = "user_steps": no such column; did you mean user_step?' in told(path)


@pytest.mark.parametrize(
    "rig", ["rigs/dier5_nadir", "rigs/alfarabi2", "tests/data/rigs/far_telescope"]
)
def test_the_columns_that_can_be_named_are_those_that_are_recorded(rig, tmp_path):
    rig = load_rig(ROOT / f"{rig}.toml")
    bench = Bench([Member(rig, FakeObc(), tmp_path / "run.mcap")])
    tables = {key: list(value) for key, value in rig.spacecraft if isinstance(value, tuple)}
    recorded = [name for name, size in bench.members[0].columns if size]
    assert recorded_columns(tables) == recorded


def test_keys_that_do_not_fit_each_other_are_all_told_at_once(files):
    path = files(
        '[obc]\nmode = "idle"',
        '[obc]\nmode = "idle"\nlatency_s = 1.2\n[[telecommand]]\nat_s = 1.0\n'
        'mode = "nadr"\n[[telecommand]]\nat_s = 2.0\ntarget = "ship"',
    )
    path.write_text(edited(path.read_text(), "60.0", "60.05"))
    assert told(path).splitlines() == [
        "a.toml: duration_s = 60.05 must be a multiple of step_s = 0.1 (nearest: 60)",
        "a.toml: [obc] latency_s = 1.2 must be at most 10 control periods, 1 s",
        "a.toml: [[telecommand]] number 1: no such mode; did you mean nadir?",
        'a.toml: [[telecommand]] number 2: no [[target]] is called "ship"; there is none at all',
    ]


def test_what_lies_beyond_the_end_is_all_told_at_once(files):
    path = files("limit_deg_s", "from_s = 70.0\nlimit_deg_s")
    path.write_text(path.read_text() + '\n[[telecommand]]\nat_s = 80.0\nmode = "nadir"\n')
    assert [line.split(" = ")[0] for line in told(path).splitlines()] == [
        'a.toml: [[requirement]] "slow": from_s',
        "a.toml: [[telecommand]] number 1: at_s",
    ]


def test_a_rig_in_the_place_of_a_spacecraft_is_told_in_a_line(files):
    path = files('"small.toml"', '"b.toml"')
    (path.parent / "b.toml").write_text(RIG)
    assert told(path) == (
        'a.toml: spacecraft = "b.toml": b.toml: is a rig, not a spacecraft\'s file: name the one '
        "that it names"
    )


def test_a_parameter_that_there_is_not_is_told_with_the_nearest_each_on_its_line(files):
    path = files(
        spacecraft=f"{BODY}\n[flight_software]\ninertia_xx = 0.04\nwheel_count = 9\nkp = 4\n"
    )
    first, second, third = told(path).splitlines()
    begin = "small.toml: [flight_software]: "
    assert first.startswith(f"{begin}the firmware has no parameter inertia_xx; did you mean ")
    assert "inertia_xx_body_kg_m2" in first
    assert second == f"{begin}wheel_count = 9.0 is outside 0 to 4"
    assert third.startswith(f"{begin}the firmware has no parameter kp; the firmware's parameters a")
    assert third.endswith(" others")
    assert max(map(len, (first, third))) < 250


def test_both_lines_of_a_tle_are_told_of(files):
    orbit = ORBIT.splitlines()
    lines = [line[:-1] + str((int(line[-1]) + 1) % 10) for line in TLE]
    path = files("\n".join(orbit[2:]), f"tle = {list(lines)}")
    first, second = told(path).splitlines()
    assert first.startswith("a.toml: [orbit]: tle: line 1 ends in the checksum 2, but adds up to 1")
    assert second.startswith("a.toml: [orbit]: tle: line 2 ends in the checksum 3, but adds up")

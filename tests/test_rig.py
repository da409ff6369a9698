"""Rig files: what they become, and what one is told about a mistake in them."""

import json
import os
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from rig_files import BODY, ORBIT, edited, told
from scipy.spatial.transform import Rotation

from hil.errors import RigError
from hil.recording import Recorder, Recording
from hil.rig import load_rig, rig_of
from hil.rig.source import Source

RIGS = Path(__file__).parent.parent / "rigs"

RIG = f"""\
title = "A test"
spacecraft = "spacecraft/small.toml"
seed = 3
duration_s = 60.0
step_s = 0.1

[truth]
step_s = 0.02

{ORBIT}
[attitude]
reference = "lvlh"
offset_deg = 10

[obc]
mode = "nadir"
latency_s = 0.02

[allowed]
lost_replies = 2

[[requirement]]
name = "pointing"
index = "APE"
target = "nadir"
axis = "boresight"
limit_deg = 0.1
probability = 0.9973
interpretation = "temporal"
from_s = 20.0

[[requirement]]
name = "slow"
column = "truth_rate_body_rad_s"
limit_deg_s = 0.3
"""

SPACECRAFT = (
    BODY
    + """\

[[wheel]]
name = "x"
axis_body = [1.0, 0.0, 0.0]
spin_inertia_kg_m2 = 2e-5
torque_max_Nm = 0.004
speed_max_rad_s = 600.0
tachometer_rate_hz = 10.0

[[gyro]]
rate_hz = 10.0
angle_random_walk_deg_sqrt_h = 0.15

[flight_software]
wheel_count = 1.0
"""
)


@pytest.fixture
def files(tmp_path):
    """Write the rig and its spacecraft, with an edit in one of them, and return the rig's path."""

    def write(old="", new="", spacecraft=("", "")):
        (tmp_path / "spacecraft").mkdir(exist_ok=True)
        (tmp_path / "spacecraft/small.toml").write_text(edited(SPACECRAFT, *spacecraft))
        (tmp_path / "a.toml").write_text(edited(RIG, old, new))
        return tmp_path / "a.toml"

    return write


# ---- what a rig becomes --------------------------------------------------------------------------


def test_a_key_of_the_file_is_a_field_of_the_rig(files):
    rig = load_rig(files())
    assert (rig.name, rig.title, rig.seed, rig.steps) == ("a", "A test", 3, 600)
    assert rig.spacecraft.name == "small"
    assert rig.spacecraft.wheel[0].torque_max_Nm == 0.004
    assert rig.spacecraft.flight_software == {"wheel_count": 1.0}
    assert rig.orbit.epoch_utc.isoformat() == "2026-03-21T12:00:00+00:00"
    assert (rig.allowed.lost_replies, rig.allowed.crc_errors) == (2, 0)
    assert [requirement.name for requirement in rig.requirement] == ["pointing", "slow"]


def test_the_attitude_is_the_reference_turned_about_the_body_axis(files):
    """On the equator at the x axis, going to +y: nadir -x, along-track +y, orbit normal +z."""
    start = Rotation.from_quat(load_rig(files()).initial_q_eci_from_body())
    assert start.apply([1, 0, 0]) == pytest.approx([0.0, 1.0, 0.0])
    tilt = np.radians(10)
    assert start.apply([0, 0, 1]) == pytest.approx([-np.cos(tilt), 0.0, np.sin(tilt)])


def test_a_body_at_rest_in_lvlh_turns_once_an_orbit(files):
    rig = load_rig(files("offset_deg = 10", "offset_deg = 0"))
    mean_motion = np.sqrt(3.986004418e14 / 6900e3**3)
    assert rig.initial_rate_body_rad_s() == pytest.approx([0.0, -mean_motion, 0.0], rel=1e-9)


def test_a_rate_relative_to_eci_is_the_rate(files):
    rig = load_rig(files('reference = "lvlh"', 'reference = "eci"\nrate_body_deg_s = [0, 0, 90]'))
    assert rig.initial_rate_body_rad_s() == pytest.approx([0.0, 0.0, np.pi / 2])
    assert rig.initial_q_eci_from_body() == pytest.approx(
        [np.sin(np.pi / 36), 0, 0, np.cos(np.pi / 36)]
    )


def test_the_truths_step_is_the_files_or_one_that_suits(files):
    assert load_rig(files()).truth_step_s == 0.02
    assert load_rig(files("[truth]\nstep_s = 0.02\n", "")).truth_step_s == pytest.approx(0.02)
    both = '[obc]\nmode = "nadir"\nlatency_s = 0.02\n'
    path = files("[truth]\nstep_s = 0.02\n", "")
    path.write_text(path.read_text().replace(both, '[obc]\nmode = "nadir"\n'))
    assert load_rig(path).truth_step_s == pytest.approx(0.05)
    path.write_text(path.read_text() + "[truth]\nstep_s = 0.1\n")
    assert load_rig(path).truth_step_s == 0.1  # as long as a control period


def test_overrides_take_the_place_of_the_files_values(files):
    rig = load_rig(files())
    assert rig.with_overrides(seed=None, duration_s=None) is rig
    other = rig.with_overrides(seed=7, duration_s=10)
    assert (other.seed, other.duration_s, other.steps) == (7, 10.0, 100)
    assert other.with_overrides(seed=8).duration_s == 10.0
    with pytest.raises(RigError, match=r"a\.toml: duration_s = -1: must be greater than 0"):
        rig.with_overrides(duration_s=-1)


def test_a_recording_gives_back_the_rig_it_was_made_with(files, tmp_path):
    rig = load_rig(files()).with_overrides(seed=9)
    with Recorder(tmp_path / "run.mcap", [("time_s", 1)], metadata={"rig": rig.source.metadata()}):
        pass
    files().unlink()
    kept = rig_of(Recording(tmp_path / "run.mcap"))
    assert kept == rig
    assert kept.source == rig.source


def test_an_overriding_instant_is_kept_with_a_recording(files):
    rig = load_rig(files())
    orbit = {name: getattr(rig.orbit, name) for name in rig.orbit.model_fields_set}
    later = orbit | {"epoch_utc": rig.orbit.epoch_utc + timedelta(hours=4)}
    other = rig.with_overrides(orbit=later)
    kept = Source.kept(other.source.metadata())
    assert kept.overrides["orbit"]["epoch_utc"] == later["epoch_utc"].isoformat()


def test_a_recording_of_something_else_has_no_rig(tmp_path):
    with Recorder(tmp_path / "run.mcap", [("time_s", 1)]):
        pass
    with pytest.raises(RigError) as error:
        rig_of(Recording(tmp_path / "run.mcap"))
    assert str(error.value) == f"{tmp_path}/run.mcap does not hold the rig that it was made with"


@pytest.mark.parametrize("path", sorted(RIGS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_rig_of_the_project_is_right_and_says_what_is_assumed(path):
    rig = load_rig(path)
    assert rig.requirement
    opening = path.read_text().split("\n\n[")[0]
    assert "Published:" in opening
    assert "Assumed:" in opening


# ---- what is wrong, in words ---------------------------------------------------------------------

IN_RIG = [
    ("duration_s = 60.0", 'duration_s = "60"', 'duration_s = "60": must be a number'),
    ("duration_s = 60.0", "duration_s = 0", "duration_s = 0: must be greater than 0"),
    ("duration_s = 60.0", "duration_s = inf", "duration_s = Infinity: must be a finite number"),
    ("duration_s = 60.0", "", "duration_s is missing"),
    ("duration_s", "duraton_s", "duraton_s: unknown key; did you mean duration_s?"),
    ("seed = 3", "seed = 3.5", "seed = 3.5: must be a whole number"),
    ("seed = 3", "seed = true", "seed = true: must be a whole number"),
    ('"A test"', "7", "title = 7: must be text in quotes"),
    ("raan_deg", "ran_deg", "[orbit] ran_deg: unknown key; did you mean raan_deg?"),
    ("[allowed]", "[alowed]", "[alowed]: unknown table; did you mean allowed?"),
    ("[obc]", "[[obc]]", "[[obc]]: there is one only: write [obc]"),
    ('"lvlh"', '"lvh"', "[attitude] reference = \"lvh\": must be 'lvlh' or 'eci'"),
    ('"nadir"', '"nadi"', '[obc] mode = "nadi": no such mode; did you mean nadir?'),
    ("lost_replies = 2", "lost_replies = -2", "[allowed] lost_replies = -2: must be at least 0"),
    (
        "12:00:00Z",
        "12:00:00",
        '[orbit] epoch_utc = "2026-03-21 12:00:00": must say its time zone: end it with Z for UTC',
    ),
    (
        "2026-03-21T12:00:00Z",
        '"spring"',
        '[orbit] epoch_utc = "spring": must be a date and time, such as 2025-12-13T04:00:00Z',
    ),
    (
        "[attitude]",
        "[attitude]\noffset_axis_body = [0.0, 0.0, 2.0]",
        "[attitude] offset_axis_body = [0.0, 0.0, 2.0]: [0.0, 0.0, 2.0] has length 2, not 1: "
        "write [0.0, 0.0, 1.0]",
    ),
    (
        "[attitude]",
        "[attitude]\nrate_body_deg_s = [0.0, 1, 2, 3]",
        "[attitude] rate_body_deg_s = [0.0, 1, 2, 3]: must have at most 3 entries, not 4",
    ),
    (
        "[attitude]",
        "[attitude]\nrate_body_deg_s = [0.0, 'a', 2]",
        '[attitude] rate_body_deg_s[1] = "a": must be a number',
    ),
    (
        "limit_deg = 0.1",
        "limit_deg = 0.1\nlimit_arcsec = 30",
        '[[requirement]] "pointing": give exactly one of limit_deg and limit_arcsec '
        "(given: limit_deg, limit_arcsec)",
    ),
    (
        'interpretation = "temporal"',
        "",
        '[[requirement]] "pointing" interpretation is missing',
    ),
    (
        'interpretation = "temporal"',
        'interpretation = "typical"',
        '[[requirement]] "pointing" interpretation = "typical": must be \'temporal\', '
        "'ensemble' or 'mixed'",
    ),
    ('name = "pointing"', "", "[[requirement]] number 1 name is missing"),
    (
        "limit_deg_s = 0.3",
        "limit_deg_s = 0",
        '[[requirement]] "slow" limit_deg_s = 0: must be greater than 0',
    ),
    (
        "limit_deg_s",
        "limit_dag_s",
        '[[requirement]] "slow" limit_dag_s: unknown key; did you mean limit_deg_s?',
    ),
    (
        'index = "APE"',
        'colum = "mode"',
        '[[requirement]] "pointing" colum: unknown key; did you mean column?',
    ),
    (
        'index = "APE"',
        'index = "APE"\nkind = "fire"',
        '[[requirement]] "pointing" kind: unknown key; a pointing requirement has none, '
        "an alert requirement has",
    ),
    ('"slow"', '"pointing"', "two requirements are called 'pointing': name each differently"),
    ('"slow"', '"link"', "a requirement cannot be called 'link': [allowed] judges the line"),
    (
        "from_s = 20.0",
        "from_s = 60.0",
        '[[requirement]] "pointing": from_s = 60.0 lies after the last step, which '
        "begins at 59.9 s",
    ),
    (
        "from_s = 20.0",
        "to_s = 61.0",
        '[[requirement]] "pointing": to_s = 61.0 lies beyond the end of the run, duration_s = 60.0',
    ),
    (
        "duration_s = 60.0",
        "duration_s = 60.04",
        "duration_s = 60.04 must be a multiple of step_s = 0.1 (nearest: 60)",
    ),
    (
        "step_s = 0.02",
        "step_s = 0.03",
        "step_s = 0.1 must be a multiple of [truth] step_s = 0.03 (nearest: 0.09)",
    ),
    (
        "latency_s = 0.02",
        "latency_s = 0.03",
        "[obc] latency_s = 0.03 must be a multiple of [truth] step_s = 0.02 (nearest: 0.04)",
    ),
    (
        "latency_s = 0.02",
        "latency_s = 1.1",
        "[obc] latency_s = 1.1 must be at most 10 control periods, 1 s",
    ),
    (
        "latency_s = 0.02",
        "latency = {median_s = 0.2, p99_s = 1.1}",
        "[obc.latency] p99_s = 1.1 must be at most 10 control periods, 1 s",
    ),
    (
        "latency_s = 0.02",
        "reply_timeout_s = 0.0001",
        "[obc] reply_timeout_s = 0.0001 must be 0.001 to 600",
    ),
    ("latency_s = 0.02", "baud = 9", "[obc] baud = 9 must be 300 to 2.5e+07"),
    (
        "spacecraft = ",
        "# ",
        "spacecraft is missing: name a spacecraft's file, relative to this one",
    ),
    (
        '"spacecraft/small.toml"',
        "5",
        "spacecraft must be text in quotes: name a spacecraft's file, relative to this one",
    ),
    (
        "small.toml",
        "smal.toml",
        'spacecraft = "spacecraft/smal.toml": spacecraft/smal.toml: no such file; '
        "did you mean small.toml?",
    ),
    ('title = "', "title = ", "is not TOML: Invalid value (at line 1, column 9)"),
]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\nstep_s = 0.1", "\nstep_s = 1e-10", "step_s = 1e-10 must be 0.0001 to 60"),
        ("\nstep_s = 0.1", "\nstep_s = 61.0", "step_s = 61.0 must be 0.0001 to 60"),
        ("step_s = 0.02", "step_s = 1e-31", "[truth] step_s = 1e-31 must be 1e-05 to 1"),
        (
            "\nstep_s = 0.1",
            "\nstep_s = 0.0166666667",
            "step_s = 0.0166666667 has too many decimals to be sent exactly "
            "(nearest: 0.016666666666666666)",
        ),
        (
            "duration_s = 60.0",
            "duration_s = 1e10",
            "duration_s = 1e+10 is more than the line can count: at most 2**32 steps and 2**32 s, "
            "here 4.29e+08 s",
        ),
    ],
)
def test_times_outside_of_what_makes_sense_are_refused_with_the_range(files, old, new, message):
    assert f"a.toml: {message}" in told(files(old, new)).splitlines()


def test_a_body_turns_no_further_than_the_integrator_follows(files):
    path = files("[attitude]", "[attitude]\nrate_body_deg_s = [1e9, 0.0, 0.0]")
    assert told(path) == (
        "a.toml: [attitude] rate_body_deg_s = [1000000000.0, 0.0, 0.0] is 1.75e+07 rad/s: "
        "at most 10000 rad/s"
    )


@pytest.mark.parametrize(("old", "new", "message"), IN_RIG)
def test_a_mistake_in_a_rig_is_told_in_a_sentence(files, old, new, message):
    assert told(files(old, new)) == f"a.toml: {message}"


IN_SPACECRAFT = [
    ("mass_kg", "mas_kg", "[body] mas_kg: unknown key; did you mean mass_kg?"),
    ("[[gyro]]", "[gyro]", "[gyro]: there may be several: write [[gyro]]"),
    (
        "[1.0, 0.0, 0.0]",
        "[0, 0, 0]",
        '[[wheel]] "x" axis_body = [0, 0, 0]: [0.0, 0.0, 0.0] has length 0, not 1: '
        "a zero axis has no direction",
    ),
    ("2e-5", "-2e-5", '[[wheel]] "x" spin_inertia_kg_m2 = -2e-05: must be greater than 0'),
    ("rate_hz = 10.0\nangle", "angle", "[[gyro]] number 1 rate_hz is missing"),
    (
        "wheel_count",
        "wheel_cout",
        "[flight_software]: the firmware has no parameter wheel_cout; did you mean wheel_count?",
    ),
    ("count = 1.0", "count = 5.0", "[flight_software]: wheel_count = 5.0 is outside 0 to 4"),
    ("count = 1.0", 'count = "1"', '[flight_software] wheel_count = "1": must be a number'),
    ('name = "small"', 'name = ""', 'name = "": must not be empty'),
]


@pytest.mark.parametrize(("old", "new", "message"), IN_SPACECRAFT)
def test_a_mistake_in_a_spacecraft_is_told_with_its_own_file(files, old, new, message):
    assert told(files(spacecraft=(old, new))) == f"spacecraft/small.toml: {message}"


def test_an_impossible_inertia_is_told_with_its_moments(files):
    path = files(spacecraft=("[[0.04", "[[0.4"))
    assert told(path).startswith(
        "spacecraft/small.toml: [body]: inertia_body_kg_m2 has principal moments 0.02, 0.03, 0.4: "
    )


def test_wheels_cannot_share_a_name(files):
    wheel = SPACECRAFT[SPACECRAFT.index("[[wheel]]") : SPACECRAFT.index("[[gyro]]")]
    path = files(spacecraft=("[[gyro]]", f"{wheel}[[gyro]]"))
    assert told(path) == (
        "spacecraft/small.toml: two wheels are called 'x': give each a name of its own"
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "[[gyro]]\nrate_hz = 10.0",
            "[[gyro]]\nrate_hz = 7.0",
            "[[gyro]] number 1 rate_hz = 7 in the spacecraft's file: there must be a whole "
            "number of steps of step_s = 0.1 from one sample to the next (nearest: 10 or 5)",
        ),
        (
            "tachometer_rate_hz = 10.0",
            "tachometer_rate_hz = 20.0",
            '[[wheel]] "x" tachometer_rate_hz = 20 in the spacecraft\'s file: there must be a '
            "whole number of steps of step_s = 0.1 from one sample to the next (nearest: 10)",
        ),
    ],
)
def test_a_sensors_rate_must_fit_the_control_period(files, old, new, message):
    assert told(files(spacecraft=(old, new))) == f"a.toml: {message}"


def test_a_rate_of_next_to_nothing_is_refused_in_words(files):
    rate = ("tachometer_rate_hz = 10.0", "tachometer_rate_hz = 5e-324")
    assert "the sensor never measures" in told(files(spacecraft=rate))


def test_several_mistakes_are_told_a_line_each(files):
    path = files("seed = 3", "sed = 3\nbegin = 1", spacecraft=("mass_kg = 4.0", "mass_kg = -4.0"))
    assert told(path).splitlines() == [
        "a.toml: sed: unknown key; did you mean seed?",
        "a.toml: begin: unknown key; valid keys: title, spacecraft, seed, duration_s, "
        "step_s, truth, environment, orbit, attitude, obc, uplink, target, scan, telecommand, "
        "scene, radio, allowed, recording, requirement, fault, expected_rating, disperse, "
        "correlation, sampling, margins, line, pin",
        "spacecraft/small.toml: [body] mass_kg = -4.0: must be greater than 0",
    ]


def test_a_rig_that_is_not_there_is_told_with_what_is(files):
    path = files()
    assert told(path.with_name("b.toml")) == "b.toml: no such file; did you mean a.toml?"
    assert (
        told(path.with_name("long.toml")) == "long.toml: no such file; the files there are a.toml"
    )
    assert told(path.with_name("spacecraft")) == "spacecraft: is a folder: name a file"


def test_a_spacecrafts_file_is_no_rig(files):
    spacecraft = files().parent / "spacecraft/small.toml"
    assert told(spacecraft) == "small.toml: is a spacecraft's file: give a rig that names it"


def test_a_file_that_is_no_text_is_told(files):
    path = files()
    path.write_bytes(b"\xff\xfe")
    assert told(path) == "a.toml: is UTF-16 text: save it as UTF-8"
    path.write_bytes(b'title = "A test"\nseed = \xff')
    assert told(path) == "a.toml: is not UTF-8 text (line 2): save it as UTF-8"


def test_a_byte_order_mark_is_no_mistake(files):
    path = files()
    text = path.read_text()
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load_rig(path).source.text == text


def test_a_pipe_a_device_and_a_huge_file_are_not_read(files):
    path = files()
    path.unlink()
    os.mkfifo(path)
    assert told(path) == "a.toml: is a device or a pipe: name a file"
    assert told(Path("/dev/zero")) == "zero: is a device or a pipe: name a file"
    path.unlink()
    path.write_bytes(b"#" * 1_000_001)
    assert told(path) == "a.toml: is larger than 1000 kB: no rig is that large"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = " + 3000 * "[" + 3000 * "]", "is nested too deeply"),
        ("a" + 20 * ".a" + " = 1", "is nested more than 8 deep"),
        ("a = " + 5000 * "9", "has a number of thousands of digits"),
    ],
)
def test_toml_of_a_stranger_is_refused_in_a_sentence(files, text, message):
    path = files()
    path.write_text(text)
    assert told(path) == f"a.toml: {message}"


def test_a_path_with_a_nul_is_refused_in_a_sentence(files):
    path = files('"spacecraft/small.toml"', '"a\\u0000b"')
    assert "embedded null byte" in told(path)


def test_mistakes_of_every_kind_and_file_are_told_in_one_run(files):
    """An unknown key, a bad mode, and what does not fit: everything in one pass."""
    path = files("seed = 3", "sed = 3", spacecraft=("mass_kg", "mas_kg"))
    for old, new in [
        ("duration_s = 60.0", "duration_s = 60.05"),
        ('mode = "nadir"', 'mode = "nadi"'),
        ("latency_s = 0.02", "latency_s = 0.03"),
        ("from_s = 20.0", "from_s = 20.0\nto_s = 10.0"),
        ("[truth]", "[truth]\nsteps = 3"),
    ]:
        path.write_text(edited(path.read_text(), old, new))
    craft = path.parent / "spacecraft/small.toml"
    craft.write_text(edited(craft.read_text(), "rate_hz = 10.0\nangle", "rate_hz = 7.0\nangle"))
    assert [line.split(":")[0] + ":" + line.split(":")[1] for line in told(path).splitlines()] == [
        "a.toml: [truth] steps",
        'a.toml: [[requirement]] "pointing"',
        "a.toml: sed",
        'a.toml: [obc] mode = "nadi"',
        "a.toml: duration_s = 60.05 must be a multiple of step_s = 0.1 (nearest",
        "a.toml: [obc] latency_s = 0.03 must be a multiple of [truth] step_s = 0.02 (nearest",
        "a.toml: [[gyro]] number 1 rate_hz = 7 in the spacecraft's file",
        "spacecraft/small.toml: [body] mas_kg",
    ]


def test_a_spacecraft_that_cannot_be_read_hides_no_mistake_of_the_rig(files):
    path = files("small.toml", "smal.toml")
    path.write_text(edited(path.read_text(), 'mode = "nadir"', 'mode = "nadi"'))
    assert [line.split("; ")[0] for line in told(path).splitlines()] == [
        'a.toml: spacecraft = "spacecraft/smal.toml": spacecraft/smal.toml: no such file',
        'a.toml: [obc] mode = "nadi": no such mode',
    ]


def test_metadata_of_a_rig_is_text(files):
    kept = load_rig(files()).with_overrides(duration_s=6.0).source.metadata()
    assert kept["text"] == RIG
    assert kept["spacecraft_text"] == SPACECRAFT
    assert json.loads(kept["overrides"]) == {"duration_s": 6.0}


def test_a_path_that_is_no_utf_8_is_read_and_told_of(files):
    path = files("seed = 3", "sed = 3")
    odd = path.with_name(os.fsdecode(b"a\xff.toml"))
    path.rename(odd)
    with pytest.raises(RigError) as error:
        load_rig(odd)
    assert "a\\udcff.toml: sed: unknown key; did you mean seed?" in str(error.value)
    odd.write_text(odd.read_text().replace("sed = 3", "seed = 3"))
    rig = load_rig(odd)
    assert rig.seed == 3
    assert rig.name == "a\\udcff"
    assert rig.source.metadata()["path"].encode("utf-8").endswith(b"a\\udcff.toml")

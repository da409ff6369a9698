"""Epochs, two-line elements, orbit messages and states: what is read, and what is refused."""

import csv
import io
import json

import numpy as np
import pytest
from rig_files import BODY, HEAD, ORBIT, edited, told
from sgp4.api import Satrec
from sgp4.exporter import export_omm
from sgp4.io import compute_checksum

from hil import bench
from hil.diagnosis import diagnose
from hil.physics.tle import satellite
from hil.recording import Recorder, Recording
from hil.rig import load_rig, remarks, rig_of

TLE = (
    "1 25544U 98067A   19343.69339541  .00001764  00000-0  38792-4 0  9991",
    "2 25544  51.6439 211.2001 0007417  17.6667  85.6398 15.50103472202482",
)
BARE_ORBIT = "[orbit]\nepoch_utc = 2019-12-10T00:00:00Z\n"
OBC = '[obc]\nmode = "idle"\n'


@pytest.fixture
def file(tmp_path):
    """Write a rig with this orbit and return its path."""

    def write(orbit):
        (tmp_path / "small.toml").write_text(BODY)
        (tmp_path / "a.toml").write_text(f"{HEAD}\n{orbit}\n{OBC}")
        return tmp_path / "a.toml"

    return write


def two_lines(first=TLE[0], second=TLE[1]):
    return f"{BARE_ORBIT}tle = {json.dumps([first, second], ensure_ascii=False)}\n"


# ---- two-line elements ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("343.69339541", "343.69O39541", "line 1: column 27 must be a digit, not the letter O"),
        ("98067A   ", "98067A\u00a0\u00a0 ", "line 1: column 16 must be a letter, a digit or a "
         "blank, not a no-break space; column 17"),
        (" 00000-0", "\t00000-0", "line 1: column 45 must be a sign or a blank, not a tab"),
        ("1 25544", "1 I5544", "line 1: column 3 must be a digit, a blank or a letter but I and O"),
        ("9991", "9992", "line 1 ends in the checksum 2, but adds up to 1"),
        ("9991", "999", "line 1 must have 69 characters and begin with '1 '; it has 68"),
        ("1 25544U", "1 25545U", "line 1 ends in the checksum 1, but adds up to 2"),
    ],
)  # fmt: skip
def test_damage_of_two_lines_is_told_with_line_and_column(file, old, new, words):
    said = told(file(two_lines(edited(TLE[0], old, new))))
    assert said.startswith(f"a.toml: [orbit]: tle: {words}")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("number", "columns", "value", "words"),
    [
        (1, (21, 32), "000.69339541", "line 1: the day of the year, columns 21 to 32, is "
         "0.69339541: must be 1 to 366.99999999"),
        (1, (63, 63), "4", "line 1: the ephemeris type (4: SGP4-XP, whose drag is another), "
         "columns 63 to 63, is 4: must be 0 to 3"),
        (2, (9, 16), "200.6439", "line 2: the inclination, columns 9 to 16, is 200.6439: must be "
         "0 to 180"),
        (2, (53, 63), " 0.00000000", "line 2: the mean motion, columns 53 to 63, is 0: must be "
         "1e-08 to 20"),
    ],
)  # fmt: skip
def test_a_number_that_no_element_can_be_is_told_with_its_columns(
    file, number, columns, value, words
):
    lines, (first, last) = list(TLE), columns
    whole = lines[number - 1]
    line = whole[: first - 1] + value + whole[last:68]
    lines[number - 1] = line + str(compute_checksum(line + "0"))
    assert told(file(two_lines(*lines))) == f"a.toml: [orbit]: tle: {words}"


def test_blanks_in_the_place_of_elements_are_told(file):
    blank = "2 25544" + 61 * " " + "2"
    assert "line 2: column 11 must be a digit, not ' '" in told(file(two_lines(second=blank)))


def test_swapped_lines_are_told(file):
    assert told(file(two_lines(*reversed(TLE)))) == (
        "a.toml: [orbit]: tle: line 2 stands before line 1: swap them"
    )


def test_a_byte_order_mark_in_elements_is_told_by_its_name(file):
    said = told(file(two_lines("\ufeff" + TLE[0])))
    assert "column 1 must be '1', not a byte order mark" in said


def test_lines_with_a_carriage_return_are_right(file):
    lines = [line + "\r\n" for line in TLE]
    assert load_rig(file(two_lines(*lines))).orbit.state()[0] == pytest.approx(
        load_rig(file(two_lines())).orbit.state()[0]
    )


def test_lines_of_two_satellites_are_no_element_set(file):
    other = "2 25545" + TLE[1][7:68] + "3"
    assert told(file(two_lines(second=other))) == (
        "a.toml: [orbit]: tle: line 1 is of satellite '25544' and line 2 of '25545'"
    )


def test_a_tle_with_a_satellite_number_in_alpha_5_is_right(file):
    lines = [f"{line[:2]}A5544{line[7:68]}" for line in TLE]
    # Letters count nothing in a checksum: without the 2 it is 2 less (CelesTrak, TLE format).
    lines = [line + str((int(whole[68]) - 2) % 10) for line, whole in zip(lines, TLE, strict=True)]
    assert satellite(tuple(lines)).satnum == 105544
    assert load_rig(file(two_lines(*lines)))


@pytest.mark.parametrize(
    ("epoch", "days"), [("2019-12-30", 0), ("2020-01-19", 40), ("2022-12-10", 1096)]
)
def test_elements_of_other_days_get_a_remark(file, epoch, days):
    found = remarks(load_rig(file(edited(two_lines(), "2019-12-10", epoch))))[1:]
    assert [f"{days} days before epoch_utc" in words for words in found if "days" in words] == (
        [True] if days else []
    )


@pytest.mark.parametrize(
    ("epoch", "off"),  # of these elements 1.764e-5 revolutions a day squared, 42 700 km each
    [
        ("2020-01-19", "366 km"),
        ("2020-06-27", "6644 km"),
        ("2022-12-10", "anywhere along its orbit"),
    ],
)
def test_the_remark_on_old_elements_says_how_far_off_the_spacecraft_may_be(file, epoch, off):
    found = remarks(load_rig(file(edited(two_lines(), "2019-12-10", epoch))))
    assert any(off in words for words in found if "days before" in words)


def test_a_run_with_old_elements_says_so_again_at_its_end(file, tmp_path):
    rig = load_rig(file(edited(two_lines(), "2019-12-10", "2020-01-19")))
    recording = bench.run(rig.with_overrides(duration_s=1.0), "library", tmp_path / "run.mcap")
    found = diagnose(Recording(recording.recording), [])
    assert any("the mean elements are of" in each.words for each in found.remarks)


# ---- orbit messages ------------------------------------------------------------------------------


def fields():
    return {key: str(value) for key, value in export_omm(Satrec.twoline2rv(*TLE), "ISS").items()}


def as_kvn(fields):
    units = {"MEAN_MOTION": " [rev/day]", "INCLINATION": " [deg]"}
    lines = [f"{key} = {value}{units.get(key, '')}" for key, value in fields.items()]
    return "\n".join(["CCSDS_OMM_VERS = 2.0", "COMMENT as CelesTrak has it", *lines])


def as_xml(fields):
    def tags(*keys):
        return "".join(f"<{key}>{fields[key]}</{key}>" for key in keys if key in fields)

    names = list(fields)
    cut = names.index("EPOCH"), names.index("EPHEMERIS_TYPE")
    meta, mean, tle = names[: cut[0]], names[cut[0] : cut[1]], names[cut[1] :]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ndm><omm id="CCSDS_OMM_VERS" version="2.0"><body>'
        f"<segment><metadata>{tags(*meta)}</metadata><data><meanElements>{tags(*mean)}"
        f"</meanElements><tleParameters>{tags(*tle)}</tleParameters></data></segment></body></omm></ndm>"
    )


def as_csv(fields):
    text = io.StringIO()
    writer = csv.DictWriter(text, fields)
    writer.writeheader()
    writer.writerow(fields)
    return text.getvalue()


FORMS = {
    "kvn": as_kvn,
    "xml": as_xml,
    "csv": as_csv,
    "json": lambda fields: json.dumps([fields]),
}


@pytest.fixture
def message(file):
    """Write a rig that names an orbit message of this text."""

    def write(text, name="iss.omm"):
        path = file(f'{BARE_ORBIT}omm = "{name}"\npropagator = "sgp4"\n')
        (path.parent / "iss.omm").write_text(text)
        return path

    return write


@pytest.mark.parametrize("form", FORMS)
def test_an_orbit_message_is_the_orbit_of_its_two_lines(message, file, form):
    position, velocity = load_rig(message(FORMS[form](fields()))).orbit.state()
    expected = load_rig(file(two_lines())).orbit.state()
    # The message's epoch is given to the microsecond, in which the ISS goes 8 mm.
    np.testing.assert_allclose(position, expected[0], atol=0.02)
    np.testing.assert_allclose(velocity, expected[1], atol=2e-5)


def test_a_recording_keeps_the_orbit_message_of_its_rig(message, tmp_path):
    rig = load_rig(message(as_kvn(fields())))
    with Recorder(tmp_path / "run.mcap", [("time_s", 1)], metadata={"rig": rig.source.metadata()}):
        pass
    (tmp_path / "iss.omm").unlink()
    assert rig_of(Recording(tmp_path / "run.mcap")) == rig
    assert rig.with_overrides(seed=9).orbit == rig.orbit


def without(key):
    return {name: value for name, value in fields().items() if name != key}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (as_kvn(fields() | {"MEAN_MOTION": "x"}), 'MEAN_MOTION = "x": must be a number'),
        (as_xml(without("ECCENTRICITY")), "ECCENTRICITY is missing"),
        (as_kvn(fields() | {"EPOCH": "spring"}), 'EPOCH = "springZ": must be a date and time, such '
         "as 2025-12-13T04:00:00Z"),
        (as_kvn(fields() | {"REF_FRAME": "GCRF"}), "REF_FRAME = GCRF: must be TEME"),
        (as_kvn(fields() | {"ECCENTRICITY": "1.5"}), "ECCENTRICITY = 1.5: must be less than 1"),
        (as_kvn(fields() | {"INCLINATION": "nan"}), 'INCLINATION = "nan": must be a number'),
        ("hello", "is not an orbit message: it has none of its keywords, such as EPOCH"),
        (json.dumps([fields(), fields()]), "holds 2 orbit messages: there must be one"),
        ('<!DOCTYPE a [<!ENTITY b "b">]><ndm/>', "has a DOCTYPE, which no orbit message needs"),
        ("[1", "is not an orbit message in JSON: "),
        ("EPOCH,MEAN_MOTION\n1\r2,3\n", "is not an orbit message in CSV: "),
        ("<ndm>", "is not an orbit message in XML: "),
        ("<ndm><segment></segment></ndm>", "is not an orbit message: it has none of its keywords"),
        (as_xml(fields()).replace("</omm>", "</omm>" + as_xml(fields()).split("<ndm>")[1][:-6]),
         "holds 2 orbit messages: there must be one"),
        (as_kvn(fields()) + "\n" + as_kvn(fields()), "OBJECT_NAME is there twice: there must be"),
        (as_kvn(fields() | {"EPHEMERIS_TYPE": "4"}), "EPHEMERIS_TYPE = 4: must be 0, which sgp4"),
        (json.dumps(fields() | {"EPOCH": "9999-12-31T23:59:59"}), "EPOCH = "),
        (json.dumps(fields() | {"EPOCH": "0001-01-01T00:00:00"}), "EPOCH = "),
    ],
)  # fmt: skip
def test_damage_of_an_orbit_message_is_told_with_its_file(message, text, words):
    said = told(message(text))
    assert said.startswith(f"iss.omm: {words}")
    assert len(said.splitlines()) == 1


def test_a_mean_motion_in_rad_s_is_told_by_how_far_it_puts_the_satellite(message):
    """15.72 revolutions a day are 0.001143 rad/s: Kepler's third law, 3.86 million km."""
    said = told(message(json.dumps(fields() | {"MEAN_MOTION": 0.001143})))
    assert "km away, beyond 1.5e+06 km: the mean motion counts revolutions a day" in said


@pytest.mark.parametrize(
    "changes",
    [
        {"NORAD_CAT_ID": "799501234"},  # more than sgp4 itself can name
        {"ECCENTRICITY": 0, "MEAN_ANOMALY": 0, "BSTAR": 0},  # numbers, which are false in Python
    ],
)
def test_an_orbit_message_of_today_is_read(message, changes):
    assert load_rig(message(json.dumps(fields() | changes))).orbit.state()


def test_an_orbit_message_in_xml_may_lack_what_sgp4_does_not_take(message, file):
    """The ground's own catalogues leave out tleParameters, and put all into a namespace."""
    whole = as_xml(fields())
    start, end = whole.index("<tleParameters>"), whole.index("</data>")
    bare = whole[:start] + whole[end:]
    bare = bare.replace("<ndm>", '<ndm xmlns="urn:ccsds:recommendation:navigation:schema:ndmxml">')
    position = load_rig(message(bare)).orbit.state()[0]
    # Without BSTAR the air does not count: 2 m in the seven hours since the elements.
    np.testing.assert_allclose(position, load_rig(file(two_lines())).orbit.state()[0], atol=1e3)


def test_an_empty_orbit_message_is_told(message):
    for text in ("", "\n"):
        assert "is empty: there must be an orbit message" in told(message(text))


def test_an_orbit_message_that_is_not_there_is_told(message):
    assert told(message("", "iss.om")) == ('a.toml: [orbit] omm = "iss.om": iss.om: no such file')


def test_an_orbit_is_said_once(message):
    path = message(as_kvn(fields()))
    path.write_text(edited(path.read_text(), "omm =", f"tle = {list(TLE)}\nomm ="))
    assert told(path) == (
        "a.toml: [orbit]: give two-line elements or an orbit message, not both (omm)"
    )


# ---- epochs and states ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("epoch", "words"),
    [
        ('"26080.5"', "; as the epoch of two-line elements this is 2026-03-21T12:00:00Z"),
        ("26080.5", "; as the epoch of two-line elements this is 2026-03-21T12:00:00Z"),
        ('"2461121.0"', "; as a Julian date this is 2026-03-21T12:00:00Z"),
        ('"1234567890"', "; as seconds of a Unix clock this is 2009-02-13T23:31:30Z"),
        ("1234567890", "; as seconds of a Unix clock this is 2009-02-13T23:31:30Z"),
        ('"61121"', "; as a modified Julian date this is 2026-03-22T00:00:00Z"),
        ("58827.5", "; as a modified Julian date this is 2019-12-10T12:00:00Z"),
        ('"12345678"', ""),
        ('"1e9"', ""),
    ],
)
def test_a_number_is_no_epoch(file, epoch, words):
    said = told(file(edited(ORBIT, "2026-03-21T12:00:00Z", epoch)))
    assert said == (
        f"a.toml: [orbit] epoch_utc = {epoch}: must be a date and time, such as "
        f"2025-12-13T04:00:00Z{words}"
    )


def test_an_epoch_before_utc_is_refused(file):
    assert (
        told(file(edited(ORBIT, "2026", "1950")))
        .splitlines()[0]
        .endswith("must be from 1972 to 2100: UTC as it is began in 1972")
    )


def test_an_epoch_beyond_the_field_model_is_refused_only_where_there_is_a_field(file):
    late = edited(ORBIT, "2026", "2031")
    assert "[orbit] epoch_utc 2031-03-21 is outside IGRF-14" in told(file(late))
    assert load_rig(file(f"{late}[environment]\nmagnetic_field = false\n"))
    far = edited(late, "[orbit]", '[orbit]\ncentral_body = "moon"')
    assert load_rig(file(edited(far, "6900e3", "1838e3")))


MOON = 'central_body = "moon"'


def state(position, velocity):
    return f"{BARE_ORBIT}position_eci_m = {position}\nvelocity_eci_m_s = {velocity}\n"


def test_a_velocity_in_earth_fixed_axes_is_told_with_the_frame_that_fits(file):
    """A circular orbit over the equator: the Earth's turn takes 503 of 7 601 m/s from it."""
    said = told(file(state([6.9e6, 0.0, 0.0], [0.0, 7097.0, 0.0])))
    assert "km below the surface of the earth" in said
    assert "read as Earth-fixed (ECEF, as GPS receivers tell it) the lowest point would be " in said
    assert said.endswith(" km above; turn both vectors into ECI")


@pytest.mark.parametrize(
    ("position", "velocity", "words"),
    [
        ([6900.0, 0.0, 0.0], [0.0, 7.6, 0.0], "metres are asked for; were these kilometres?"),
        ([6.9e6, 0.0, 0.0], [0.0, 7.6, 0.0], "were the velocities kilometres a second?"),
        ([0.0, 0.0, 0.0], [0.0, 7600.0, 0.0], "it must be above 0, at most 1.5e+09"),
        ([6.9e6, 0.0, 0.0], [0.0, 1e308, 0.0], "it must be above 0, at most 20000"),
        (
            [6.9e6, 0.0, 0.0],
            [7600.0, 0.0, 0.0],
            "position_eci_m and velocity_eci_m_s are in ECI axes",
        ),
    ],
)
def test_a_state_that_is_no_orbit_is_told_with_what_it_may_be(file, position, velocity, words):
    assert words in told(file(state(position, velocity)))


@pytest.mark.parametrize(
    ("table", "cure"),
    [
        # 10 748.7 m/s is the square root of 2 mu / r, with mu = 398 600.4418 km3/s2 (WGS 84).
        (
            state([6.9e6, 0.0, 0.0], [0.0, 10_748.8, 0.0]),
            "in ECI axes, in m and m/s, from the centre of the earth",
        ),
        # Circular at 100 000 km in ECI: 1 996.5 m/s, of which the Earth's turn takes 7 292.1.
        (
            state([1e8, 0.0, 0.0], [0.0, -5295.6, 0.0]),
            "km above; turn both vectors into ECI",
        ),
        (
            edited(state([6.9e6, 0.0, 0.0], [0.0, 7600.0, 0.0]), "[orbit]", f"[orbit]\n{MOON}"),
            'about the earth it would be: central_body = "earth"?',
        ),
    ],
)
def test_a_state_that_leaves_its_body_is_refused_with_the_escape_velocity(file, table, cure):
    said = told(file(table))
    assert "velocity_eci_m_s: a velocity of " in said
    assert "is no less than the escape velocity of" in said
    assert "the orbit must be closed; " in said
    assert said.endswith(cure)


def test_a_state_about_the_moon_under_the_earths_ground_is_told_so(file):
    """Circular about the Moon at 1 900 km from its centre: 1 606 m/s."""
    said = told(file(state([1.9e6, 0.0, 0.0], [0.0, 1606.0, 0.0])))
    assert said.endswith('about the moon it would be: central_body = "moon"?')


def test_a_closed_orbit_that_the_sun_would_take_is_refused_by_its_highest_point(file):
    """By vis-viva 10 745 m/s lead 9.79e6 km out, and 10 700 m/s half as far as is allowed."""
    for speed, far in (("10_745.0", "9.79e+06 km"), ("10_748.6", "2.01e+08 km")):
        said = told(file(state([6.9e6, 0.0, 0.0], f"[0.0, {speed}, 0.0]")))
        assert f"the orbit's highest point is {far}" in said
        assert said.endswith(
            "beyond 1.5e+06 km, where the Sun's pull takes over: lower velocity_eci_m_s"
        )
    kept = state([6.9e6, 0.0, 0.0], [0.0, 10_700.0, 0.0])
    assert load_rig(file(kept)).orbit.lowest_height_m == pytest.approx(521.9e3, abs=1e3)


def test_elements_whose_highest_point_is_beyond_the_earths_reach_are_refused(file):
    table = edited(edited(ORBIT, "6900e3", "1e9"), "eccentricity = 0.0", "eccentricity = 0.99")
    assert told(file(table)).endswith("lower the semi-major axis or the eccentricity")


def test_an_axis_too_small_for_a_float_is_refused_as_too_small(file):
    """5e-324 times 1 - e^2 is 0, by which the speed would be divided."""
    told_of = told(file(edited(ORBIT, "6900e3", "5e-324")))
    assert told_of.endswith("[orbit] semi_major_axis_m = 5e-324: must be at least 1")


def test_an_orbit_in_the_air_gets_a_remark(file):
    low = edited(ORBIT, "6900e3", "6480e3")
    assert remarks(load_rig(file(low)))[1] == (
        f"{file(low)}: [orbit] the lowest point is 101.9 km high: below 120 km a spacecraft comes "
        "down within a revolution"
    )

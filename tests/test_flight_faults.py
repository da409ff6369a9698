"""Faults in closed loops: the flight software names the device, and the pointing holds."""

import re
from pathlib import Path

import numpy as np
import pytest
from rig_files import edited

from hil.bench import run
from hil.devices.registry import registry
from hil.judge.pointing import attitude_error, q_eci_from_target
from hil.link.messages import kind_number
from hil.recording import Recording
from hil.rig import load_rig

NADIR = Path(__file__).parents[1] / "rigs" / "dier5_nadir.toml"
BEGIN, LASTS, TOTAL = 130.0, 30.0, 220.0


def told_value(device):
    """What the events tell of a device: its kind's number and 100 for each instance."""
    name, number = device.split()
    [kind] = [kind for kind in registry().sensors if kind.name == name]
    return kind_number(kind.message) + 100 * int(number)


@pytest.fixture
def flown(tmp_path):
    def fly(device, kind, total_s=TOTAL, **keys):
        fault = {"name": "f", "device": device, "kind": kind, "at_s": BEGIN, "duration_s": LASTS}
        rig = load_rig(NADIR).with_overrides(duration_s=total_s, fault=[{**fault, **keys}])
        return Recording(run(rig, "library", tmp_path / "run.mcap").recording)

    return fly


def error_deg(recording):
    columns = ("truth_position_eci_m", "truth_velocity_eci_m_s", "truth_q_eci_from_body")
    truth = {name: recording[name] for name in columns}
    off = attitude_error(truth["truth_q_eci_from_body"], q_eci_from_target(truth, "nadir"))
    return np.degrees(np.linalg.norm(off, axis=1))[recording["time_s"] >= BEGIN]


def told(recording, name):
    return [
        (event.time_s, event.value)
        for event in recording.events
        if event.source == "obc" and event.name == name
    ]


@pytest.mark.parametrize(
    ("device", "kind", "keys", "event", "within_s"),
    [
        ("star_tracker 0", "held", {}, "sensor_frozen", 1.0),
        ("star_tracker 0", "turned", {"turn_deg": [0.0, 20.0, 0.0]}, "sensor_doubted", 3.0),
        ("gyro 0", "held", {}, "sensor_frozen", 6.0),
        ("gyro 0", "bias", {"offset": [0.002, 0.0, 0.0]}, "sensor_doubted", 3.0),
        ("gyro 0", "drift", {"drift_per_s": [1e-4, 0.0, 0.0]}, "sensor_doubted", 10.0),
        ("gps 0", "held", {}, "sensor_doubted", 6.0),
        ("magnetometer 0", "swapped", {"axes": ["y", "x", "-z"]}, "sensor_doubted", 10.0),
        ("magnetometer 0", "held", {}, "sensor_frozen", 10.0),
        ("fine_sun_sensor 0", "turned", {"turn_deg": [10.0, 0.0, 0.0]}, "sensor_doubted", 10.0),
        ("coarse_sun_sensor 0", "dark", {"cell": 2}, "sensor_doubted", 10.0),
        ("horizon_sensor 0", "turned", {"turn_deg": [0.0, 10.0, 0.0]}, "sensor_doubted", 10.0),
    ],
)
def test_a_sensor_that_lies_is_named_and_the_pointing_holds(
    flown, device, kind, keys, event, within_s
):
    recording = flown(device, kind, **keys)
    [(time_s, value)] = told(recording, event)
    assert value == told_value(device)
    assert time_s - BEGIN < within_s
    assert error_deg(recording).max() < 0.1
    assert set(recording["estimate_mode"][recording["time_s"] >= BEGIN]) == {1.0}


@pytest.mark.parametrize("step_deg_s", [0.1, 2.0, 10.0])
def test_a_gyro_whose_bias_jumps_is_left_out_until_it_is_well_again(flown, step_deg_s):
    recording = flown("gyro 0", "bias", offset=[np.radians(step_deg_s)] * 3)
    [(doubted_s, doubted)] = told(recording, "sensor_doubted")
    [(trusted_s, trusted)] = told(recording, "sensor_trusted")
    assert doubted == trusted == told_value("gyro 0")
    assert doubted_s - BEGIN < 1.5
    assert trusted_s - (BEGIN + LASTS) < 11.0
    assert error_deg(recording).max() < 42.0 / 3600.0  # the star tracker alone keeps it


def test_a_star_tracker_whose_times_lied_costs_no_gyro(flown):
    recording = flown("star_tracker 0", "time_stamp", offset_s=-1.0, total_s=250.0)
    doubted = {value for _, value in told(recording, "sensor_doubted")}
    assert doubted == {told_value("star_tracker 0")}
    assert error_deg(recording).max() < 0.2
    assert error_deg(recording)[-100:].max() < 42.0 / 3600.0


def test_a_star_tracker_that_lies_while_the_gyro_is_doubted_does_not_make_it_tumble(tmp_path):
    gyro = {"name": "g", "device": "gyro 0", "kind": "bias", "offset": [0.002, 0.0, 0.0]}
    tracker = {"name": "s", "device": "star_tracker 0", "kind": "turned", "turn_deg": [0, 20.0, 0]}
    gyro |= {"at_s": BEGIN, "duration_s": 60.0}
    tracker |= {"at_s": BEGIN + 20.0, "duration_s": 30.0}
    rig = load_rig(NADIR).with_overrides(duration_s=TOTAL + 60.0, fault=[gyro, tracker])
    recording = Recording(run(rig, "library", tmp_path / "run.mcap").recording)
    rate_deg_s = np.degrees(np.linalg.norm(recording["truth_rate_body_rad_s"], axis=1))
    assert told(recording, "attitude_lost")
    assert rate_deg_s[round(10 * BEGIN) :].max() < 2.5  # a careful slew after the tracker
    assert error_deg(recording)[-100:].max() < 42.0 / 3600.0


def test_single_wild_samples_of_a_gyro_are_left_out(flown):
    recording = flown("gyro 0", "spikes", size=0.1, probability=0.05)
    assert told(recording, "gyro_outlier")
    assert not told(recording, "sensor_doubted")
    assert error_deg(recording).max() < 0.02


def test_an_event_that_repeats_is_told_once_a_second(flown):
    times = [
        time_s
        for time_s, _ in told(flown("star_tracker 0", "noise", sigma=0.01), "star_tracker_outlier")
    ]
    assert len(times) > 10
    assert np.diff(times).min() > 0.95


def test_a_bearing_that_locked_turns_freely_when_the_fault_is_over(flown):
    recording = flown("wheel x", "seized")
    ended = recording["time_s"] > BEGIN + LASTS
    speed = recording["truth_wheel_speed_rad_s"][ended, 0]
    torque = recording["command_wheel_torque_Nm"][ended, 0]
    assert np.abs(speed).max() > 50.0
    coasting = (torque == 0.0) & (np.roll(torque, 1) == 0.0)
    assert np.abs(np.diff(speed)[coasting[:-1]]).max() < 1.0  # dry friction takes 0.1 rad/s a step


@pytest.mark.parametrize(
    ("device", "kind", "keys", "events", "limit_deg", "afterwards_deg"),
    [
        ("wheel x", "gain", {"factor": -1.0}, ["wheel_reversed"], 2.0, 0.1),
        ("wheel x", "dead", {}, ["wheel_stalled", "wheels_two"], 15.0, 20.0),
        ("tachometer 0", "bias", {"offset": [30.0]}, ["tachometer_failed"], 0.1, 0.1),
        ("tachometer 0", "spikes", {"size": 100.0, "probability": 0.05}, [], 0.02, 0.02),
    ],
)
def test_a_wheel_that_fails_is_named_and_nadir_is_not_given_up(
    flown, device, kind, keys, events, limit_deg, afterwards_deg
):
    recording = flown(device, kind, **keys)
    for event in events:
        assert told(recording, event)[0][1] == 0.0
        assert told(recording, event)[0][0] - BEGIN < 8.0
    error = error_deg(recording)
    assert error[: round(10 * LASTS)].max() < limit_deg
    assert error[-200:].max() < afterwards_deg
    assert set(recording["estimate_mode"][recording["time_s"] >= BEGIN]) == {1.0}


def telling(rig):
    """The rig, whose firmware tells what it believes, by the names that its page gives."""
    own = {**rig.spacecraft.flight_software, "telemetry": 1.0}
    craft = rig.spacecraft.model_copy(update={"flight_software": own})
    page = (NADIR.parents[1] / "firmware_stubs" / "README.md").read_text()
    names = tuple(
        re.findall(r'"(\w+)"', re.search(r"\[obc\] telemetry = \[(.*?)\]", page, re.S)[1])
    )
    obc = rig.obc.model_copy(update={"telemetry": names})
    return rig.model_copy(update={"spacecraft": craft, "obc": obc})


def test_its_telemetry_shows_which_wheel_is_turned_round(tmp_path):
    fault = {"name": "f", "device": "wheel x", "kind": "gain", "factor": -1.0, "at_s": BEGIN}
    rig = telling(load_rig(NADIR).with_overrides(duration_s=BEGIN + 20.0, fault=[fault]))
    recording = Recording(run(rig, "library", tmp_path / "run.mcap").recording)
    wheel_x = recording["user_wheel0"]
    assert wheel_x[round(10 * BEGIN) - 20] == 0.0
    assert wheel_x[-1] == 4.0
    assert recording["user_gyro0"][-1] == 1.0  # used
    for sensor in ("magnetometer", "coarse_sun_sensor", "fine_sun_sensor0", "horizon_sensor0"):
        assert recording[f"user_{sensor}"][-1] == 1.0
    assert recording["user_magnetometer1"][-1] == recording["user_horizon_sensor1"][-1] == 0.0


def test_its_telemetry_counts_boots_and_tells_why_it_booted(tmp_path):
    fault = {"name": "f", "device": "obc", "kind": "reset", "at_s": 10.0}
    rig = telling(load_rig(NADIR).with_overrides(duration_s=20.0, fault=[fault]))
    recording = Recording(run(rig, "library", tmp_path / "run.mcap").recording)
    [(_, cause)] = told(recording, "reset_cause")
    before, after = round(9.0 / 0.1), -1
    assert [recording["user_boots"][at] for at in (before, after)] == [1.0, 2.0]
    assert [recording["user_reset_cause"][at] for at in (before, after)] == [0.0, cause]
    assert cause > 0.0


def with_more(folder, before, more, own=""):
    """The rig at nadir of a spacecraft with one more device, before another one in its file."""
    craft = (NADIR.parent / "spacecraft" / "dier5.toml").read_text()
    (folder / "spacecraft").mkdir()
    (folder / "parts").symlink_to(NADIR.parent / "parts")
    craft = edited(craft, before, f"{more}\n\n{before}")
    (folder / "spacecraft" / "dier5.toml").write_text(craft + own)
    (folder / "rig.toml").write_text(NADIR.read_text())
    return load_rig(folder / "rig.toml").with_overrides(duration_s=TOTAL)


def with_two_magnetometers(folder):
    """The second one is on the body."""
    second = '[[magnetometer]]\npart = "../parts/rm3100.toml"\nrate_hz = 10.0'
    return with_more(folder, "[[coarse_sun_sensor]]", second)


def with_two_star_trackers(folder):
    """The second one looks up and to the back."""
    second = """[[star_tracker]]
part = "../parts/sagitta.toml"
rate_hz = 5.0
latency_s = 0.1
boresight_body = [-0.7071067811865476, 0.0, -0.7071067811865476]
aberration = "all"
"""
    own = "".join(
        f"star_tracker_1_boresight_{axis}_body = {value}\n"
        for axis, value in (("x", -0.70710678), ("y", 0.0), ("z", -0.70710678))
    )
    return with_more(folder, "# On a boom, half a metre", second, own)


@pytest.mark.parametrize(
    ("device", "kind", "keys", "event", "switched"),
    [
        ("magnetometer 0", "silent", {}, "sensor_silent", [103.0]),
        ("magnetometer 0", "stuck", {"value": [3e-5, 0.0, 0.0]}, "sensor_doubted", [103.0]),
        ("magnetometer 1", "stuck", {"value": [3e-5, 0.0, 0.0]}, "sensor_doubted", []),
    ],
)
def test_a_second_magnetometer_is_used_for_one_that_failed(
    tmp_path, device, kind, keys, event, switched
):
    fault = {"name": "f", "device": device, "kind": kind, "at_s": BEGIN, "duration_s": LASTS}
    rig = with_two_magnetometers(tmp_path).with_overrides(fault=[{**fault, **keys}])
    recording = Recording(run(rig, "library", tmp_path / "run.mcap").recording)
    assert told(recording, event)[0][1] == told_value(device)
    assert told(recording, event)[0][0] - BEGIN < 10.0
    assert [value for _, value in told(recording, "sensor_switched")] == switched
    assert error_deg(recording).max() < 0.1


def test_frames_that_come_twice_count_once(tmp_path):
    """To the bit: neither filter nor watch takes a sample of the same instant for another one."""
    nadir = load_rig(NADIR)
    twice = {"name": "twice", "device": "line to_obc", "kind": "duplicate", "probability": 1.0}
    runs = [
        run(nadir.with_overrides(duration_s=12.0, fault=fault), "library", tmp_path / f"{n}.mcap")
        for n, fault in enumerate(([], [{**twice, "at_s": 4.0}]))
    ]
    once, doubled = [Recording(each.recording) for each in runs]
    for column in ("estimate_q_eci_from_body", "truth_q_eci_from_body"):
        assert once[column].tobytes() == doubled[column].tobytes()


@pytest.mark.parametrize(
    ("tracker", "drift_arcsec_s", "within_s", "limit_arcsec"),
    [(0, 36.0, 6.0, 400.0), (1, -16.0, 20.0, 300.0)],
)
def test_a_star_tracker_that_drifts_is_left_for_the_other_one(
    tracker, drift_arcsec_s, within_s, limit_arcsec, tmp_path
):
    half_rad_s = 0.5 * np.radians(drift_arcsec_s / 3600.0)
    fault = {"name": "f", "device": f"star_tracker {tracker}", "kind": "drift"}
    fault |= {"drift_per_s": [0, half_rad_s, 0, 0], "at_s": 200.0, "duration_s": 60.0}
    rig = with_two_star_trackers(tmp_path).with_overrides(duration_s=300.0, fault=[fault])
    recording = Recording(run(rig, "library", tmp_path / "run.mcap").recording)
    [(doubted_s, doubted)] = told(recording, "sensor_doubted")
    [(trusted_s, trusted)] = told(recording, "sensor_trusted")
    assert doubted == trusted == told_value(f"star_tracker {tracker}")
    assert doubted_s - 200.0 < within_s
    assert 0.0 < trusted_s - 260.0 < 5.0
    error_arcsec = 3600.0 * error_deg(recording)[round(10 * (200.0 - BEGIN)) :]
    assert error_arcsec.max() < limit_arcsec
    assert error_arcsec[round(10 * (within_s + 40.0)) :].max() < 42.0
    assert set(recording["estimate_mode"][recording["time_s"] >= BEGIN]) == {1.0}


@pytest.mark.parametrize("jump_s", [5.0, -0.02])
def test_a_clock_that_jumps_is_named_and_the_pointing_does_not_notice(flown, jump_s):
    recording = flown("obc", "clock_jump", offset_s=jump_s)
    jumps = told(recording, "clock_jumped")
    assert jumps == [(BEGIN, pytest.approx(jump_s)), (BEGIN + LASTS, pytest.approx(-jump_s))]
    assert not told(recording, "sensor_doubted") + told(recording, "time_jumped")
    assert 3600.0 * error_deg(recording).max() < 42.0


def test_a_wheel_whose_friction_is_five_times_as_large_is_named(flown):
    recording = flown("wheel y", "friction", factor=5.0)
    [(high_s, high)] = told(recording, "wheel_friction_high")
    [(usual_s, usual)] = told(recording, "wheel_friction_usual")
    assert (high, usual) == (1.0, 1.0)
    assert high_s - BEGIN < 8.0
    assert usual_s - BEGIN - LASTS < 15.0


@pytest.mark.parametrize(
    ("kind", "keys"), [("stuck", {"value": [0.0] * 3}), ("scale", {"factor": 0.03})]
)
def test_a_magnetometer_that_shows_next_to_no_field_is_named_at_once(flown, kind, keys):
    recording = flown("magnetometer 0", kind, **keys)
    time_s, device = told(recording, "sensor_doubted")[0]
    assert device == told_value("magnetometer 0")
    assert time_s - BEGIN < 3.0
    assert told(recording, "sensor_trusted")[-1] == (pytest.approx(BEGIN + LASTS, abs=12.0), device)


def test_a_star_tracker_that_lies_from_the_start_is_found_by_sun_field_and_horizon(tmp_path):
    fault = {"name": "f", "device": "star_tracker 0", "kind": "turned", "turn_deg": [0.0, 3.0, 0.0]}
    fault |= {"at_s": 0.0, "duration_s": 100.0}
    rig = with_two_star_trackers(tmp_path).with_overrides(duration_s=160.0, fault=[fault])
    recording = Recording(run(rig, "library", tmp_path / "run.mcap").recording)
    [(time_s, device)] = told(recording, "sensor_doubted")
    assert device == told_value("star_tracker 0")
    assert time_s < 10.0
    assert 3600.0 * error_deg(recording).max() < 42.0  # long before it is true again

"""Star tracker against gyro: the flight software names the one that is wrong, in a slew too."""

from pathlib import Path

import pytest
from test_flight_faults import error_deg, told, told_value

from hil.bench import run
from hil.recording import Recording
from hil.rig import load_rig

NADIR = Path(__file__).parents[1] / "rigs" / "dier5_nadir.toml"
SLEW, IN_SLEW = 130.0, 145.0
ON_TARGET_arcsec = 42.0


def flown(folder, total_s, fault, **more):
    fault = {"name": "f", **fault}
    rig = load_rig(NADIR).with_overrides(duration_s=total_s, fault=[fault], **more)
    return Recording(run(rig, "library", folder / "run.mcap").recording)


@pytest.fixture
def slewing(tmp_path):
    """Fly a fault while the body turns away from the nadir and back to it."""

    def fly(**fault):
        away = {"at_s": SLEW, "mode": "sun_safe"}
        back = {"at_s": SLEW + 100.0, "mode": "nadir"}
        times = {"at_s": IN_SLEW, "duration_s": 60.0}
        return flown(tmp_path, 420.0, {**times, **fault}, telecommand=[away, back])

    return fly


def test_a_false_attitude_is_not_believed_however_long_sun_field_and_horizon_contradict_it(
    tmp_path,
):
    fault = {"device": "star_tracker 0", "kind": "turned", "turn_deg": [0.0, 10.0, 0.0]}
    recording = flown(tmp_path, 400.0, {**fault, "at_s": 130.0})
    [(_, doubted)] = told(recording, "sensor_doubted")
    assert doubted == told_value("star_tracker 0")
    assert not told(recording, "sensor_trusted")
    assert error_deg(recording).max() < 2.0  # the antenna's beam stays on the ground


def test_a_star_tracker_that_lies_in_a_slew_costs_no_gyro(slewing):
    recording = slewing(device="star_tracker 0", kind="turned", turn_deg=[0.0, 10.0, 0.0])
    [(time_s, doubted)] = told(recording, "sensor_doubted")
    assert (doubted, time_s - IN_SLEW < 3.0) == (told_value("star_tracker 0"), True)
    assert not told(recording, "attitude_lost")
    assert 3600.0 * error_deg(recording)[-100:].max() < ON_TARGET_arcsec


def test_a_gyro_whose_scale_is_wrong_in_a_slew_is_named_when_the_slew_is_over(slewing):
    recording = slewing(device="gyro 0", kind="scale", factor=1.1)
    assert told_value("gyro 0") in {value for _, value in told(recording, "sensor_doubted")}
    assert told(recording, "sensor_trusted")[-1][1] == told_value("gyro 0")
    assert 3600.0 * error_deg(recording)[-100:].max() < ON_TARGET_arcsec


@pytest.mark.parametrize(
    ("kind", "keys"), [("scale", {"factor": -1.0}), ("swapped", {"axes": ["y", "x", "-z"]})]
)
def test_a_magnetometer_that_is_wrong_is_named_by_sun_and_gyro_before_rods_push_wrongly(
    kind, keys, tmp_path
):
    """No star tracker and no wheels: the Sun rises at 1 366 s and the attitude is known."""
    fault = {"name": "f", "device": "magnetometer 0", "kind": kind, "at_s": 1700.0, **keys}
    at_rest = {"reference": "lvlh", "offset_deg": 8.0, "offset_axis_body": [0.6, -0.64, 0.48]}
    rig = load_rig(NADIR.parent / "alfarabi2_nadir.toml")
    rig = rig.with_overrides(
        duration_s=2000.0,
        attitude={**at_rest, "rate_body_deg_s": [0.01, -0.01, 0.01]},
        obc={"mode": "nadir", "latency_s": 0.0},
        telecommand=[],
        requirement=[],
        fault=[fault],
    )
    recording = Recording(run(rig, "library", tmp_path / "run.mcap").recording)
    [(time_s, doubted)] = told(recording, "sensor_doubted")
    assert doubted == told_value("magnetometer 0")
    assert time_s - 1700.0 < 30.0
    assert not told(recording, "attitude_lost")

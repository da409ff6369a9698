"""Sensors: their noise is what their tables say, their timing is honest, their numbers the wire's."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hil.devices.coarse_sun_sensor import CoarseSunSensor
from hil.devices.gyro import Gyro
from hil.devices.magnetometer import Magnetometer
from hil.devices.sensor import Normals, generator
from hil.devices.star_tracker import StarTracker
from hil.devices.suite import build_sensors
from hil.devices.wheel import Wheel
from hil.physics import rotations

COLUMNS = (
    ("q_eci_from_body", 4),
    ("rate_body_rad_s", 3),
    ("wheel_speed_rad_s", 2),
    ("position_eci_m", 3),
    ("velocity_eci_m_s", 3),
    ("field_eci_T", 3),
    ("sun_eci", 3),
    ("sunlit", 1),
)
ARCSEC = math.radians(1.0) / 3600.0
HALF = math.sqrt(0.5)


def row(**changes):
    """A row of truth: at rest, the planet below -z of ECI's x axis, the Sun along y."""
    values = {
        "q_eci_from_body": (0.0, 0.0, 0.0, 1.0),
        "rate_body_rad_s": (0.0, 0.0, 0.0),
        "wheel_speed_rad_s": (100.0, -200.0),
        "position_eci_m": (0.0, 0.0, 7e6),
        "velocity_eci_m_s": (7.5e3, 0.0, 0.0),
        "field_eci_T": (2e-5, -1e-5, 3e-5),
        "sun_eci": (0.0, 1.0, 0.0),
        "sunlit": (1.0,),
    } | changes
    return np.concatenate([np.array(values[name], dtype=float) for name, _ in COLUMNS])


def build(seed=1, step_s=0.1, **models):
    return build_sensors(truth_columns=COLUMNS, step_s=step_s, seed=seed, **models)


def samples(sensor, truth, n):
    return np.array([sensor.sample(k, truth).values for k in range(n)])


def gyro(**keys):
    return Gyro(**({"rate_hz": 10.0, "angle_random_walk_deg_sqrt_h": 0.0} | keys))


def star_tracker(**keys):
    table = {"boresight_body": (0.0, 0.0, 1.0), "across_noise_arcsec": 0.0, "roll_noise_arcsec": 0.0}
    return StarTracker(**({"rate_hz": 10.0} | table | keys))


def test_ideal_gyro_reads_the_rate_in_single_precision():
    (sensor,) = build(gyros=[gyro()])
    sample = sensor.sample(0, row(rate_body_rad_s=(0.01, -0.02, 0.03)))
    assert sample.valid
    assert sample.age_s == 0.0
    np.testing.assert_array_equal(sample.values, np.float32([0.01, -0.02, 0.03]))


def test_gyro_noise_is_the_angle_random_walk():
    (sensor,) = build(gyros=[gyro(angle_random_walk_deg_sqrt_h=0.15)])
    angle = np.sum(samples(sensor, row(), 36_000), axis=0) * 0.1  # one hour
    spread = np.std(samples(sensor, row(), 36_000)) * math.sqrt(0.1) * 60.0
    assert math.degrees(spread) == pytest.approx(0.15, rel=0.02)
    assert np.all(np.abs(np.degrees(angle)) < 5 * 0.15)


def test_gyro_bias_wanders_with_its_instability_and_correlation():
    table = {"bias_instability_deg_h": 10.0, "bias_correlation_s": 20.0}
    (sensor,) = build(gyros=[gyro(**table)])
    bias = np.degrees(samples(sensor, row(), 40_000)[:, 0]) * 3600.0
    assert np.std(bias) == pytest.approx(10.0, rel=0.1)
    later = np.corrcoef(bias[:-200], bias[200:])[0, 1]
    assert later == pytest.approx(math.exp(-1.0), abs=0.1)


def test_gyro_reports_the_end_of_its_range():
    (sensor,) = build(gyros=[gyro(range_deg_s=10.0)])
    sample = sensor.sample(0, row(rate_body_rad_s=(0.0, 1.0, 0.0)))
    assert not sample.valid
    assert sample.values[1] == pytest.approx(math.radians(10.0))


def test_gyro_as_built_differs_from_unit_to_unit_but_not_from_run_to_run():
    table = {"scale_error_sigma_ppm": 1000.0, "misalignment_sigma_mrad": 1.0}
    truth = row(rate_body_rad_s=(0.1, 0.0, 0.0))
    one, two = (sensor.sample(0, truth) for sensor in build(gyros=[gyro(**table)] * 2))
    again, _ = (sensor.sample(0, truth) for sensor in build(gyros=[gyro(**table)] * 2))
    assert one == again
    assert one != two
    np.testing.assert_allclose(one.values, [0.1, 0.0, 0.0], atol=5e-4)


def test_star_tracker_noise_is_small_across_and_larger_about_the_boresight():
    tracker = star_tracker(
        boresight_body=(0.0, -HALF, HALF), across_noise_arcsec=2.0, roll_noise_arcsec=10.0
    )
    (sensor,) = build(star_trackers=[tracker])
    q = np.array([HALF, 0.0, 0.0, HALF])  # quarter turn about x: body z lies along -y
    seen = samples(sensor, row(q_eci_from_body=q, position_eci_m=(7e6, 0.0, 0.0)), 20_000)
    error = rotations.rotation_vector(rotations.multiply(rotations.conjugate(q), seen)) / ARCSEC
    along = error @ [0.0, -HALF, HALF]
    assert np.std(along) == pytest.approx(10.0, rel=0.03)
    assert np.std(error @ [1.0, 0.0, 0.0]) == pytest.approx(2.0, rel=0.03)
    assert np.std(error @ [0.0, HALF, HALF]) == pytest.approx(2.0, rel=0.03)


def test_star_tracker_sample_comes_late_and_says_so():
    (sensor,) = build(star_trackers=[star_tracker(rate_hz=5.0, latency_s=0.15)])
    quarter = row(q_eci_from_body=(0.0, 0.0, HALF, HALF))
    assert [step for step in range(8) if sensor.due(step)] == [0, 2, 4, 6]
    assert sensor.sample(0, row()) is None
    sample = sensor.sample(2, quarter)  # out comes what was seen at step 0
    assert sample.values == (0.0, 0.0, 0.0, 1.0)
    assert sample.age_s == pytest.approx(0.2)
    assert sensor.sample(4, row()).values == pytest.approx(np.float32([0, 0, HALF, HALF]))


@pytest.mark.parametrize(
    ("reason", "truth", "keys"),
    [
        ("turns too fast", row(rate_body_rad_s=(0.0, 0.1, 0.0)), {"rate_limit_deg_s": 2.0}),
        ("the Sun is near", row(sun_eci=(0.0, 0.5, math.sqrt(0.75))), {"sun_exclusion_deg": 31.0}),
        ("the planet is in view", row(position_eci_m=(0.0, 0.0, -7e6)), {}),
        ("the limb is near", row(position_eci_m=(7e6, 0.0, 0.0)), {"limb_exclusion_deg": 25.0}),
    ],
)
def test_star_tracker_is_blind_when(reason, truth, keys):
    (sensor,) = build(star_trackers=[star_tracker(**keys)])
    sample = sensor.sample(0, truth)
    assert not sample.valid, reason
    assert sample.values == (0.0, 0.0, 0.0, 0.0)


def test_star_tracker_sees_near_the_sun_in_eclipse():
    truth = row(sun_eci=(0.0, 0.5, math.sqrt(0.75)), sunlit=(0.0,))
    (sensor,) = build(star_trackers=[star_tracker(sun_exclusion_deg=31.0)])
    assert sensor.sample(0, truth).valid


def wheel(**keys):
    table = {
        "axis_body": (1.0, 0.0, 0.0),
        "spin_inertia_kg_m2": 2e-5,
        "torque_max_Nm": 4e-3,
        "speed_max_rad_s": 600.0,
        "tachometer_rate_hz": 10.0,
    }
    return Wheel(**({"name": "x"} | table | keys))


def test_each_tachometer_reads_its_own_wheel():
    one, two = build(wheels=[wheel(), wheel(tachometer_resolution_rad_s=30.0)])
    assert one.sample(0, row()).values == (100.0,)
    assert two.sample(0, row()).values == (-210.0,)


def test_magnetometer_reads_the_field_in_the_body_frame():
    (sensor,) = build(magnetometers=[Magnetometer(rate_hz=10.0, noise_nT=0.0, resolution_nT=10.0)])
    sample = sensor.sample(0, row(q_eci_from_body=(0.0, 0.0, HALF, HALF)))  # body x along ECI y
    np.testing.assert_allclose(sample.values, [-1e-5, -2e-5, 3e-5], atol=1e-12)


def test_magnetometer_reports_the_end_of_its_range():
    table = {"rate_hz": 10.0, "noise_nT": 0.0, "range_nT": 20_000.0}
    (sensor,) = build(magnetometers=[Magnetometer(**table)])
    assert not sensor.sample(0, row()).valid


def test_coarse_sun_sensor_counts_the_light_on_each_face():
    table = {"rate_hz": 10.0, "full_sun_adc": 3000.0, "dark_adc": 10.0}
    (sensor,) = build(coarse_sun_sensors=[CoarseSunSensor(**table)])
    oblique = row(sun_eci=(0.6, -0.8, 0.0))
    assert sensor.sample(0, oblique).values == (1810, 10, 10, 2410, 10, 10)
    assert sensor.sample(1, row(sun_eci=(0.6, -0.8, 0.0), sunlit=(0.5,))).values[3] == 1210
    assert all(isinstance(count, int) for count in sensor.sample(2, oblique).values)


def test_coarse_sun_sensor_stays_inside_its_converter():
    table = {"rate_hz": 10.0, "full_sun_adc": 4095.0, "noise_adc": 500.0, "gain_error_sigma": 0.1}
    (sensor,) = build(coarse_sun_sensors=[CoarseSunSensor(**table)])
    counts = samples(sensor, row(), 1000)
    assert counts.min() == 0
    assert counts.max() == 4095


def test_another_device_leaves_a_devices_noise_alone():
    noisy = gyro(angle_random_walk_deg_sqrt_h=0.1)
    alone = samples(build(gyros=[noisy])[0], row(), 50)
    beside = samples(build(gyros=[noisy, noisy], wheels=[wheel()])[0], row(), 50)
    np.testing.assert_array_equal(alone, beside)
    assert not np.array_equal(alone, samples(build(seed=2, gyros=[noisy])[0], row(), 50))


@given(st.lists(st.integers(1, 6), min_size=1, max_size=60))
def test_normals_come_in_order_from_the_generator(sizes):
    blocks = Normals(generator(1, "any"), size=12)
    taken = []
    for n in sizes:
        first = blocks.take(n)
        taken.append(blocks.block[first : first + n].copy())
    assert [len(part) for part in taken] == sizes
    flat = np.concatenate(taken)
    assert len(np.unique(flat)) == len(flat)  # nobody gets a number twice


@pytest.mark.parametrize(
    ("rate_hz", "message"),
    [(20.0, "more than one sample a control step"), (3.0, "not one sample every whole number")],
)
def test_a_rate_that_does_not_fit_the_control_step_is_refused(rate_hz, message):
    with pytest.raises(ValueError, match=f"gyro 0: rate_hz {rate_hz:g} is {message}"):
        build(gyros=[gyro(rate_hz=rate_hz)])


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"boresight_body": (0.0, 0.0, 0.0)}, "a zero axis has no direction"),
        ({"boresight_body": (0.0, 3.0, 4.0)}, r"length 5, not 1: write \[0.0, 0.6, 0.8\]"),
        ({"across_noise_arcsec": -1.0}, "greater than or equal to 0"),
        ({"latency_s": math.nan}, "finite number"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
    ],
)
def test_a_wrong_table_is_refused(keys, message):
    with pytest.raises(ValidationError, match=message):
        star_tracker(**keys)

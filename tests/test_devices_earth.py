"""What looks at or past the Earth: GPS receiver and horizon sensor."""

import math

import numpy as np
import pytest
from devices_bench import (
    QUARTER_ABOUT_Z,
    angle_deg,
    build,
    directions,
    mean_tolerance,
    row,
    samples,
    spread_tolerance,
)
from hypothesis import assume, given
from hypothesis import strategies as st

from hil.devices.gps import Gps
from hil.devices.horizon_sensor import HorizonSensor
from hil.physics.constants import EARTH, MOON

UP, DOWN = (0.0, 0.0, 1.0), (0.0, 0.0, -1.0)
EARTH_SPIN_rad_s = 7.2921159e-5  # IERS conventions (2010), table 1.2
PLACE_m, SPEED_m_s = (7e6, 1e6, -2e6), (-1e3, 7e3, 2e3)


def gps(seed=1, **keys):
    table = {
        "rate_hz": 10.0,
        "antenna_body": UP,
        "zenith_range_deg": 180.0,
        "position_noise_m": 0.0,
        "velocity_noise_m_s": 0.0,
    }
    return build(seed, gps=[Gps(**(table | keys))])[0]


def horizon(seed=1, **keys):
    table = {"rate_hz": 10.0, "boresight_body": DOWN, "nadir_range_deg": 20.0, "noise_deg": 0.0}
    return build(seed, horizon_sensor=[HorizonSensor(**(table | keys))])[0]


def test_gps_turns_position_and_velocity_into_the_earths_frame():
    truth = row(
        position_eci_m=PLACE_m, velocity_eci_m_s=SPEED_m_s, q_eci_from_ecef=QUARTER_ABOUT_Z
    )  # ECEF x lies along ECI y
    values = gps().sample(0, truth).values
    np.testing.assert_allclose(values[:3], [1e6, -7e6, -2e6], rtol=1e-7)
    spin = np.array([0.0, 0.0, EARTH_SPIN_rad_s])
    expected = np.array([7e3, 1e3, 2e3]) - np.cross(spin, [1e6, -7e6, -2e6])
    np.testing.assert_allclose(values[3:], expected, atol=1e-3)


def test_gps_noise_is_that_of_the_table():
    n = 10_000
    seen = samples(gps(position_noise_m=20.0, velocity_noise_m_s=0.5), row(), n)
    assert np.std(seen[:, :3], axis=0) == pytest.approx([20.0] * 3, rel=spread_tolerance(n))
    assert np.std(seen[:, 3:], axis=0) == pytest.approx([0.5] * 3, rel=spread_tolerance(n))
    off = seen[:, :3].mean(axis=0) - [0.0, 0.0, 7e6]
    assert np.abs(off).max() < mean_tolerance(20.0, n)


def test_gps_slow_error_wanders_with_its_sigma_and_correlation():
    n, correlation_s = 100_000, 10.0
    sensor = gps(position_drift_sigma_m=30.0, position_drift_correlation_s=correlation_s)
    drift = samples(sensor, row(), n)[:, 0]
    independent = n * 0.1 / (2.0 * correlation_s)  # of a Markov process in that time
    assert np.std(drift) == pytest.approx(30.0, rel=spread_tolerance(independent))
    kept = np.mean(drift[:-100] * drift[100:]) / np.mean(drift**2)
    assert kept == pytest.approx(math.exp(-1.0), abs=4.0 / math.sqrt(independent))


@given(directions(), st.floats(6.6e6, 3e7))
def test_gps_has_a_fix_while_its_antenna_sees_the_sky_and_only_then(up, r):
    tilt = angle_deg(up, UP)
    height = r - EARTH.radius_m
    assume(abs(tilt - 70.0) > 1e-6 and abs(height - 3e6) > 1.0)
    sensor = gps(zenith_range_deg=70.0, height_max_m=3e6)
    sample = sensor.sample(0, row(position_eci_m=[r * x for x in up]))
    assert sample.valid == (tilt < 70.0 and height < 3e6)
    assert (sample.values == (0.0,) * 6) != sample.valid


def test_gps_needs_its_acquisition_time_after_an_outage():
    sensor = gps(zenith_range_deg=90.0, acquisition_s=0.3)
    away = row(position_eci_m=(0.0, 0.0, -7e6))
    heard = [sensor.sample(k, away if 2 <= k < 4 else row()).valid for k in range(10)]
    assert heard == [True] * 2 + [False] * 5 + [True] * 3


def test_gps_does_not_work_about_the_moon():
    table = {"antenna_body": UP, "zenith_range_deg": 90.0}
    model = Gps(rate_hz=1.0, position_noise_m=1.0, velocity_noise_m_s=0.1, **table)
    with pytest.raises(ValueError, match="gps 0 works about the earth, not the moon"):
        build(gps=[model], central_body=MOON)


def test_horizon_sensor_noise_and_fixed_error_have_their_sigmas():
    n, units = 10_000, 400
    noisy = np.degrees(samples(horizon(noise_deg=0.2), row(), n)[:, :2])
    assert np.std(noisy, axis=0) == pytest.approx([0.2, 0.2], rel=spread_tolerance(n))
    assert abs(np.corrcoef(noisy.T)[0, 1]) < 4.0 / math.sqrt(n)
    fixed = [horizon(seed, error_sigma_deg=0.3).sample(0, row()).values for seed in range(units)]
    off = np.degrees(np.array(fixed)[:, :2])
    assert np.std(off) == pytest.approx(0.3, rel=spread_tolerance(2 * units))


@given(directions(), directions(), st.sampled_from([0.0, 1.0]))
def test_horizon_sensor_is_valid_over_the_planet_and_clear_of_the_sun_and_only_then(up, sun, lit):
    off, away = angle_deg([-x for x in up], DOWN), angle_deg(sun, DOWN)
    assume(abs(off - 20.0) > 1e-6 and abs(away - 30.0) > 1e-6)
    truth = row(position_eci_m=[7e6 * x for x in up], sun_eci=sun, sunlit=lit)
    sample = horizon(sun_exclusion_deg=30.0).sample(0, truth)
    assert sample.valid == (off < 20.0 and (away > 30.0 or lit == 0.0))
    if sample.valid:
        assert sample.values == pytest.approx([-x for x in up], abs=1e-6)
    else:
        assert sample.values == (0.0, 0.0, 0.0)

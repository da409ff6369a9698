"""Gyro: its Allan deviation is that of its data sheet; scale, alignment, range and bandwidth."""

import math
import tomllib
from pathlib import Path

import numpy as np
import pytest
from devices_bench import allan_deviation, build, mean_tolerance, row, samples, spread_tolerance
from hypothesis import given
from hypothesis import strategies as st

from hil.devices.gyro import Gyro, low_pass

PARTS = Path(__file__).parent.parent / "rigs" / "parts"
DEG_H = math.radians(1.0) / 3600.0


def gyro(seed=1, step_s=0.1, **keys):
    table = {"rate_hz": 1.0 / step_s, "angle_random_walk_deg_sqrt_h": 0.0}
    return build(seed, step_s, gyro=[Gyro(**(table | keys))])[0]


def still(sensor, n):
    """Readings (n,) of one axis at rest, deg/h."""
    return samples(sensor, row(), n)[:, 0] / DEG_H


def markov_allan(sigma, correlation_s, tau_s):
    """Allan deviation of a first-order Gauss-Markov process (IEEE Std 952, annex C)."""
    x = tau_s / correlation_s
    settled = 1.0 - (3.0 - 4.0 * math.exp(-x) + math.exp(-2.0 * x)) / (2.0 * x)
    return sigma * math.sqrt(2.0 / x * settled)


def allan_tolerance(n, size):
    """Four standard errors of an Allan deviation from n values in groups of ``size``, relative."""
    return spread_tolerance(n // size - 1)


def test_ideal_gyro_reads_the_rate_in_single_precision():
    sample = gyro().sample(0, row(rate_body_rad_s=(0.01, -0.02, 0.03)))
    assert sample.valid
    assert sample.age_s == 0.0
    np.testing.assert_array_equal(sample.values, np.float32([0.01, -0.02, 0.03]))


@pytest.mark.parametrize("size", [1, 10, 100, 300])
def test_allan_deviation_falls_with_the_angle_random_walk(size):
    n = 100_000
    measured = allan_deviation(still(gyro(angle_random_walk_deg_sqrt_h=0.15), n), size)
    tau_h = size * 0.1 / 3600.0
    assert measured == pytest.approx(0.15 / math.sqrt(tau_h), rel=allan_tolerance(n, size))


@pytest.mark.parametrize("size", [30, 378, 1500])
def test_allan_deviation_of_the_wandering_bias_peaks_at_the_instability(size):
    n, sigma, correlation_s = 600_000, 10.0, 20.0
    sensor = gyro(bias_instability_deg_h=sigma, bias_correlation_s=correlation_s)
    measured = allan_deviation(still(sensor, n), size)
    expected = markov_allan(sigma, correlation_s, 0.1 * size)
    assert measured == pytest.approx(expected, rel=allan_tolerance(n, size))
    if size == 378:  # 1.89 correlation times
        assert expected == pytest.approx(0.617 * sigma, rel=1e-3)


def test_allan_curve_of_a_whole_gyro_is_the_sum_of_its_parts():
    n, arw, sigma, correlation_s, walk = 400_000, 0.15, 20.0, 20.0, 30.0
    sensor = gyro(
        angle_random_walk_deg_sqrt_h=arw,
        bias_instability_deg_h=sigma,
        bias_correlation_s=correlation_s,
        rate_random_walk_deg_h_sqrt_h=walk,
    )
    values = still(sensor, n)
    for size in (10, 100, 400, 2000):
        tau_s = 0.1 * size
        tau_h = tau_s / 3600.0
        parts = [
            arw / math.sqrt(tau_h),
            markov_allan(sigma, correlation_s, tau_s),
            walk * math.sqrt(tau_h / 3.0),
        ]
        expected = math.hypot(*parts)
        assert allan_deviation(values, size) == pytest.approx(
            expected, rel=allan_tolerance(n, size)
        )


def allan_of_units(keys, taus_s, units=24, n=20_000):
    """Allan deviations in deg/h of units of 1 Hz together: one has too few long spans."""
    squares = []
    for seed in range(units):
        values = still(gyro(seed, step_s=1.0, **keys), n)
        squares.append([allan_deviation(values, tau_s) ** 2 for tau_s in taus_s])
    return np.sqrt(np.mean(squares, axis=0))


def test_flicker_holds_the_allan_deviation_level():
    taus_s = [10, 100, 1000, 4000]
    measured = allan_of_units({"flicker_deg_h": 3.0}, taus_s)
    for tau_s, each in zip(taus_s, measured, strict=True):
        spans = 24 * (20_000 // tau_s - 1)
        assert each == pytest.approx(3.0, rel=4 / math.sqrt(2 * spans) + 0.03)


@pytest.mark.parametrize(
    ("part", "lowest_deg_h"), [("m_g362", 3.0), ("stim300", 0.3), ("adis16405", 25.2)]
)
def test_a_parts_allan_curve_has_its_data_sheets_lowest_point(part, lowest_deg_h):
    """White noise and flicker as the part's file has them, up to an hour."""
    table = tomllib.loads((PARTS / f"{part}.toml").read_text())
    white = {"angle_random_walk_deg_sqrt_h", "flicker_deg_h"}
    keys = {name: value for name, value in table.items() if name in white}
    curve = allan_of_units(keys, (300, 1000, 2000, 4000))
    # 24 units of 4 pairs of spans; white noise is still 0.14 of the STIM300's 0.33 at 4 000 s
    assert min(curve) == pytest.approx(lowest_deg_h, rel=0.2)


def test_allan_deviation_rises_with_the_rate_random_walk():
    n, size, walk = 200_000, 100, 60.0
    measured = allan_deviation(still(gyro(rate_random_walk_deg_h_sqrt_h=walk), n), size)
    tau_h = 0.1 * size / 3600.0
    assert measured == pytest.approx(walk * math.sqrt(tau_h / 3.0), rel=allan_tolerance(n, size))


def test_turn_on_bias_and_as_built_errors_have_their_sigmas():
    units, rate = 300, 0.1
    table = {
        "turn_on_bias_sigma_deg_h": 30.0,
        "scale_error_sigma_ppm": 500.0,
        "misalignment_sigma_mrad": 1.0,
    }
    sensors = [gyro(seed, **table) for seed in range(units)]
    turned = row(rate_body_rad_s=(rate, 0.0, 0.0))
    rest = np.array([sensor.sample(0, row()).values for sensor in sensors])
    seen = np.array([sensor.sample(1, turned).values for sensor in sensors]) - rest
    assert np.std(rest) / DEG_H == pytest.approx(30.0, rel=spread_tolerance(3 * units))
    assert np.std(seen[:, 0] / rate - 1.0) == pytest.approx(5e-4, rel=spread_tolerance(units))
    assert np.std(seen[:, 1:] / rate) == pytest.approx(1e-3, rel=spread_tolerance(2 * units))


def test_true_bias_is_what_the_readings_are_off_by():
    n = 20_000
    sensor = gyro(turn_on_bias_sigma_deg_h=100.0, angle_random_walk_deg_sqrt_h=0.15)
    off = samples(sensor, row(), n).mean(axis=0)
    noise = math.radians(0.15) / 60.0 * math.sqrt(10.0)
    assert off == pytest.approx(sensor.bias_body_rad_s, abs=mean_tolerance(noise, n))


def test_resolution_is_the_step_between_readings():
    sensor = gyro(resolution_deg_s=0.05, angle_random_walk_deg_sqrt_h=1.0)
    steps = np.degrees(samples(sensor, row(), 300)) / 0.05
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-5)
    assert len(np.unique(np.round(steps))) > 2


@given(st.tuples(*[st.floats(-100.0, 100.0)] * 3))
def test_readings_stay_in_the_range_and_are_valid_only_inside_it(rate):
    limit = math.radians(75.0)
    sample = gyro(range_deg_s=75.0, resolution_deg_s=0.02).sample(0, row(rate_body_rad_s=rate))
    assert max(map(abs, sample.values)) <= np.float32(limit)
    reach = max(map(abs, rate))
    if abs(reach - limit) > math.radians(0.02):
        assert sample.valid == (reach < limit)


def test_bandwidth_delays_a_ramp_by_its_time_constant():
    slope, bandwidth_hz = 0.1, 0.5
    sensor = gyro(bandwidth_hz=bandwidth_hz)
    for step in range(100):
        shown = sensor.sample(step, row(rate_body_rad_s=(slope * 0.1 * step, 0.0, 0.0))).values[0]
    lag_s = 0.1 * 99 - shown / slope
    assert lag_s == pytest.approx(1.0 / (2.0 * math.pi * bandwidth_hz), rel=1e-5)


def test_bandwidth_halves_the_power_of_a_turning_at_its_corner():
    sensor = gyro(step_s=0.01, bandwidth_hz=2.0)
    times = 0.01 * np.arange(2000)
    wave = np.sin(2.0 * math.pi * 2.0 * times)
    shown = [
        sensor.sample(step, row(rate_body_rad_s=(rate, 0.0, 0.0))).values[0]
        for step, rate in enumerate(wave)
    ]
    power = np.mean(np.square(shown[1000:])) / np.mean(wave[1000:] ** 2)
    assert power == pytest.approx(0.5, rel=0.01)  # straight lines between samples: 0.3 %


def test_bandwidth_leaves_the_angle_random_walk_and_a_constant_rate():
    n, size = 100_000, 100
    sensor = gyro(angle_random_walk_deg_sqrt_h=0.15, bandwidth_hz=1.0)
    measured = allan_deviation(still(sensor, n), size)
    expected = 0.15 / math.sqrt(size * 0.1 / 3600.0)
    assert measured == pytest.approx(expected, rel=allan_tolerance(n, size))
    first = gyro(bandwidth_hz=1.0).sample(0, row(rate_body_rad_s=(0.5, 0.0, 0.0)))
    assert first.values[0] == pytest.approx(0.5)


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 10.0))
def test_low_pass_passes_what_is_constant(bandwidth_hz, period_s):
    assert sum(low_pass(bandwidth_hz, period_s)) == pytest.approx(1.0)

"""Sun sensors: cosine law, albedo, field of view, eclipse, and the statistics of their errors."""

import math

import numpy as np
import pytest
from devices_bench import angle_deg, build, directions, row, samples, spread_tolerance
from hypothesis import assume, given
from hypothesis import strategies as st

from hil.devices.albedo import earthshine, view_factor
from hil.devices.coarse_sun_sensor import CoarseSunSensor
from hil.devices.fine_sun_sensor import FineSunSensor

EARTH_RADIUS_m = 6_378_136.3
Y = (0.0, 1.0, 0.0)


def diodes(albedo=0.0, **keys):
    model = CoarseSunSensor(**({"rate_hz": 10.0, "full_sun_adc": 3000.0} | keys))
    return build(coarse_sun_sensor=[model], albedo=albedo)[0]


def fine(seed=1, **keys):
    table = {"rate_hz": 10.0, "boresight_body": Y, "field_of_view_deg": 120.0, "noise_deg": 0.0}
    return build(seed, fine_sun_sensor=[FineSunSensor(**(table | keys))])[0]


def test_each_diode_counts_the_cosine_of_the_light_on_it():
    sensor = diodes(dark_adc=10.0)
    oblique = {"sun_eci": (0.6, -0.8, 0.0)}
    assert sensor.sample(0, row(**oblique)).values == (1810, 10, 10, 2410, 10, 10)
    assert sensor.sample(1, row(**oblique, sunlit=0.5)).values == (910, 10, 10, 1210, 10, 10)
    assert sensor.sample(2, row(**oblique, sunlit=0.0)).values == (10,) * 6


def test_diodes_noise_and_gain_are_those_of_the_table():
    n, gain_sigma = 5000, 0.03
    sensor = diodes(noise_adc=20.0, dark_adc=200.0, gain_error_sigma=gain_sigma)
    counts = samples(sensor, row(), n)
    rounding = 1.0 / 12.0
    expected = math.sqrt(20.0**2 + rounding)
    assert np.std(counts, axis=0) == pytest.approx([expected] * 6, rel=spread_tolerance(n))
    lit = [
        build(seed, coarse_sun_sensor=[CoarseSunSensor(rate_hz=10.0, full_sun_adc=3000.0,
              gain_error_sigma=gain_sigma)])[0].sample(0, row()).values[2]
        for seed in range(300)
    ]  # fmt: skip
    assert np.std(np.array(lit) / 3000.0) == pytest.approx(gain_sigma, rel=spread_tolerance(300))


@given(directions(), st.floats(0.0, 1.0), st.floats(0.0, 0.6))
def test_counts_stay_inside_the_converter(sun, lit, albedo):
    sensor = diodes(albedo, full_sun_adc=4095.0, noise_adc=500.0, gain_error_sigma=0.1)
    for count in sensor.sample(0, row(sun_eci=sun, sunlit=lit)).values:
        assert 0 <= count <= 4095


def test_albedo_lights_the_side_that_faces_the_earth():
    at_noon = row(sun_eci=(0.0, 0.0, 1.0))  # the subsatellite point has the Sun overhead
    x, _, y, _, up, down = diodes(albedo=0.3).sample(0, at_noon).values
    nadir_light = 0.3 * (EARTH_RADIUS_m / 7e6) ** 2
    assert up == 3000
    assert down == round(3000 * nadir_light)
    assert x == y == pytest.approx(3000 * 0.3 * view_factor(0.0, 7e6 / EARTH_RADIUS_m), abs=0.5)
    assert diodes(albedo=0.3).sample(0, row(sun_eci=(0.0, 0.0, -1.0), sunlit=0.0)).values[5] == 0


def test_albedo_errs_the_sun_direction_by_more_than_ten_degrees_at_worst():
    counts = diodes(albedo=0.3).sample(0, row(sun_eci=(HALF_UP, 0.0, HALF_UP))).values
    seen = [counts[0] - counts[1], counts[2] - counts[3], counts[4] - counts[5]]
    assert 5.0 < angle_deg(seen, (HALF_UP, 0.0, HALF_UP)) < 20.0


HALF_UP = math.sqrt(0.5)


@given(st.floats(-1.0, 1.0), st.floats(1.02, 4.0))
def test_view_factor_is_the_integral_over_the_visible_sphere(tilt_cos, distance):
    """Sum of cosine over the solid angle of the sphere's disc, divided by pi, by quadrature."""
    edge_cos = math.sqrt(1.0 - 1.0 / distance**2)
    nodes, weights = np.polynomial.legendre.leggauss(200)
    cosines = 0.5 * (1.0 - edge_cos) * (nodes + 1.0) + edge_cos  # from the centre's direction
    turns = (np.arange(2000) + 0.5) * 2.0 * math.pi / 2000
    tilt_sin = math.sqrt(1.0 - tilt_cos**2)
    sines = np.sqrt(1.0 - cosines**2)
    incidence = tilt_cos * cosines[:, None] + tilt_sin * sines[:, None] * np.cos(turns)
    inner = np.maximum(0.0, incidence).mean(axis=1) * 2.0 * math.pi
    expected = np.sum(weights * inner) * 0.5 * (1.0 - edge_cos) / math.pi
    assert view_factor(tilt_cos, distance) == pytest.approx(expected, abs=2e-5)


@given(directions(), directions())
def test_earthshine_is_dark_on_the_night_side(position, sun):
    place = tuple(7e6 * x for x in position)
    nadir, distance, glow = earthshine(place, sun, EARTH_RADIUS_m, 0.3)
    assert nadir == pytest.approx([-x for x in position])
    assert distance == pytest.approx(7e6 / EARTH_RADIUS_m)
    assert glow == pytest.approx(0.3 * max(0.0, float(np.dot(position, sun))))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_fine_sun_sensor_noise_is_that_of_the_table(axis):
    n, sun = 10_000, tuple(np.eye(3)[axis])
    seen = samples(fine(noise_deg=0.1, boresight_body=sun), row(sun_eci=sun), n)
    across = np.degrees(np.delete(seen, axis, axis=1))
    assert np.std(across, axis=0) == pytest.approx([0.1, 0.1], rel=spread_tolerance(n))
    assert abs(np.corrcoef(across.T)[0, 1]) < 4.0 / math.sqrt(n)
    assert np.linalg.norm(seen, axis=1) == pytest.approx(np.ones(n), abs=2e-7)


def test_fine_sun_sensor_fixed_error_has_its_sigma():
    units = 400
    seen = [fine(seed, error_sigma_deg=0.2).sample(0, row()).values for seed in range(units)]
    across = np.degrees(np.array(seen)[:, [0, 2]])
    assert np.std(across) == pytest.approx(0.2, rel=spread_tolerance(2 * units))


@given(directions(), st.floats(0.0, 1.0))
def test_fine_sun_sensor_is_valid_in_its_field_and_in_the_light_and_only_there(sun, lit):
    away = angle_deg(sun, Y)
    assume(abs(away - 60.0) > 1e-6)
    sample = fine().sample(0, row(sun_eci=sun, sunlit=lit))
    assert sample.valid == (away < 60.0 and lit >= 0.5)
    if sample.valid:
        assert angle_deg(sample.values, sun) < 1e-4
    else:
        assert sample.values == (0.0, 0.0, 0.0)

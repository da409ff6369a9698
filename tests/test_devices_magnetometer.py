"""Magnetometer: noise and bias as tabled, iron, the rods' field, the range."""

import numpy as np
import pytest
from devices_bench import (
    QUARTER_ABOUT_Z,
    build,
    directions,
    mean_tolerance,
    row,
    samples,
    spread_tolerance,
)
from hypothesis import given
from hypothesis import strategies as st

from hil.devices.magnetometer import Magnetometer

NO_FIELD = {"field_eci_T": (0.0, 0.0, 0.0)}


def magnetometer(seed=1, rods=None, **keys):
    model = Magnetometer(**({"rate_hz": 10.0, "noise_nT": 0.0} | keys))
    return build(seed, magnetometer=[model], rod_dipole_body_A_m2=rods)[0]


def test_reads_the_field_in_the_body_frame():
    sample = magnetometer(resolution_nT=10.0).sample(0, row(q_eci_from_body=QUARTER_ABOUT_Z))
    np.testing.assert_allclose(sample.values, [-1e-5, -2e-5, 3e-5], atol=1e-12)


def test_noise_and_bias_are_those_of_the_table():
    n = 20_000
    sensor = magnetometer(noise_nT=50.0, bias_sigma_nT=300.0)
    read_nT = 1e9 * samples(sensor, row(**NO_FIELD), n)
    assert np.std(read_nT, axis=0) == pytest.approx([50.0] * 3, rel=spread_tolerance(n))
    bias_nT = 1e9 * sensor.bias_body_T
    assert read_nT.mean(axis=0) == pytest.approx(bias_nT, abs=mean_tolerance(50.0, n))


def test_bias_scale_and_misalignment_have_their_sigmas():
    units, field_T = 300, 4e-5
    table = {
        "bias_sigma_nT": 300.0,
        "scale_error_sigma_ppm": 2000.0,
        "misalignment_sigma_mrad": 5.0,
    }
    sensors = [magnetometer(seed, **table) for seed in range(units)]
    bias = np.array([sensor.sample(0, row(**NO_FIELD)).values for sensor in sensors])
    along_x = row(field_eci_T=(field_T, 0.0, 0.0))
    seen = np.array([sensor.sample(1, along_x).values for sensor in sensors]) - bias
    assert np.std(bias) == pytest.approx(300e-9, rel=spread_tolerance(3 * units))
    assert np.std(seen[:, 0] / field_T) == pytest.approx(2e-3, rel=spread_tolerance(units))
    assert np.std(seen[:, 1:] / field_T) == pytest.approx(5e-3, rel=spread_tolerance(2 * units))


def test_hard_iron_adds_and_soft_iron_bends():
    soft = ((1.1, 0.0, 0.0), (0.05, 1.0, 0.0), (0.0, 0.0, 0.9))
    sensor = magnetometer(hard_iron_body_nT=(500.0, 0.0, -200.0), soft_iron=soft)
    values = sensor.sample(0, row(field_eci_T=(2e-5, 1e-5, 4e-5))).values
    np.testing.assert_allclose(values, [2.25e-5, 1.1e-5, 3.58e-5], atol=1e-11)


def test_rods_are_seen_while_they_fire_and_not_after():
    coupling = ((1e5, 0.0, 0.0), (0.0, -5e4, 0.0), (0.0, 0.0, -5e4))  # nT per A m2
    rods = np.zeros(3)
    sensor = magnetometer(rods=rods, rod_coupling_nT_per_A_m2=coupling)
    rods[:] = 0.2, 0.1, 0.0
    firing = np.array(sensor.sample(0, row()).values)
    rods[:] = 0.0
    quiet = np.array(sensor.sample(1, row()).values)
    np.testing.assert_allclose(quiet, row()[15:18], atol=1e-11)
    np.testing.assert_allclose(firing - quiet, [2e-5, -5e-6, 0.0], atol=1e-11)


@given(directions(), st.floats(0.0, 200_000.0))
def test_readings_stay_in_the_range_and_are_valid_only_inside_it(direction, strength_nT):
    sensor = magnetometer(range_nT=60_000.0, resolution_nT=25.0)
    sample = sensor.sample(0, row(field_eci_T=1e-9 * strength_nT * np.array(direction)))
    assert max(map(abs, sample.values)) <= np.float32(60e-6)
    reach_nT = strength_nT * max(map(abs, direction))
    if abs(reach_nT - 60_000.0) > 25.0:
        assert sample.valid == (reach_nT < 60_000.0)

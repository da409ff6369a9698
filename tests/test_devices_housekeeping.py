"""Tachometers and thermometers."""

import math

import numpy as np
import pytest
from devices_bench import build, mean_tolerance, row, samples, spread_tolerance
from hypothesis import given
from hypothesis import strategies as st

from hil.devices.thermometer import Thermometer
from hil.devices.wheel import Wheel


def wheel(**keys):
    table = {
        "axis_body": (1.0, 0.0, 0.0),
        "spin_inertia_kg_m2": 2e-5,
        "torque_max_Nm": 4e-3,
        "speed_max_rad_s": 600.0,
        "tachometer_rate_hz": 10.0,
    }
    return Wheel(**({"name": "x"} | table | keys))


def thermometer(seed=1, **keys):
    table = {
        "rate_hz": 10.0,
        "initial_temperature_K": 280.0,
        "sunlit_temperature_K": 320.0,
        "eclipse_temperature_K": 240.0,
        "time_constant_s": 10.0,
    }
    return build(seed, thermometer=[Thermometer(**(table | keys))])[0]


def test_each_tachometer_reads_its_own_wheel():
    one, two = build(wheel=[wheel(), wheel(tachometer_resolution_rad_s=30.0)])
    assert one.sample(0, row()).values == (100.0,)
    assert two.sample(0, row()).values == (-210.0,)


def test_tachometer_noise_rate_and_latency_are_those_of_the_table():
    n = 10_000
    noisy, slow = build(
        wheel=[
            wheel(tachometer_noise_rad_s=0.5),
            wheel(tachometer_rate_hz=2.0, tachometer_latency_s=0.1),
        ]
    )
    speeds = samples(noisy, row(), n)
    assert np.std(speeds) == pytest.approx(0.5, rel=spread_tolerance(n))
    assert speeds.mean() == pytest.approx(100.0, abs=mean_tolerance(0.5, n))
    out = {step: slow.sample(step, row()) for step in range(12)}
    assert [step for step, sample in out.items() if sample is not None] == [1, 6, 11]
    assert out[6].age_s == pytest.approx(0.1)


def test_part_warms_in_the_sun_and_cools_in_the_shadow_with_its_time_constant():
    sensor = thermometer()
    lit, dark = row(), row(sunlit=0.0)
    warm = samples(sensor, lit, 101)[-1, 0]
    assert warm == pytest.approx(320.0 - 40.0 * math.exp(-1.0), abs=1e-4)
    turning_dark = sensor.sample(101, dark).values[0]  # half of this period was dark
    assert turning_dark == pytest.approx(280.0 + (warm - 280.0) * math.exp(-0.01), abs=1e-4)
    cool = samples(sensor, dark, 2000, first=102)[-1, 0]
    assert cool == pytest.approx(240.0, abs=1e-4)


def test_thermometer_noise_and_fixed_error_have_their_sigmas():
    n, units = 10_000, 400
    steady = {"sunlit_temperature_K": 280.0, "noise_K": 0.2}
    assert np.std(samples(thermometer(**steady), row(), n)) == pytest.approx(
        0.2, rel=spread_tolerance(n)
    )
    first = [thermometer(s, error_sigma_K=0.5).sample(0, row()).values[0] for s in range(units)]
    assert np.std(first) == pytest.approx(0.5, rel=spread_tolerance(units))


def test_thermometer_reads_in_steps_of_its_resolution():
    values = samples(thermometer(resolution_K=0.0625, noise_K=0.3), row(), 200) / 0.0625
    np.testing.assert_array_equal(values, np.round(values))


@given(st.floats(100.0, 500.0))
def test_readings_stay_in_the_range_and_are_valid_only_inside_it(temperature):
    sensor = thermometer(initial_temperature_K=temperature, range_min_K=218.15, range_max_K=398.15)
    sample = sensor.sample(0, row())
    assert np.float32(218.15) <= sample.values[0] <= np.float32(398.15)
    if min(abs(temperature - 218.15), abs(temperature - 398.15)) > 1e-4:
        assert sample.valid == (218.15 < temperature < 398.15)

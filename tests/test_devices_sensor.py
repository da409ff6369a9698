"""What every sensor does: its own rate, its latency, its own random numbers, errors in words."""

import hashlib
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from devices_bench import build, row, samples
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from wire import TABLE

from hil.devices.coarse_sun_sensor import CoarseSunSensor
from hil.devices.fine_sun_sensor import FineSunSensor
from hil.devices.gps import GPS, Gps
from hil.devices.gyro import Gyro
from hil.devices.horizon_sensor import HorizonSensor
from hil.devices.magnetometer import Magnetometer
from hil.devices.reading import acquired, samples_needed
from hil.devices.sensor import Normals, generator
from hil.devices.star_tracker import StarTracker
from hil.devices.thermometer import Thermometer
from hil.devices.wheel import Wheel
from hil.physics.records import records

Z = (0.0, 0.0, 1.0)
NADIR = (0.0, 0.0, -1.0)
WHEEL = Wheel(
    name="x",
    axis_body=(1.0, 0.0, 0.0),
    spin_inertia_kg_m2=2e-5,
    torque_max_Nm=4e-3,
    speed_max_rad_s=600.0,
    tachometer_rate_hz=10.0,
    tachometer_noise_rad_s=0.1,
)
MODELS = {
    "gyro": (Gyro, {"angle_random_walk_deg_sqrt_h": 0.1}),
    "star_tracker": (
        StarTracker,
        {"boresight_body": Z, "across_noise_arcsec": 5.0, "roll_noise_arcsec": 20.0},
    ),
    "magnetometer": (Magnetometer, {"noise_nT": 5.0}),
    "coarse_sun_sensor": (CoarseSunSensor, {"full_sun_adc": 3000.0, "noise_adc": 20.0}),
    "fine_sun_sensor": (
        FineSunSensor,
        {"boresight_body": (0.0, 1.0, 0.0), "field_of_view_deg": 120.0, "noise_deg": 0.1},
    ),
    "gps": (
        Gps,
        {
            "antenna_body": Z,
            "zenith_range_deg": 80.0,
            "position_noise_m": 5.0,
            "velocity_noise_m_s": 0.1,
        },
    ),
    "horizon_sensor": (
        HorizonSensor,
        {"boresight_body": NADIR, "nadir_range_deg": 20.0, "noise_deg": 0.2},
    ),
    "thermometer": (
        Thermometer,
        {
            "initial_temperature_K": 290.0,
            "sunlit_temperature_K": 310.0,
            "eclipse_temperature_K": 260.0,
            "time_constant_s": 900.0,
            "noise_K": 0.1,
        },
    ),
}
KINDS = sorted(MODELS)


def one(kind, seed=1, **timing):
    """A sensor of a kind, with the least that its table needs."""
    model, keys = MODELS[kind]
    return build(seed, **{kind: [model(**({"rate_hz": 10.0} | keys | timing))]})[0]


def turning(step):
    """A row of truth that no two steps share."""
    half = 0.005 * step
    return row(
        q_eci_from_body=(0.0, 0.0, math.sin(half), math.cos(half)),
        position_eci_m=(10.0 * step, 0.0, 7e6),
        rate_body_rad_s=(0.0, 0.0, 0.001 * step),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_values_fit_the_wires_message(kind):
    sensor = one(kind)
    fields = TABLE.by_name[sensor.kind].fields[2:]  # after flags and instance
    assert sensor.columns == tuple((field.name, field.count) for field in fields)
    assert len(sensor.sample(0, row()).values) == sum(size for _, size in sensor.columns)


@pytest.mark.parametrize("kind", KINDS)
def test_values_are_what_the_wire_carries(kind):
    values = one(kind).sample(0, turning(7)).values
    if kind == "coarse_sun_sensor":
        assert all(type(value) is int for value in values)
    else:
        assert all(type(value) is float for value in values)
        assert values == tuple(float(np.float32(value)) for value in values)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sensor_samples_at_its_rate(kind):
    sensor = one(kind, rate_hz=2.5)
    taken = [step for step in range(20) if sensor.sample(step, row()) is not None]
    assert taken == [0, 4, 8, 12, 16]
    assert sensor.every == (4, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_late_sample_is_the_earlier_one_and_says_how_old_it_is(kind):
    prompt, late = one(kind, rate_hz=5.0), one(kind, rate_hz=5.0, latency_s=0.28)
    at_once = {step: prompt.sample(step, turning(step)) for step in range(0, 30, 2)}
    assert late.every == (2, 3)
    for step in range(30):
        sample = late.sample(step, turning(step))
        if step < 3 or step % 2 == 0:
            assert sample is None  # 0.28 s is three steps: out come only odd ones
        else:
            assert sample.age_s == pytest.approx(0.3)
            assert sample.values == at_once[step - 3].values


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_is_a_run_and_another_seed_another(kind):
    run = samples(one(kind), row(), 20)
    np.testing.assert_array_equal(run, samples(one(kind), row(), 20))
    assert not np.array_equal(run, samples(one(kind, seed=2), row(), 20))


@pytest.mark.parametrize("kind", KINDS)
def test_other_devices_leave_a_devices_noise_alone(kind):
    alone = samples(one(kind), row(), 20)
    every = {k: [model(rate_hz=10.0, **keys)] for k, (model, keys) in MODELS.items()}
    every[kind] = every[kind] * 2
    crowd = build(wheel=[WHEEL, WHEEL], **every)
    beside = next(sensor for sensor in crowd if sensor.kind == one(kind).kind)
    np.testing.assert_array_equal(alone, samples(beside, row(), 20))


def digest():
    """Hash of what one sensor of every kind says over 100 different rows of truth."""
    every = {kind: [model(rate_hz=10.0, **keys)] for kind, (model, keys) in MODELS.items()}
    crowd = build(wheel=[WHEEL, WHEEL], albedo=0.3, **every)
    said = [sensor.sample(step, turning(step)) for step in range(100) for sensor in crowd]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def test_the_interpreter_gives_the_same_bits_as_compiled_code():
    plain = subprocess.run(
        [sys.executable, "-c", "import test_devices_sensor as t; print(t.digest())"],
        cwd=Path(__file__).parent,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert plain.stdout.strip() == digest()


def test_sensors_stand_in_the_order_of_the_wires_table():
    crowd = build(
        wheel=[WHEEL, WHEEL],
        **{kind: [model(rate_hz=10.0, **keys)] * 2 for kind, (model, keys) in MODELS.items()},
    )
    apids = [TABLE.by_name[sensor.kind].apid for sensor in crowd]
    assert apids == sorted(apids)
    assert [sensor.instance for sensor in crowd] == [0, 1] * 9


@pytest.mark.parametrize(
    ("rate_hz", "message"),
    [(20.0, "more than one sample a control step"), (3.0, "not one sample every whole number")],
)
def test_a_rate_that_does_not_fit_the_control_step_is_refused(rate_hz, message):
    with pytest.raises(ValueError, match=f"gyro 0: rate_hz {rate_hz:g} is {message}"):
        one("gyro", rate_hz=rate_hz)


def test_a_sensor_says_which_column_the_truth_lacks():
    model, keys = MODELS["gps"]
    short = (("position_eci_m", 3), ("velocity_eci_m_s", 3))
    with pytest.raises(KeyError, match="q_eci_from_ecef"):
        build(truth_columns=short, step_s=0.1, seed=1, gps=[model(rate_hz=1.0, **keys)])


@given(st.lists(st.integers(1, 6), min_size=1, max_size=60))
def test_normals_are_given_out_once_each(sizes):
    blocks = Normals(generator(1, "any"), size=12)
    taken = []
    for n in sizes:
        first = blocks.take(n)
        taken.append(blocks.block[first : first + n].copy())
    assert [len(part) for part in taken] == sizes
    flat = np.concatenate(taken)
    assert len(np.unique(flat)) == len(flat)


@given(st.lists(st.booleans(), max_size=40), st.integers(0, 5))
def test_acquisition_takes_its_time_after_every_loss(had, needed):
    unit = records(GPS)
    unit["samples_needed"] = unit["samples_had"] = samples_needed(float(needed), rate_hz=1.0)
    for i, has in enumerate(had):
        recent = had[max(0, i - needed) : i + 1]
        assert acquired(unit[0], has) == all(recent)


@pytest.mark.parametrize(
    ("kind", "keys", "message"),
    [
        ("star_tracker", {"boresight_body": (0.0, 0.0, 0.0)}, "a zero axis has no direction"),
        ("star_tracker", {"boresight_body": (0.0, 3.0, 4.0)}, r"length 5, not 1: write \[0.0, 0"),
        ("star_tracker", {"across_noise_arcsec": -1.0}, "greater than or equal to 0"),
        ("gyro", {"latency_s": math.nan}, "finite number"),
        ("gyro", {"bandwidth_hz": 0.0}, "greater than 0"),
        ("gyro", {"colour": "red"}, "Extra inputs are not permitted"),
        ("fine_sun_sensor", {"field_of_view_deg": 200.0}, "less than or equal to 180"),
        ("gps", {"zenith_range_deg": 0.0}, "greater than 0"),
        ("horizon_sensor", {"nadir_range_deg": 181.0}, "less than or equal to 180"),
        ("magnetometer", {"soft_iron": ((1.0, 0.0), (0.0, 1.0))}, "Field required"),
        ("thermometer", {"range_min_K": 500.0}, "range_min_K 500 must be below range_max_K 420"),
        ("coarse_sun_sensor", {"full_sun_adc": 5000.0}, "less than or equal to 4095"),
    ],
)
def test_a_wrong_table_is_refused_in_words(kind, keys, message):
    with pytest.raises(ValidationError, match=message):
        one(kind, **keys)

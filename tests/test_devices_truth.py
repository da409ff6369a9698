"""Devices on the real truth model: its columns fit, and wheels cross zero speed with friction."""

from datetime import UTC, datetime

import numpy as np
import pytest
from devices_bench import COLUMNS, angle_deg, build
from test_devices_sensor import MODELS

from hil.devices.rod import Rod, RodDrives
from hil.devices.wheel import Wheel
from hil.physics import rotations
from hil.physics.orbit import InitialOrbit
from hil.physics.spacecraft import Body
from hil.physics.truth import Truth

EPOCH = datetime(2026, 3, 21, 12, tzinfo=UTC)
BODY = Body(mass_kg=4.0, inertia_body_kg_m2=((0.04, 0, 0), (0, 0.04, 0), (0, 0, 0.01)))
FRICTION_Nm = 2e-5


def wheel(**keys):
    table = {
        "axis_body": (1.0, 0.0, 0.0),
        "spin_inertia_kg_m2": 2e-5,
        "torque_max_Nm": 4e-3,
        "speed_max_rad_s": 600.0,
        "tachometer_rate_hz": 10.0,
    }
    return Wheel(**({"name": "x"} | table | keys))


def truth(wheels=(), **keys):
    orbit = InitialOrbit(
        epoch_utc=EPOCH,
        semi_major_axis_m=6.9e6,
        eccentricity=0.001,
        inclination_deg=97.5,
        raan_deg=20.0,
        argument_of_perigee_deg=0.0,
        true_anomaly_deg=30.0,
    )
    return Truth(**({"body": BODY, "wheels": wheels, "orbit": orbit, "step_s": 0.05} | keys))


def test_the_rows_by_hand_are_laid_out_as_the_truths():
    assert truth([wheel(), wheel(name="y")]).columns == COLUMNS


def test_every_sensor_reads_the_truth():
    world = truth()
    sensors = build(
        truth_columns=world.columns,
        step_s=0.1,
        seed=1,
        albedo=0.3,
        **{kind: [model(rate_hz=10.0, **keys)] for kind, (model, keys) in MODELS.items()},
    )
    for sensor in sensors:
        assert np.isfinite(sensor.sample(0, world.row).values).all()


def test_gps_follows_the_ground_track_at_the_speed_that_its_positions_show():
    model, keys = MODELS["gps"]
    quiet = keys | {
        "position_noise_m": 0.0,
        "velocity_noise_m_s": 0.0,
        "zenith_range_deg": 180.0,
        "rate_hz": 0.1,
    }
    world = truth()
    (sensor,) = build(truth_columns=world.columns, step_s=10.0, seed=1, gps=[model(**quiet)])
    fixes = []
    for step in range(3):
        fixes.append(sensor.sample(step, world.row).values)
        world.advance(200, np.zeros(0), np.zeros(3))
    place, speed = np.array(fixes)[:, :3], np.array(fixes)[:, 3:]
    between = (place[2] - place[0]) / 20.0
    # A chord of 20 s in low orbit is shorter than its arc by 2e-5; single precision adds 0.05 m/s.
    assert speed[1] == pytest.approx(between, abs=0.3)


def test_a_wheel_crosses_zero_speed_with_a_jump_of_twice_its_friction():
    wheels = [wheel(initial_speed_rad_s=-50.0, coulomb_friction_Nm=FRICTION_Nm)]
    world = truth(wheels, step_s=0.01)
    at = dict(zip([name for name, _ in COLUMNS], np.cumsum([4, 3]), strict=False))
    speed_at = int(at["rate_body_rad_s"])
    speeds = []
    for _ in range(300):
        speeds.append(world.row[speed_at])
        world.advance(10, np.array([1e-4]), np.zeros(3))
    torque = np.gradient(speeds, 0.1) * 2e-5
    before = torque[np.array(speeds) < -30.0].mean()
    after = torque[np.array(speeds) > 30.0].mean()
    assert speeds[0] < 0.0 < speeds[-1]
    assert before - after == pytest.approx(2.0 * FRICTION_Nm, rel=0.02)


def test_rods_that_rise_slowly_give_the_torque_of_their_mean_dipole():
    at_once, slow = (
        RodDrives([Rod(axis_body=(1.0, 0.0, 0.0), dipole_max_A_m2=0.3, rise_time_constant_s=tau)])
        for tau in (0.0, 0.1)
    )
    turned = []
    for drives in (at_once, slow):
        world = truth()
        drives.command([0.2, 0.0, 0.0])
        world.advance(20, np.zeros(0), drives.move(1.0))
        turned.append(world.row[4:7] - truth().row[4:7])
    lost = 1.0 - np.linalg.norm(turned[1]) / np.linalg.norm(turned[0])
    assert lost == pytest.approx(0.1, rel=0.02)  # one time constant of the second


def test_horizon_and_sun_agree_with_the_truths_own_geometry():
    world = truth(q_eci_from_body=(0.5, -0.5, 0.5, 0.5))
    models = {
        "horizon_sensor": {"nadir_range_deg": 180.0, "noise_deg": 0.0},
        "fine_sun_sensor": {"field_of_view_deg": 180.0, "noise_deg": 0.0},
    }
    position = world.row[7:10]
    back = rotations.conjugate(world.row[:4])
    nadir = rotations.apply(back, -position / np.linalg.norm(position))
    sun = rotations.apply(back, world.row[16:19])
    models["fine_sun_sensor"]["boresight_body"] = tuple(sun)
    models["horizon_sensor"]["boresight_body"] = tuple(nadir)
    sensors = build(
        truth_columns=world.columns,
        step_s=0.1,
        seed=1,
        **{kind: [MODELS[kind][0](rate_hz=10.0, **keys)] for kind, keys in models.items()},
    )
    for sensor, expected in zip(sensors, (sun, nadir), strict=True):
        assert angle_deg(sensor.sample(0, world.row).values, expected) < 1e-4

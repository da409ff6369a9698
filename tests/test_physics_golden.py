"""The truth model against trajectories of Basilisk 2.12.1 (tests/data/golden/README.md)."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from hil.physics import rotations
from hil.physics.constants import EARTH
from hil.physics.environment import Environment
from hil.physics.orbit import InitialOrbit
from hil.physics.spacecraft import Body, WheelModel
from hil.physics.truth import Truth

GOLDEN = Path(__file__).parent / "data" / "golden"
GGM03S = EARTH._replace(
    mu_m3_s2=398600441500000.0,
    radius_m=6378136.3,
    zonals=(0.0010826353865466185, 0.0, 0.0, 0.0, 0.0),
)
ALONE = {
    "magnetic_field": False,
    "gravity_gradient": False,
    "precession_nutation": False,
    "third_bodies": False,
}
ANYWHERE = {"position_eci_m": (7.0e6, 0.0, 0.0), "velocity_eci_m_s": (0.0, 7.5e3, 0.0)}
SYMMETRIC = ((0.0333, 0.0, 0.0), (0.0, 0.0333, 0.0), (0.0, 0.0, 0.0067))
ANY_INERTIA = ((0.03, 0.0, 0.0), (0.0, 0.03, 0.0), (0.0, 0.0, 0.03))
FULL_INERTIA = ((0.172, 0.0012, -0.0021), (0.0012, 0.1655, 0.0016), (-0.0021, 0.0016, 0.1038))
G6_AXES = ((0.6, 0.0, 0.8), (-0.48, 0.64, 0.6), (0.0, -0.8, 0.6), (0.36, 0.48, -0.8))
G6_SPIN_INERTIA = (2.4e-5, 2.1e-5, 2.7e-5, 3.0e-5)
RATE = ("wx_radps", "wy_radps", "wz_radps")
PLACE = ("rx_m", "ry_m", "rz_m", "vx_mps", "vy_mps", "vz_mps")


def golden(case):
    """Columns of a golden trajectory by name."""
    with (GOLDEN / f"{case}.csv").open() as file:
        rows = list(csv.reader(file))
    return dict(zip(rows[0], np.array(rows[1:], dtype=float).T, strict=True))


def columns(table, *names):
    return np.stack([table[name] for name in names], axis=-1)


def attitude(table):
    return columns(table, "q1", "q2", "q3", "q0")


def truth_at_start(table, inertia, step_s, wheel_speeds=(), **environment):
    orbit = ANYWHERE
    if "rx_m" in table:
        start = columns(table, *PLACE)[0]
        orbit = {"position_eci_m": start[:3], "velocity_eci_m_s": start[3:]}
    has_attitude = "q0" in table
    return Truth(
        body=Body(mass_kg=4.0, inertia_body_kg_m2=inertia),
        wheels=[frictionless(axis, speed) for axis, speed in zip(np.eye(3), wheel_speeds)],  # noqa: B905
        orbit=InitialOrbit(epoch_utc="2026-01-01T00:00:00Z", **orbit),
        environment=Environment(**(ALONE | environment)),
        central_body=GGM03S,
        q_eci_from_body=attitude(table)[0] if has_attitude else (0.0, 0.0, 0.0, 1.0),
        rate_body_rad_s=columns(table, *RATE)[0] if has_attitude else (0.0, 0.0, 0.0),
        step_s=step_s,
    )


def frictionless(axis, speed, spin_inertia=2.4e-5):
    return WheelModel(
        axis_body=tuple(axis),
        spin_inertia_kg_m2=spin_inertia,
        torque_max_Nm=1.0,
        speed_max_rad_s=1e6,
        initial_speed_rad_s=speed,
    )


def run(truth, table, torque=None, period_s=None):
    """Rows of truth at the golden times; ``torque(row)`` is asked once a period."""
    none = np.zeros(sum(size for name, size in truth.columns if name == "wheel_speed_rad_s"))
    rows = [truth.row.copy()]
    interval = table["t_s"][1] - table["t_s"][0]
    calls = 1 if period_s is None else round(interval / period_s)
    steps = round(interval / calls / truth.step_s)
    for _ in table["t_s"][1:]:
        for _ in range(calls):
            command = none if torque is None else np.asarray(torque(truth.row), dtype=float)
            truth.advance(steps, command, np.zeros(3))
        rows.append(truth.row.copy())
    return np.array(rows)


def attitude_error(rows, table):
    difference = rotations.multiply(rotations.conjugate(attitude(table)), rows[:, :4])
    return rotations.angle(difference).max()


def rate_error(rows, table):
    """Largest component, as in the README's table (a plain MRP RK4 reproduces its figures so)."""
    return np.abs(rows[:, 4:7] - columns(table, *RATE)).max()


def tumble(step_s):
    table = golden("G1_torque_free_tumble")
    inertia = ((0.035, 0.0, 0.0), (0.0, 0.03, 0.0), (0.0, 0.0, 0.01))
    rows = run(truth_at_start(table, inertia, step_s), table)
    return attitude_error(rows, table), rate_error(rows, table)


def gravity_gradient(step_s):
    table = golden("G2_gravity_gradient")
    inertia = ((0.0345, 0.0, 0.0), (0.0, 0.0321, 0.0), (0.0, 0.0, 0.0067))
    truth = truth_at_start(table, inertia, step_s, gravity_gradient=True, gravity_degree=0)
    rows = run(truth, table)
    assert np.abs(rows[:, 7:10] - columns(table, *PLACE[:3])).max() < 1e-3
    assert np.abs(rows[:, 10:13] - columns(table, *PLACE[3:])).max() < 1e-6
    return attitude_error(rows, table), rate_error(rows, table)


def constant_wheel_torque(step_s):
    table = golden("G4_rw_const_torque")
    truth = truth_at_start(table, SYMMETRIC, step_s, (100.0, -150.0, 200.0))
    rows = run(truth, table, lambda _: (2e-5, -1.5e-5, 1e-5))
    return attitude_error(rows, table), rate_error(rows, table), wheel_error(rows, table)


def slew(step_s):
    table = golden("G5_mrp_slew")
    truth = truth_at_start(table, SYMMETRIC, step_s, (50.0, -50.0, 25.0))
    rows = run(truth, table, mrp_feedback, period_s=0.1)
    return attitude_error(rows, table), rate_error(rows, table), wheel_error(rows, table)


def skewed_wheels(step_s):
    """Ours, made by tests/data/golden/make_g6.py: nothing aligned with anything."""
    table = golden("G6_skewed_wheels")
    speeds = columns(table, *(f"Omega{k}_radps" for k in range(1, 5)))
    start = columns(table, *PLACE)[0]
    truth = Truth(
        body=Body(mass_kg=4.0, inertia_body_kg_m2=FULL_INERTIA),
        wheels=[
            frictionless(axis, speed, inertia)
            for axis, speed, inertia in zip(G6_AXES, speeds[0], G6_SPIN_INERTIA, strict=True)
        ],
        orbit=InitialOrbit(
            epoch_utc="2026-01-01T00:00:00Z", position_eci_m=start[:3], velocity_eci_m_s=start[3:]
        ),
        environment=Environment(**(ALONE | {"gravity_gradient": True, "gravity_degree": 0})),
        central_body=GGM03S,
        q_eci_from_body=attitude(table)[0],
        rate_body_rad_s=columns(table, *RATE)[0],
        step_s=step_s,
    )
    rows = run(truth, table, lambda _: (3e-5, -2e-5, 4e-5, -1e-5))
    assert np.abs(rows[:, 11:14] - columns(table, *PLACE[:3])).max() < 1e-3
    return (
        attitude_error(rows, table),
        rate_error(rows, table),
        np.abs(rows[:, 7:11] - speeds).max(),
    )


def mrp_feedback(row):
    """The control law of the golden README: torque on the wheels along the body's axes."""
    reference = np.array([0.05, -0.1, 0.2])
    square = reference @ reference
    q_reference = np.append(2 * reference, 1 - square) / (1 + square)
    error = rotations.multiply(rotations.conjugate(q_reference), row[:4])
    error = error if error[3] >= 0 else -error
    return 0.003 * error[:3] / (1 + error[3]) + 0.01 * row[4:7]


def wheel_error(rows, table):
    speeds = columns(table, "Omega1_radps", "Omega2_radps", "Omega3_radps")
    return np.abs(rows[:, 7:10] - speeds).max()


@pytest.mark.parametrize(
    ("case", "step_s"),
    [
        (tumble, 0.005),
        (gravity_gradient, 0.1),
        (constant_wheel_torque, 0.01),
        (slew, 0.01),
        (skewed_wheels, 0.02),
    ],
)
def test_fine_step_matches_basilisk(case, step_s):
    attitude_rad, rate_rad_s, *wheel_rad_s = case(step_s)
    assert attitude_rad < 1e-9
    assert rate_rad_s < 1e-10
    assert all(error < 1e-9 for error in wheel_rad_s)


@pytest.mark.parametrize(
    ("case", "step_s", "attitude_rad", "rate_rad_s"),
    [  # the golden README's table: Basilisk's own RK4 at the same step
        (tumble, 0.01, 3.50e-10, 9.55e-11),
        (tumble, 0.1, 5.50e-06, 9.96e-07),
        (gravity_gradient, 0.1, 2.66e-13, 2.05e-16),
        (gravity_gradient, 1.0, 7.63e-13, 7.50e-16),
        (constant_wheel_torque, 0.01, 1.84e-12, 6.78e-13),
        (constant_wheel_torque, 0.1, 1.83e-08, 6.75e-09),
        (slew, 0.01, 2.30e-13, 1.34e-14),
        (slew, 0.1, 2.28e-09, 1.31e-10),
    ],
)
def test_ordinary_step_is_as_good_as_basilisk(case, step_s, attitude_rad, rate_rad_s):
    ours = case(step_s)
    assert ours[0] < 1.5 * attitude_rad
    assert ours[1] < 1.5 * rate_rad_s


def test_j2_orbit_matches_basilisk_over_a_day():
    table = golden("G3_j2_orbit")
    rows = run(truth_at_start(table, ANY_INERTIA, 1.0), table)
    assert np.abs(rows[:, 7:10] - columns(table, *PLACE[:3])).max() < 1e-3
    assert np.abs(rows[:, 10:13] - columns(table, *PLACE[3:])).max() < 1e-6


def test_a_wrong_j2_would_be_seen():
    table = golden("G3_j2_orbit")
    table = {name: values[:20] for name, values in table.items()}
    rows = run(truth_at_start(table, ANY_INERTIA, 1.0, gravity_degree=0), table)
    assert math.dist(rows[-1, 7:10], columns(table, *PLACE)[-1, :3]) > 1000.0

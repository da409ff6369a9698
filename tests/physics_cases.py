"""Spacecraft and orbits that several tests of the truth model start from."""

import math

import numpy as np

from hil.physics.environment import Environment
from hil.physics.orbit import InitialOrbit
from hil.physics.spacecraft import Body, WheelModel
from hil.physics.truth import Truth

EMPTY = Environment(
    gravity_degree=0,
    gravity_gradient=False,
    third_bodies=False,
    magnetic_field=False,
    solar_pressure=False,
    density="none",
)
INERTIA = ((0.10, 0.002, -0.001), (0.002, 0.12, 0.003), (-0.001, 0.003, 0.08))
BODY = Body(mass_kg=12.0, inertia_body_kg_m2=INERTIA)
NO_DIPOLE = np.zeros(3)


def low_orbit(**changes):
    """A circular orbit at 515 km and 41 degrees."""
    keys = {
        "epoch_utc": "2026-03-21T12:00:00Z",
        "semi_major_axis_m": 6.8926e6,
        "eccentricity": 0.001,
        "inclination_deg": 41.0,
        "raan_deg": 300.0,
        "argument_of_perigee_deg": 0.0,
        "true_anomaly_deg": 0.0,
    }
    return InitialOrbit(**(keys | changes))


def wheel(axis=(1.0, 0.0, 0.0), **changes):
    keys = {
        "axis_body": axis,
        "spin_inertia_kg_m2": 2.4e-5,
        "torque_max_Nm": 4e-3,
        "speed_max_rad_s": 600.0,
    }
    return WheelModel(**(keys | changes))


def truth(**changes):
    """Truth in an empty world unless told otherwise."""
    keys = {"body": BODY, "orbit": low_orbit(), "environment": EMPTY}
    return Truth(**(keys | changes))


def by_quick_steps_alone(truth_):
    """The same truth, with no finer pieces of a step however fast it turns."""
    truth_._calm2 = math.inf
    truth_._arguments = truth_._arguments_of_all_steps()
    return truth_


def part(truth_, name):
    """A column of the present row."""
    start = 0
    for column, size in truth_.columns:
        if column == name:
            return truth_.row[start : start + size].copy()
        start += size
    raise KeyError(name)


def skewed_axes(n):
    """Unit vectors that are aligned with nothing."""
    angles = 2.0 * math.pi * np.arange(n) / max(n, 1)
    return [
        (math.cos(a) * math.sqrt(2 / 3), math.sin(a) * math.sqrt(2 / 3), math.sqrt(1 / 3))
        for a in angles
    ]

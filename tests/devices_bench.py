"""What the tests of devices share: rows of truth by hand, samples in bulk, statistics with odds.

A test that measures a spread or a mean of n independent samples allows four standard errors of that
estimate: with fixed seeds it passes or fails for ever, and a wrong sigma in the code by more than
that fails it.
"""

import math

import numpy as np
from hypothesis import strategies as st

from hil.devices.sensor import Installation
from hil.devices.suite import build_sensors

COLUMNS = (
    ("q_eci_from_body", 4),
    ("rate_body_rad_s", 3),
    ("wheel_speed_rad_s", 2),
    ("position_eci_m", 3),
    ("velocity_eci_m_s", 3),
    ("field_eci_T", 3),
    ("sun_eci", 3),
    ("sunlit", 1),
    ("external_torque_body_Nm", 3),
    ("q_eci_from_ecef", 4),
    ("third_body_eci", 3),
    ("rod_dipole_body_A_m2", 3),
    ("period_mean_turn_body_rad", 3),
    ("period_inside_turn_body_rad", 3),
    ("period_inside_age_s", 1),
)
AT_REST = {
    "q_eci_from_body": (0.0, 0.0, 0.0, 1.0),
    "rate_body_rad_s": (0.0, 0.0, 0.0),
    "wheel_speed_rad_s": (100.0, -200.0),
    "position_eci_m": (0.0, 0.0, 7e6),  # the planet is below, at -z
    "velocity_eci_m_s": (7.5e3, 0.0, 0.0),
    "field_eci_T": (2e-5, -1e-5, 3e-5),
    "sun_eci": (0.0, 1.0, 0.0),
    "sunlit": (1.0,),
    "external_torque_body_Nm": (0.0, 0.0, 0.0),
    "q_eci_from_ecef": (0.0, 0.0, 0.0, 1.0),
    "third_body_eci": (-1.0, 0.0, 0.0),
    "rod_dipole_body_A_m2": (0.0, 0.0, 0.0),
    "period_mean_turn_body_rad": (0.0, 0.0, 0.0),
    "period_inside_turn_body_rad": (0.0, 0.0, 0.0),
    "period_inside_age_s": (0.0,),
}
HALF = math.sqrt(0.5)
QUARTER_ABOUT_Z = (0.0, 0.0, HALF, HALF)  # body x lies along ECI y


def row(**changes):
    """A row of truth: at rest above the pole, the Sun along y, the Moon along -x."""
    values = AT_REST | changes
    return np.concatenate([np.atleast_1d(np.array(values[name], float)) for name, _ in COLUMNS])


def build(seed=1, step_s=0.1, truth_columns=COLUMNS, **tables):
    """All sensors of a spacecraft's tables by heading; what else is given is the installation's."""
    told = {key: tables.pop(key) for key in Installation._fields if key in tables}
    return build_sensors(tables, Installation(truth_columns, step_s, seed, **told))


def samples(sensor, truth, n, first=0):
    """Values (n, k) of n steps, the same truth in each."""
    return np.array([sensor.sample(step, truth).values for step in range(first, first + n)])


def spread_tolerance(n):
    """Four standard errors of a standard deviation from n normal samples, relative."""
    return 4.0 / math.sqrt(2.0 * n)


def mean_tolerance(sigma, n):
    """Four standard errors of a mean of n samples."""
    return 4.0 * sigma / math.sqrt(n)


def allan_deviation(values, size):
    """Allan deviation of a series between neighbouring means of ``size`` values each."""
    means = values[: len(values) // size * size].reshape(-1, size).mean(axis=1)
    return math.sqrt(0.5 * np.mean(np.diff(means) ** 2))


@st.composite
def directions(draw):
    """Unit vectors, all ways."""
    z = draw(st.floats(-1.0, 1.0))
    azimuth = draw(st.floats(0.0, 2.0 * math.pi))
    across = math.sqrt(1.0 - z * z)
    return (across * math.cos(azimuth), across * math.sin(azimuth), z)


def angle_deg(a, b):
    """Angle between two vectors."""
    a, b = np.asarray(a), np.asarray(b)
    return math.degrees(math.atan2(np.linalg.norm(np.cross(a, b)), np.dot(a, b)))

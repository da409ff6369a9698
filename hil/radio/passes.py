"""When stations see a spacecraft, worked out before a run: two bodies and J2, a step of 10 s."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from hil.physics.constants import EARTH
from hil.physics.ground import Ground
from hil.physics.vectors import FloatArray

_STEP_s = 10.0


class Highest(NamedTuple):
    """How high a station sees the spacecraft at the most, and when."""

    elevation_rad: float
    time_s: float


def highest(
    station: str, ground: Ground, state: tuple[FloatArray, FloatArray], duration_s: float
) -> Highest:
    """Return how high a station sees the spacecraft in a run.

    state: position (3,) and velocity (3,) at the start, ECI.
    """
    positions = np.array(list(_orbit(*state, duration_s)), dtype=np.float64)
    times = np.asarray(_STEP_s * np.arange(len(positions)), dtype=np.float64)
    elevations = ground.elevation_rad(station, times, positions)
    at = int(np.argmax(elevations))
    return Highest(float(elevations[at]), float(times[at]))


def _orbit(
    position_m: FloatArray, velocity_m_s: FloatArray, duration_s: float
) -> Iterator[FloatArray]:
    state = np.concatenate([position_m, velocity_m_s])
    for _ in range(int(duration_s / _STEP_s) + 1):
        yield state[:3]
        k1 = _rate(state)
        k2 = _rate(state + 0.5 * _STEP_s * k1)
        k3 = _rate(state + 0.5 * _STEP_s * k2)
        k4 = _rate(state + _STEP_s * k3)
        state = state + _STEP_s / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)


def _rate(state: FloatArray) -> FloatArray:
    """Montenbruck and Gill 2000, section 3.2.2: the central term and J2."""
    r = state[:3]
    distance = float(np.linalg.norm(r))
    flattened = 1.5 * EARTH.zonals[0] * (EARTH.radius_m / distance) ** 2
    polar = 5.0 * (r[2] / distance) ** 2
    shape = 1.0 + flattened * (np.array([1.0, 1.0, 3.0]) - polar)
    return np.concatenate([state[3:], -EARTH.mu_m3_s2 / distance**3 * r * shape])

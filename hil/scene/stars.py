"""Points of light: the stars of the Hipparcos catalogue to magnitude 7, and debris."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from hil.physics.constants import EARTH
from hil.physics.vectors import FloatArray
from hil.scene.functions import sine_of_turns
from hil.scene.model import Debris

_CATALOGUE = Path(__file__).parent / "data" / "stars.npz"
_SUN_MAGNITUDE = -26.74  # V, at 1 au (Willmer 2018, table 3)
_FALL_STEP_s = 10.0


@cache
def catalogue() -> tuple[FloatArray, FloatArray]:
    """Return unit vectors (n, 3), ICRS, and V magnitudes (n,) of the stars, brightest first."""
    with np.load(_CATALOGUE) as data:
        return data["direction_icrs"].astype(float), data["magnitude"].astype(float)


def irradiance_W_m2(magnitude: FloatArray | float, solar_W_m2: float) -> FloatArray:
    """Return the light of a magnitude, of the colour of the Sun, in the band that has so much."""
    return np.asarray(solar_W_m2 * 10.0 ** (-0.4 * (np.asarray(magnitude) - _SUN_MAGNITUDE)))


def stars_near(axis_eci: FloatArray, radius_cos: float) -> tuple[FloatArray, FloatArray]:
    """Return directions (n, 3) and magnitudes (n,) of the stars within a cone."""
    directions, magnitudes = catalogue()
    x, y, z = directions.T
    near = x * axis_eci[0] + y * axis_eci[1] + z * axis_eci[2] > radius_cos
    return directions[near], magnitudes[near]


class Falling:
    """Where debris is, as two bodies fall: RK4 in steps of 10 s, asked for with rising times."""

    def __init__(self, debris: Debris) -> None:
        self._debris = debris
        self._start = (0.0, np.array([debris.position_eci_m, debris.velocity_eci_m_s]))
        self._time_s, self._state = self._start

    def position_eci_m(self, time_s: float) -> FloatArray:
        """Return where it is (3,) at a time."""
        if time_s < self._time_s:
            self._time_s, self._state = self._start
        while self._time_s + _FALL_STEP_s <= time_s:
            self._state = _stepped(self._state, _FALL_STEP_s)
            self._time_s += _FALL_STEP_s
        return np.asarray(_stepped(self._state, time_s - self._time_s)[0])

    def magnitude(self, distance_m: float, time_s: float) -> float:
        """Return how bright it is at a distance, in sunlight."""
        debris = self._debris
        swing = debris.amplitude_mag * sine_of_turns(time_s / debris.period_s)
        return debris.magnitude_at_1000_km + 5.0 * float(np.log10(distance_m / 1e6)) + swing


def _stepped(state: FloatArray, step_s: float) -> FloatArray:
    def slope(at: FloatArray) -> FloatArray:
        r2 = float(at[0] @ at[0])
        return np.array([at[1], -EARTH.mu_m3_s2 / (r2 * np.sqrt(r2)) * at[0]])

    a = slope(state)
    b = slope(state + 0.5 * step_s * a)
    c = slope(state + 0.5 * step_s * b)
    d = slope(state + step_s * c)
    return np.asarray(state + step_s / 6.0 * (a + 2.0 * b + 2.0 * c + d))


def splat(image: FloatArray, row: float, column: float, radiance: float) -> None:
    """Add a point of light to the four pixels that it lies between."""
    i, j = int(np.floor(row)), int(np.floor(column))
    v, u = row - i, column - j
    for di, dj, part in _quarters(u, v):
        if 0 <= i + di < image.shape[0] and 0 <= j + dj < image.shape[1]:
            image[i + di, j + dj] += part * radiance


def _quarters(u: float, v: float) -> Iterator[tuple[int, int, float]]:
    yield 0, 0, (1.0 - u) * (1.0 - v)
    yield 0, 1, u * (1.0 - v)
    yield 1, 0, (1.0 - u) * v
    yield 1, 1, u * v

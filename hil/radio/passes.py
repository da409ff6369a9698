"""When stations see a spacecraft, worked out before a run, every 10 s."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hil.physics.celestial import Falling
from hil.physics.ground import Ground
from hil.physics.vectors import FloatArray

_EVERY_s = 10.0
_LOOK_AHEAD_s = 2.0 * 86_400.0  # by then every orbit has come past again


class Highest(NamedTuple):
    """How high a station sees the spacecraft at the most, and when."""

    elevation_rad: float
    time_s: float


def highest(ground: Ground, falling: Falling, duration_s: float) -> dict[str, Highest]:
    """Return how high each place on the ground sees what falls freely for so long, or two days."""
    seen_s = min(duration_s, _LOOK_AHEAD_s)
    times_s: FloatArray = _EVERY_s * np.arange(int(seen_s / _EVERY_s) + 1, dtype=np.float64)
    positions_eci_m = falling.states(times_s)[:, :3]
    found = {}
    for station in ground.targets:
        elevations = ground.elevation_rad(station, times_s, positions_eci_m)
        at = int(np.argmax(elevations))
        found[station] = Highest(float(elevations[at]), float(times_s[at]))
    return found

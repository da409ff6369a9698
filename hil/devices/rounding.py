"""How a number leaves a device: in steps, inside its range, in single precision."""

from __future__ import annotations

import math

import numpy as np

from hil.physics.compiled import compiled
from hil.physics.rotations import Quaternion
from hil.physics.vectors import Vector


@compiled
def quantized(value: float, resolution: float) -> float:
    """Return the value rounded to a multiple of the resolution, and to single precision."""
    if resolution > 0.0:
        value = math.floor(value / resolution + 0.5) * resolution
    return float(np.float32(value))


@compiled
def limited(value: float, limit: float) -> float:
    """Return the value, or the end of the range -limit to limit that it is beyond."""
    return max(-limit, min(limit, value))


@compiled
def single(v: Vector) -> Vector:
    """Return a vector in single precision."""
    return (float(np.float32(v[0])), float(np.float32(v[1])), float(np.float32(v[2])))


@compiled
def single_quaternion(q: Quaternion) -> Quaternion:
    """Return a quaternion in single precision."""
    return (
        float(np.float32(q[0])),
        float(np.float32(q[1])),
        float(np.float32(q[2])),
        float(np.float32(q[3])),
    )

"""Directions as a sensor shows them: turned by what calibration left, and noisy."""

from __future__ import annotations

import math

import numpy as np

from hil.devices.rounding import single
from hil.physics.compiled import compiled
from hil.physics.rotations import rotation_matrix, small_rotation
from hil.physics.vectors import FloatArray, Matrix, Vector, transform, unit


def drawn_turn(source: np.random.Generator, sigma_deg: float) -> Matrix:
    """Rows of a rotation matrix: a small turn, 1 sigma an axis, drawn from a generator."""
    x, y, z = math.radians(sigma_deg) * source.standard_normal(3)
    return rotation_matrix(small_rotation((float(x), float(y), float(z))))


@compiled
def shown_direction(
    turn: Matrix, direction: Vector, noise_rad: float, normals: FloatArray, i: int
) -> Vector:
    """Return a unit vector, single precision: turned, with noise (1 sigma) on each axis."""
    x, y, z = transform(turn, direction)
    return single(
        unit(
            (
                x + noise_rad * normals[i],
                y + noise_rad * normals[i + 1],
                z + noise_rad * normals[i + 2],
            )
        )
    )

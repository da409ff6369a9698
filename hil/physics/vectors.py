"""Three-vectors as tuples of floats: numba keeps them in registers, plain Python runs them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hil.physics.compiled import compiled

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]  # rows
FloatArray = NDArray[np.float64]


@compiled
def add(a: Vector, b: Vector) -> Vector:
    """Return a + b."""
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


@compiled
def subtract(a: Vector, b: Vector) -> Vector:
    """Return a - b."""
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


@compiled
def scale(s: float, a: Vector) -> Vector:
    """Return s a."""
    return (s * a[0], s * a[1], s * a[2])


@compiled
def add_scaled(a: Vector, s: float, b: Vector) -> Vector:
    """Return a + s b."""
    return (a[0] + s * b[0], a[1] + s * b[1], a[2] + s * b[2])


@compiled
def dot(a: Vector, b: Vector) -> float:
    """Return the inner product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@compiled
def cross(a: Vector, b: Vector) -> Vector:
    """Return the vector product a x b."""
    return (
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    )


@compiled
def norm(a: Vector) -> float:
    """Return the length."""
    return math.sqrt(dot(a, a))


@compiled
def unit(a: Vector) -> Vector:
    """Return the direction of a non-zero vector."""
    return scale(1.0 / norm(a), a)


@compiled
def transform(m: Matrix, a: Vector) -> Vector:
    """Return M a, for a matrix given as three rows."""
    return (dot(m[0], a), dot(m[1], a), dot(m[2], a))


@compiled
def transform_back(m: Matrix, a: Vector) -> Vector:
    """Return M^T a, for a matrix given as three rows."""
    return (
        m[0][0] * a[0] + m[1][0] * a[1] + m[2][0] * a[2],
        m[0][1] * a[0] + m[1][1] * a[1] + m[2][1] * a[2],
        m[0][2] * a[0] + m[1][2] * a[1] + m[2][2] * a[2],
    )


@compiled
def vector(a: FloatArray) -> Vector:
    """Return the first three elements of an array."""
    return (a[0], a[1], a[2])


@compiled
def matrix(a: FloatArray) -> Matrix:
    """Return a 3 x 3 array as three rows."""
    return (
        (a[0, 0], a[0, 1], a[0, 2]),
        (a[1, 0], a[1, 1], a[1, 2]),
        (a[2, 0], a[2, 1], a[2, 2]),
    )

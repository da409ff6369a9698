"""Noise by counting: each number follows from a seed and its place, never from those before it."""

from __future__ import annotations

import math

import numpy as np

from hil.physics.compiled import compiled, compiled_apart
from hil.scene.functions import log, sine_of_turns

# Finaliser of SplitMix64 (Steele, Lea and Flood 2014, figure 15, with Stafford's mix 13), and odd
# constants that spread the coordinates.
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_X, _Y, _Z = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xC2B2AE3D27D4EB4F),
    np.uint64(0x165667B19E3779F9),
)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 1.0 / 9007199254740992.0  # 2**-53


@compiled
def mixed(seed: int, x: int, y: int, z: int) -> np.uint64:
    """Return 64 bits of a seed and three whole numbers."""
    h = np.uint64(seed) + np.uint64(x) * _X + np.uint64(y) * _Y + np.uint64(z) * _Z
    h = (h ^ (h >> _30)) * _MIX_1
    h = (h ^ (h >> _27)) * _MIX_2
    return h ^ (h >> _31)


@compiled
def uniform(seed: int, x: int, y: int, z: int) -> float:
    """Return a number from 0 to 1, 1 excluded."""
    return float(mixed(seed, x, y, z) >> _11) * _UNIT


@compiled_apart
def normal(seed: int, x: int, y: int, z: int) -> float:
    """Return a standard normal number (Box and Muller 1958)."""
    first = 1.0 - uniform(seed, x, y, 2 * z)
    return math.sqrt(-2.0 * log(first)) * sine_of_turns(uniform(seed, x, y, 2 * z + 1))


@compiled_apart
def value_noise(seed: int, x: float, y: float) -> float:
    """Return noise from -1 to 1 that is smooth and changes over distances of 1."""
    column, row = math.floor(x), math.floor(y)
    i, j = int(column), int(row)
    u, v = x - column, y - row
    u, v = u * u * (3.0 - 2.0 * u), v * v * (3.0 - 2.0 * v)
    low = (1.0 - u) * uniform(seed, i, j, 0) + u * uniform(seed, i + 1, j, 0)
    high = (1.0 - u) * uniform(seed, i, j + 1, 0) + u * uniform(seed, i + 1, j + 1, 0)
    return 2.0 * ((1.0 - v) * low + v * high) - 1.0


@compiled_apart
def fractal(
    seed: int, x_m: float, y_m: float, size_m: float, octaves: int, pixel_m: float
) -> float:
    """Return noise about 0, up to 1, with ever finer parts of half the size and half the height.

    size_m: of the coarsest part. Parts finer than a pixel on the ground fade out.
    """
    total, height, each_m = 0.0, 0.5, size_m
    for octave in range(octaves):
        fade = min(1.0, each_m / pixel_m - 1.0)
        if fade <= 0.0:
            break
        total += fade * height * value_noise(seed + octave, x_m / each_m, y_m / each_m)
        height *= 0.5
        each_m *= 0.5
    return total

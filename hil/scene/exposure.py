"""From radiances to counts: motion during the exposure, blur, photons, electrons, converter."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hil.physics.compiled import compiled, compiled_apart
from hil.physics.records import Record, RecordArray
from hil.physics.vectors import FloatArray, Vector, add_scaled, cross, dot, matrix, vector
from hil.scene.functions import exp
from hil.scene.noise import normal, uniform

FILM = np.dtype(
    [
        ("columns", "i8"),
        ("rows", "i8"),
        ("margin", "i8"),  # pixels around the picture that are rendered too
        ("body_from_camera", "f8", (3, 3)),  # columns: right, down, forward
        ("pixel_tangent", "f8"),
        ("exposure_s", "f8"),
        ("blur_pixels", "f8"),
        ("electrons_per_radiance", "f8"),
        ("dark_electrons", "f8"),
        ("read_noise_electrons", "f8"),
        ("full_well_electrons", "f8"),
        ("electrons_per_count", "f8"),
        ("bias_counts", "f8"),
        ("counts_max", "f8"),
        ("response_sigma", "f8"),
        ("seed", "i8"),
    ],
    align=True,
)
_BLUR_REACH = 3
BLUR_WEIGHTS = 2 * _BLUR_REACH + 1
_PIECES_MOST = 24


@compiled
def _motion(
    ray: Vector, distance_m: float, rate_body: Vector, past_body_m_s: Vector, film: Record
) -> tuple[float, float]:
    """Return by how many pixels (columns, rows) what a ray meets moves during the exposure.

    past_body_m_s: velocity of the ground against the camera; what is not on the ground stands
    still among the stars.
    """
    turned = cross(rate_body, ray)
    moved = (-turned[0], -turned[1], -turned[2])
    if distance_m > 0.0:
        moved = add_scaled(moved, 1.0 / distance_m, past_body_m_s)
    axes = matrix(film.body_from_camera)
    right = (axes[0][0], axes[1][0], axes[2][0])
    down = (axes[0][1], axes[1][1], axes[2][1])
    forward = (axes[0][2], axes[1][2], axes[2][2])
    depth, receding = dot(ray, forward), dot(moved, forward)
    scale = film.exposure_s / (film.pixel_tangent * depth)
    columns = scale * (dot(moved, right) - dot(ray, right) / depth * receding)
    rows = scale * (dot(moved, down) - dot(ray, down) / depth * receding)
    return columns, rows


@compiled
def _between(image: FloatArray, row: float, column: float) -> float:
    """Return an image's value between four pixels; beyond its edge that of the edge."""
    row = max(0.0, min(image.shape[0] - 1.001, row))
    column = max(0.0, min(image.shape[1] - 1.001, column))
    i, j = int(row), int(column)
    u, v = column - j, row - i
    upper = (1.0 - u) * image[i, j] + u * image[i, j + 1]
    lower = (1.0 - u) * image[i + 1, j] + u * image[i + 1, j + 1]
    value: float = (1.0 - v) * upper + v * lower
    return value


@compiled_apart
def smear(
    radiance: FloatArray,
    distance_m: FloatArray,
    rays_body: FloatArray,
    rate_body: Vector,
    past_body_m_s: Vector,
    films: RecordArray,
    out: FloatArray,
) -> None:
    """Fill an image (rows, columns) with the mean of what passed each pixel in the exposure."""
    film, wide = films[0], radiance.shape[1]
    for i in range(radiance.shape[0]):
        for j in range(wide):
            at = i * wide + j
            ray = vector(rays_body[at])
            columns, rows = _motion(ray, distance_m[at], rate_body, past_body_m_s, film)
            length = math.sqrt(columns * columns + rows * rows)
            if length < 0.05:
                out[i, j] = radiance[i, j]
                continue
            pieces = min(_PIECES_MOST, 2 + int(2.0 * length))
            total = 0.0
            for k in range(pieces):
                part = (k + 0.5) / pieces - 0.5
                total += _between(radiance, i - part * rows, j - part * columns)
            out[i, j] = total / pieces


@compiled_apart
def blur(image: FloatArray, sigma: float, work: FloatArray, weights: FloatArray) -> None:
    """Blur an image in place by a normal distribution of sigma pixels each way.

    work: room for an image; weights: for BLUR_WEIGHTS numbers.
    """
    if sigma <= 0.0:
        return
    for k in range(-_BLUR_REACH, _BLUR_REACH + 1):
        weights[k + _BLUR_REACH] = exp(-0.5 * (k / sigma) ** 2)
    total = 0.0
    for k in range(weights.size):
        total += weights[k]
    rows, columns = image.shape
    for i in range(rows):
        for j in range(columns):
            value = 0.0
            for k in range(-_BLUR_REACH, _BLUR_REACH + 1):
                value += weights[k + _BLUR_REACH] * image[i, max(0, min(columns - 1, j + k))]
            work[i, j] = value / total
    for i in range(rows):
        for j in range(columns):
            value = 0.0
            for k in range(-_BLUR_REACH, _BLUR_REACH + 1):
                value += weights[k + _BLUR_REACH] * work[max(0, min(rows - 1, i + k)), j]
            image[i, j] = value / total


@compiled_apart
def _photons(mean: float, seed: int, frame: int, pixel: int) -> float:
    """Return how many electrons there are where so many are expected."""
    if mean > 40.0:
        return max(0.0, mean + math.sqrt(mean) * normal(seed, frame, pixel, 2))
    left = exp(mean) * uniform(seed, frame, pixel, 8)  # Poisson, by its sum (Knuth, 3.4.1)
    term, total, n = 1.0, 1.0, 0.0
    while total < left and n < 200.0:
        n += 1.0
        term *= mean / n
        total += term
    return n


@compiled_apart
def expose(
    radiance: FloatArray, frame: int, films: RecordArray, counts: NDArray[np.uint16]
) -> None:
    """Fill a picture (rows, columns) with counts, from radiances with a margin around it."""
    film = films[0]
    for i in range(film.rows):
        for j in range(film.columns):
            pixel = i * film.columns + j
            response = 1.0 + film.response_sigma * normal(film.seed, -1, pixel, 5)
            light = radiance[i + film.margin, j + film.margin] * film.electrons_per_radiance
            mean = response * light + film.dark_electrons
            electrons = min(_photons(mean, film.seed, frame, pixel), film.full_well_electrons)
            electrons += film.read_noise_electrons * normal(film.seed, frame, pixel, 3)
            value = electrons / film.electrons_per_count + film.bias_counts + 0.5
            counts[i, j] = int(max(0.0, min(film.counts_max, value)))

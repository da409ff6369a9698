"""What several actuators can do together: the body that their limits span.

n actuators, each between -1 and 1 times its own vector, reach every point of a zonotope, whose
faces stand across the vector products of two of the vectors (Markley, Reynolds, Liu and Lebsock,
Maximum Torque and Momentum Envelopes for Reaction-Wheel Arrays, Journal of Guidance, Control, and
Dynamics 33(5), 2010).
"""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np

from hil.physics.vectors import FloatArray

_FLAT = 1e-9


def guaranteed(vectors: FloatArray) -> float:
    """Return how far vectors (n, 3) reach together in whatever direction is asked for.

    0 where they do not span space.
    """
    walls = _walls(vectors)
    return min((distance for _, distance in walls), default=0.0)


def along(vectors: FloatArray, direction: FloatArray) -> float:
    """Return how far vectors (n, 3) reach together exactly along a unit vector (3,)."""
    walls = _walls(vectors)
    if not walls:
        return _along_one(vectors, direction)
    facing = ((abs(float(normal @ direction)), distance) for normal, distance in walls)
    return min(distance / cosine for cosine, distance in facing if cosine > _FLAT)


def _walls(vectors: FloatArray) -> list[tuple[FloatArray, float]]:
    """Return (normal, distance) of the faces; none where the vectors do not span space."""
    if len(vectors) < 3 or np.linalg.matrix_rank(vectors) < 3:
        return []
    found = []
    for i, j in combinations(range(len(vectors)), 2):
        normal = np.cross(vectors[i], vectors[j])
        size = float(np.linalg.norm(normal))
        if size > _FLAT * float(np.linalg.norm(vectors[i]) * np.linalg.norm(vectors[j])):
            normal = normal / size
            found.append((normal, float(np.abs(vectors @ normal).sum())))
    return found


def _along_one(vectors: FloatArray, direction: FloatArray) -> float:
    """Return the same for few vectors: those that lie along the direction count."""
    reach = 0.0
    for vector in vectors:
        size = float(np.linalg.norm(vector))
        if abs(float(vector @ direction)) > size * (1.0 - 1e-4):
            reach += size
    return reach


def slew_time_s(angle_rad: float, acceleration_rad_s2: float, rate_rad_s: float) -> float:
    """Return how long a turn from rest to rest takes at best; infinite without any acceleration.

    Full acceleration, coasting at the highest rate where that is reached, full braking (Wie, Space
    Vehicle Dynamics and Control, section 7.3).
    """
    if not (acceleration_rad_s2 > 0.0 and rate_rad_s > 0.0):
        return math.inf
    if rate_rad_s * rate_rad_s >= angle_rad * acceleration_rad_s2:
        return 2.0 * math.sqrt(angle_rad / acceleration_rad_s2)
    return angle_rad / rate_rad_s + rate_rad_s / acceleration_rad_s2

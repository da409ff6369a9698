"""The attitude view's drawing: arrows, the body's box, a camera, and labels that do not collide."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hil.dashboard.rows import FloatArray
from hil.dashboard.scene import NADIR, Scene
from hil.dashboard.theme import Theme

AZIMUTH_DEG, ELEVATION_DEG = -55.0, 18.0
"""Where the camera stands at first: to the right of the track, looking a little down."""

ECLIPSE = " (eclipse)"
BOX_HALF = np.array([0.2, 0.2, 0.3])  # a box of no particular spacecraft, long along z
_AROUND = 72

Rect = tuple[float, float, float, float]  # left, top, width, height


class Arrow(NamedTuple):
    """From the centre to a tip (3,) in the view frame; thick ones belong to the body."""

    text: str
    tip: FloatArray
    colour: str
    thick: bool = False


def arrows(scene: Scene, theme: Theme) -> list[Arrow]:
    """Return the arrows of a scene; their lengths differ, so that none hides another."""
    body = [
        Arrow(name, 0.75 * axis, colour, thick=True)
        for name, axis, colour in zip("xyz", scene.body_axes, theme.curves, strict=False)
    ]
    sun = Arrow("Sun" if scene.sunlit else "Sun" + ECLIPSE, 1.15 * scene.sun, theme.sun)
    sky = [Arrow("nadir", 1.15 * NADIR, theme.nadir), sun]
    if scene.field.any():  # the Moon has none
        sky.append(Arrow("field", 1.05 * scene.field, theme.field))
    goals = [Arrow(name, 0.97 * at, theme.target) for name, at in scene.targets.items()]
    return [*body, *sky, *goals]


def box_corners(body_axes: FloatArray) -> FloatArray:
    """Return the corners (8, 3) of the body's box in the view frame."""
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    return np.asarray((signs * BOX_HALF) @ body_axes)


BOX_EDGES = np.array(
    [(0, 1), (2, 3), (4, 5), (6, 7), (0, 2), (1, 3), (4, 6), (5, 7), (0, 4), (1, 5), (2, 6), (3, 7)]
)
BOX_FACES = np.array(
    [(0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1),
     (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4), (1, 5, 7), (1, 7, 3)]
)  # fmt: skip


def horizon() -> FloatArray:
    """Return a closed circle (n, 3) in the local horizontal plane."""
    angle = np.linspace(0.0, 2.0 * math.pi, _AROUND + 1)
    return np.stack([np.cos(angle), np.sin(angle), np.zeros(_AROUND + 1)], axis=1)


def camera(azimuth_deg: float, elevation_deg: float) -> FloatArray:
    """Return (3, 3): rows are the right, the up and the near direction of a far camera."""
    a, e = math.radians(azimuth_deg), math.radians(elevation_deg)
    near = np.array([math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)])
    right = np.array([-math.sin(a), math.cos(a), 0.0])
    return np.stack([right, np.cross(near, right), near])


def spread(rects: Sequence[Rect], height: float) -> list[Rect]:
    """Return rectangles moved down, as little as it takes, until none covers another.

    height: of the picture; what would leave it at the bottom goes up instead.
    """
    placed: list[Rect] = []
    for i in sorted(range(len(rects)), key=lambda i: rects[i][1]):
        left, top, wide, high = rects[i]
        while hit := next((r for r in placed if _overlap((left, top, wide, high), r)), None):
            top = hit[1] + hit[3] + 0.5
        placed.append((left, top, wide, high))
    order = sorted(range(len(rects)), key=lambda i: rects[i][1])
    over = max((r[1] + r[3] for r in placed), default=0.0) - height
    if over > 0.0:
        placed = [(r[0], r[1] - over, r[2], r[3]) for r in placed]
    return [rect for _, rect in sorted(zip(order, placed, strict=True))]


def _overlap(a: Rect, b: Rect) -> bool:
    apart_across = a[0] + a[2] <= b[0] or b[0] + b[2] <= a[0]
    return not (apart_across or a[1] + a[3] <= b[1] or b[1] + b[3] <= a[1])

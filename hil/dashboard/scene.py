"""The attitude as directions in space, seen from where the orbit is easy to grasp.

Directions are given in the view frame: x along the track, y along the orbit's normal, z up, that
is LVLH turned by half a turn about x.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hil.dashboard.rows import FloatArray, Rows
from hil.physics.rotations import apply, conjugate, multiply, q_eci_from_lvlh
from hil.pointing import DIRECTIONS, Ground, direction_eci, q_eci_from_target
from hil.requirements import PointingRequirement

NADIR = np.array([0.0, 0.0, -1.0])
_LVLH_FROM_VIEW = np.array([1.0, 0.0, 0.0, 0.0])  # half a turn about x; its own inverse
_NEEDS = (
    "truth_q_eci_from_body", "truth_position_eci_m", "truth_velocity_eci_m_s", "truth_sun_eci",
    "truth_field_eci_T",
)  # fmt: skip
WIDTH = 19
_SEEN = 5e-3  # of a unit vector: half a pixel


class Scene(NamedTuple):
    """Unit vectors (3,) in the view frame; body_axes (3, 3) holds x, y and z as rows."""

    body_axes: FloatArray
    sun: FloatArray
    target: FloatArray
    field: FloatArray
    sunlit: bool


class SceneCurves:
    """Makes scenes of rows, as numbers that a history can hold."""

    def __init__(self, goal: PointingRequirement | None, ground: Ground | None) -> None:
        self._goal = goal if goal is not None and goal.target is not None else None
        self._ground = ground

    def compute(self, rows: Rows) -> FloatArray:
        """Return (n, WIDTH): body axes, Sun, target (NaN without one), field, sunlit."""
        q_eci_from_lvlh_ = q_eci_from_lvlh(
            rows["truth_position_eci_m"], rows["truth_velocity_eci_m_s"]
        )
        q_view_from_eci = conjugate(multiply(q_eci_from_lvlh_, _LVLH_FROM_VIEW))
        q_view_from_body = multiply(q_view_from_eci, rows["truth_q_eci_from_body"])
        axes = apply(q_view_from_body[:, None], np.eye(3)).reshape(-1, 9)
        sky_eci = np.stack([rows["truth_sun_eci"], rows["truth_field_eci_T"]], axis=1)
        sky = apply(q_view_from_eci[:, None], sky_eci)
        sun, field = sky[:, 0], sky[:, 1]
        target = self._target(rows, q_view_from_eci)
        sunlit = rows["truth_sunlit"] if "truth_sunlit" in rows else np.ones(len(rows))
        return np.concatenate(
            [axes, _unit(sun), target, _unit(field), np.asarray(sunlit)[:, None]], axis=1
        )

    def _target(self, rows: Rows, q_view_from_eci: FloatArray) -> FloatArray:
        goal = self._goal
        if goal is None or goal.target is None:
            return np.full((len(rows), 3), np.nan)
        if goal.target in DIRECTIONS:
            direction = direction_eci(rows, goal.target, self._ground, goal.ground)
            return apply(q_view_from_eci, direction)
        q_eci = q_eci_from_target(rows, goal.target, goal.q_eci_from_target)
        return apply(multiply(q_view_from_eci, q_eci), np.array(goal.boresight_body))


def has_columns(sizes: dict[str, int]) -> bool:
    """Return whether a recording holds what a scene takes."""
    return all(name in sizes for name in _NEEDS)


def scene_of(numbers: FloatArray) -> Scene:
    """Return the scene that SceneCurves.compute made one row (WIDTH,) of."""
    parts = np.asarray(numbers, dtype=float)
    axes, rest = parts[:9].reshape(3, 3), parts[9:18].reshape(3, 3)
    return Scene(axes, rest[0], rest[1], rest[2], bool(parts[18] > 0.5))


def differs(a: Scene, b: Scene) -> bool:
    """Return whether a person could see the difference between two scenes."""
    apart = [np.nan_to_num(x) - np.nan_to_num(y) for x, y in zip(a[:4], b[:4], strict=True)]
    return a.sunlit != b.sunlit or any(np.abs(each).max() > _SEEN for each in apart)


def _unit(vectors: FloatArray) -> FloatArray:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(length > 0.0, length, 1.0)

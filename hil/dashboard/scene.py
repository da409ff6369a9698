"""The attitude as directions in space, seen from where the orbit is easy to grasp.

Directions are given in the view frame: x along the track, y along the orbit's normal, z up, that
is LVLH turned by half a turn about x.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from hil.dashboard.rows import FloatArray, Rows
from hil.judge.pointing import DIRECTIONS, Ground, direction_eci, q_eci_from_target
from hil.judge.requirements import PointingRequirement
from hil.physics.rotations import apply, conjugate, multiply, q_eci_from_lvlh

NADIR = np.array([0.0, 0.0, -1.0])
_LVLH_FROM_VIEW = np.array([1.0, 0.0, 0.0, 0.0])  # half a turn about x; its own inverse
_NEEDS = (
    "truth_q_eci_from_body", "truth_position_eci_m", "truth_velocity_eci_m_s", "truth_sun_eci",
    "truth_field_eci_T",
)  # fmt: skip
_PLACES = {"nadir": "nadir (target)", "eci": "fixed attitude", "sun": "Sun (target)"}
_SEEN = 5e-3  # of a unit vector: half a pixel
_FIXED = 16  # numbers of a scene before those of its targets


class Scene(NamedTuple):
    """Unit vectors (3,) in the view frame; body_axes (3, 3) holds x, y and z as rows.

    targets: name -> where the boresight should look.
    """

    body_axes: FloatArray
    sun: FloatArray
    field: FloatArray
    sunlit: bool
    targets: dict[str, FloatArray]


class SceneCurves:
    """Makes scenes of rows, as numbers that a history can hold.

    targets: name -> what is required of pointing there. width: of the numbers.
    """

    def __init__(self, targets: dict[str, PointingRequirement], ground: Ground | None) -> None:
        self._targets = targets
        self._ground = ground
        self.width = _FIXED + 3 * len(targets)

    def compute(self, rows: Rows) -> FloatArray:
        """Return (n, width): body axes, Sun, field, sunlit, targets."""
        q_eci_from_lvlh_ = q_eci_from_lvlh(
            rows["truth_position_eci_m"], rows["truth_velocity_eci_m_s"]
        )
        q_view_from_eci = conjugate(multiply(q_eci_from_lvlh_, _LVLH_FROM_VIEW))
        q_view_from_body = multiply(q_view_from_eci, rows["truth_q_eci_from_body"])
        axes = apply(q_view_from_body[:, None], np.eye(3)).reshape(-1, 9)
        sky_eci = np.stack([rows["truth_sun_eci"], rows["truth_field_eci_T"]], axis=1)
        sky = _unit(apply(q_view_from_eci[:, None], sky_eci)).reshape(-1, 6)
        sunlit = rows["truth_sunlit"] if "truth_sunlit" in rows else np.ones(len(rows))
        targets = [self._target(goal, rows, q_view_from_eci) for goal in self._targets.values()]
        return np.concatenate([axes, sky, sunlit[:, None], *targets], axis=1)

    def scene(self, numbers: FloatArray) -> Scene:
        """Return the scene that ``compute`` made one row (width,) of."""
        axes, sun, field = numbers[:9].reshape(3, 3), numbers[9:12], numbers[12:15]
        targets = numbers[_FIXED:].reshape(-1, 3)
        named = dict(zip(self._targets, targets, strict=True))
        return Scene(axes, sun, field, bool(numbers[15] > 0.5), named)

    def _target(
        self, goal: PointingRequirement, rows: Rows, q_view_from_eci: FloatArray
    ) -> FloatArray:
        assert goal.target is not None
        if goal.target in DIRECTIONS:
            direction = direction_eci(rows, goal.target, self._ground, goal.ground)
            return apply(q_view_from_eci, direction)
        q_eci = q_eci_from_target(rows, goal.target, goal.q_eci_from_target)
        return apply(multiply(q_view_from_eci, q_eci), np.array(goal.boresight_body))


def targets_of(kinds: Iterable[PointingRequirement]) -> dict[str, PointingRequirement]:
    """Return one requirement for each target among some; a lone one is called just "target"."""
    named: dict[str, PointingRequirement] = {}
    for kind in kinds:
        if kind.target is not None:
            named.setdefault(kind.ground or _PLACES.get(kind.target, kind.target), kind)
    if len(named) == 1:
        return {"target": next(iter(named.values()))}
    return named


def has_columns(sizes: dict[str, int]) -> bool:
    """Return whether a recording holds what a scene takes."""
    return all(name in sizes for name in _NEEDS)


def differs(a: Scene, b: Scene) -> bool:
    """Return whether a person could see the difference between two scenes."""
    if a.sunlit != b.sunlit:
        return True
    pairs = zip((*a[:3], *a.targets.values()), (*b[:3], *b.targets.values()), strict=True)
    return any(np.abs(x - y).max() > _SEEN for x, y in pairs)


def _unit(vectors: FloatArray) -> FloatArray:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(length > 0.0, length, 1.0)

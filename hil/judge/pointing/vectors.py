"""Error vectors: from where the body should look to where it looks, in radians."""

from __future__ import annotations

from typing import Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hil.errors import PointingError
from hil.physics.ground import Ground
from hil.physics.rotations import (
    angle_between,
    apply,
    conjugate,
    cross,
    lengths,
    multiply,
    q_eci_from_lvlh,
    rotation_vector,
)

Axis = Literal["boresight", "attitude", "x", "y", "z"]
Target = Literal["nadir", "eci", "sun", "ground", "object"]
DIRECTIONS = ("sun", "ground", "object")  # targets that leave the turn about the boresight free
_NORM_TOLERANCE = 1e-3  # single precision keeps a unit quaternion's norm to 1e-6

FloatArray = NDArray[np.float64]


class Columns(Protocol):
    """Steps of a run by column name, as of a recording or of a part of one."""

    def __getitem__(self, column: str, /) -> FloatArray:
        """A column: (n,) for a scalar, (n, size) for a vector."""


def rotations(q: ArrayLike) -> FloatArray:
    """Return quaternions (..., 4) as they are, and NaN for those that are no rotation.

    A rotation has norm 1, within a thousandth. The zero quaternion, taken for one, has no error
    against anything.
    """
    given = np.asarray(q, dtype=float)
    norm = lengths(given)
    return np.where(np.abs(norm - 1.0) <= _NORM_TOLERANCE, given, np.nan)


def attitude_error(q_eci_from_body: ArrayLike, q_eci_from_target: ArrayLike) -> FloatArray:
    """Return rotation vectors (n, 3) in rad from target to body, the same in both frames.

    NaN where one of the two is not a rotation, as in all functions here.
    """
    return rotation_vector(_between(q_eci_from_target, q_eci_from_body))


def direction_error(
    q_eci_from_body: ArrayLike, q_eci_from_target: ArrayLike, direction_body: ArrayLike
) -> FloatArray:
    """Return the shortest turns (n, 3) in rad, target frame, from where a direction should be.

    direction_body: fixed in the body (3,), say a camera's boresight; a turn about it is no error.
    """
    wanted = np.asarray(direction_body, dtype=float)
    actual = apply(_between(q_eci_from_target, q_eci_from_body), wanted)
    return _turn(wanted, actual, fixed=wanted)


def boresight_error(
    q_eci_from_body: ArrayLike, wanted_eci: ArrayLike, boresight_body: ArrayLike
) -> FloatArray:
    """Return the shortest turns (n, 3) in rad, body frame, from a wanted direction to a boresight.

    wanted_eci: unit vectors (n, 3) to what the boresight should look at.
    """
    actual = np.asarray(boresight_body, dtype=float)
    return _turn(apply(conjugate(rotations(q_eci_from_body)), wanted_eci), actual, fixed=actual)


def _between(q_eci_from_target: ArrayLike, q_eci_from_body: ArrayLike) -> FloatArray:
    """Return q_target_from_body (n, 4)."""
    return multiply(conjugate(rotations(q_eci_from_target)), rotations(q_eci_from_body))


def _turn(start: FloatArray, end: FloatArray, fixed: FloatArray) -> FloatArray:
    """Return the shortest turns (n, 3) between directions of which one is the same for all."""
    axis = cross(start, end)
    length = lengths(axis)
    # No turn, or half of one, has no axis of its own: any across the direction will do.
    across = np.cross(fixed, np.eye(3)[np.argmin(np.abs(fixed))])
    axis = np.where(length > 0.0, axis, across)
    unit = axis / lengths(axis)
    return np.asarray(angle_between(start, end)[..., None] * unit)


def q_eci_from_target(
    columns: Columns, target: Target, q_eci_from_fixed: ArrayLike | None = None
) -> FloatArray:
    """Return the attitude (n, 4) or (4,) that the body should have: LVLH or a fixed quaternion.

    Both come from truth, not from what the firmware believes its target to be.
    """
    if target in DIRECTIONS:
        raise PointingError(f'target "{target}" is a direction: only a boresight can be held to it')
    if target == "nadir":
        return q_eci_from_lvlh(columns["truth_position_eci_m"], columns["truth_velocity_eci_m_s"])
    if q_eci_from_fixed is None:
        raise PointingError('target "eci" needs the quaternion q_eci_from_target')
    q = np.asarray(q_eci_from_fixed, dtype=float)
    norm = np.linalg.norm(q)
    if not norm > 0.0:
        raise PointingError(f"q_eci_from_target = {q.tolist()} is no attitude")
    return np.asarray(q / norm)


def direction_eci(
    columns: Columns, target: Target, ground: Ground | None = None, name: str | None = None
) -> FloatArray:
    """Return unit vectors (n, 3) from the spacecraft to the Sun or to a place on the ground.

    Both come from truth: the place from its rig and the Earth's turn, where it is or, for an
    apparent target, where its light comes from.
    """
    if target == "sun":
        return np.asarray(columns["truth_sun_eci"])
    if target not in ("ground", "object") or ground is None or name not in ground.targets:
        raise PointingError(f'target "{target}" has no direction: there is no place called {name}')
    apparent = ground.targets[name].apparent
    velocity = columns["truth_velocity_eci_m_s"] if apparent else None
    place = columns["truth_position_eci_m"]
    return ground.direction_eci(name, columns["time_s"], place, velocity)


def error_vectors(
    q_eci_from_body: ArrayLike,
    q_eci_from_target: ArrayLike,
    axis: Axis,
    boresight_body: ArrayLike = (0.0, 0.0, 1.0),
) -> FloatArray:
    """Return the error (n, 3), or (n, 1) about one body axis, in radians.

    axis: "boresight" takes the angle between directions, "attitude" the whole rotation, "x", "y"
    and "z" the rotation vector's part about that body axis.
    """
    if axis == "boresight":
        return direction_error(q_eci_from_body, q_eci_from_target, boresight_body)
    error = attitude_error(q_eci_from_body, q_eci_from_target)
    return error if axis == "attitude" else error[..., "xyz".index(axis), None]

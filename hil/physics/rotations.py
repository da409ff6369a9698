"""Every rotation of the project: quaternions ``q_a_from_b``, scalar last, v_a = R(q_a_from_b) v_b.

The first half works on tuples of floats inside compiled code, the second on numpy arrays of any
leading shape. Same convention as ``scipy.spatial.transform.Rotation``:
``from_quat(q_a_from_b).apply(v_b)`` is v_a, and ``q_a_from_c = q_a_from_b * q_b_from_c``.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from hil.physics.compiled import compiled
from hil.physics.vectors import FloatArray, Matrix, Vector

Quaternion = tuple[float, float, float, float]


@compiled
def normalized(q: Quaternion) -> Quaternion:
    """Return q at unit length."""
    s = 1.0 / math.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3])
    return (s * q[0], s * q[1], s * q[2], s * q[3])


@compiled
def product(p: Quaternion, q: Quaternion) -> Quaternion:
    """Return the Hamilton product: p_a_from_b, q_b_from_c -> a_from_c."""
    return (
        p[3] * q[0] + p[0] * q[3] + p[1] * q[2] - p[2] * q[1],
        p[3] * q[1] - p[0] * q[2] + p[1] * q[3] + p[2] * q[0],
        p[3] * q[2] + p[0] * q[1] - p[1] * q[0] + p[2] * q[3],
        p[3] * q[3] - p[0] * q[0] - p[1] * q[1] - p[2] * q[2],
    )


@compiled
def rotation_matrix(q: Quaternion) -> Matrix:
    """Return the rows of R(q_a_from_b), which takes components in b to components in a."""
    x, y, z, w = q
    return (
        (w * w + x * x - y * y - z * z, 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)),
        (2.0 * (x * y + w * z), w * w - x * x + y * y - z * z, 2.0 * (y * z - w * x)),
        (2.0 * (x * z - w * y), 2.0 * (y * z + w * x), w * w - x * x - y * y + z * z),
    )


@compiled
def kinematics(q: Quaternion, rate_b: Vector) -> Quaternion:
    """Return dq/dt of q_a_from_b for the rate of b relative to a, in b: 1/2 q * (rate, 0)."""
    x, y, z, w = q
    a, b, c = rate_b
    return (
        0.5 * (w * a + y * c - z * b),
        0.5 * (w * b + z * a - x * c),
        0.5 * (w * c + x * b - y * a),
        0.5 * (-x * a - y * b - z * c),
    )


@compiled
def small_rotation(rotation_vector_rad: Vector) -> Quaternion:
    """Return the quaternion of a rotation vector, by its exact half-angle formula."""
    x, y, z = rotation_vector_rad
    half = 0.5 * math.sqrt(x * x + y * y + z * z)
    s = 0.5 if half < 1e-9 else 0.5 * math.sin(half) / half
    return (s * x, s * y, s * z, math.cos(half))


@compiled
def quaternion(m: Matrix) -> Quaternion:
    """Return q_a_from_b of a rotation matrix R_a_from_b (three rows), by its largest component.

    Markley & Crassidis, Fundamentals of Spacecraft Attitude Determination and Control, section
    2.9.3; the sign is that which makes the component found first positive.
    """
    trace = m[0][0] + m[1][1] + m[2][2]
    if trace >= max(m[0][0], max(m[1][1], m[2][2])):
        q = (m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1], 1.0 + trace)
    elif m[0][0] >= max(m[1][1], m[2][2]):
        top = 1.0 + 2.0 * m[0][0] - trace
        q = (top, m[0][1] + m[1][0], m[0][2] + m[2][0], m[2][1] - m[1][2])
    elif m[1][1] >= m[2][2]:
        top = 1.0 + 2.0 * m[1][1] - trace
        q = (m[0][1] + m[1][0], top, m[1][2] + m[2][1], m[0][2] - m[2][0])
    else:
        top = 1.0 + 2.0 * m[2][2] - trace
        q = (m[0][2] + m[2][0], m[1][2] + m[2][1], top, m[1][0] - m[0][1])
    return normalized(q)


# ---- numpy: leading axes are free, the last one holds the components -----------------------------


def lengths(v: ArrayLike) -> FloatArray:
    """Length (..., 1) of vectors (..., n), several times as fast as numpy's norm, the same bits."""
    parts = np.moveaxis(np.asarray(v, dtype=float), -1, 0)
    total = parts[0] * parts[0]
    for part in parts[1:]:
        total = total + part * part
    return np.asarray(np.sqrt(total))[..., None]


def cross(a: ArrayLike, b: ArrayLike) -> FloatArray:
    """Cross product of vectors (..., 3), faster than numpy's for many, the same bits."""
    ax, ay, az = np.moveaxis(np.asarray(a, dtype=float), -1, 0)
    bx, by, bz = np.moveaxis(np.asarray(b, dtype=float), -1, 0)
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], axis=-1)


def dot(a: ArrayLike, b: ArrayLike) -> FloatArray:
    """Scalar product (...) of vectors (..., 3)."""
    ax, ay, az = np.moveaxis(np.asarray(a, dtype=float), -1, 0)
    bx, by, bz = np.moveaxis(np.asarray(b, dtype=float), -1, 0)
    return np.asarray(ax * bx + ay * by + az * bz)


def multiply(p: ArrayLike, q: ArrayLike) -> FloatArray:
    """Hamilton product of quaternions (..., 4): p_a_from_b, q_b_from_c -> a_from_c."""
    px, py, pz, pw = np.moveaxis(np.asarray(p, dtype=float), -1, 0)
    qx, qy, qz, qw = np.moveaxis(np.asarray(q, dtype=float), -1, 0)
    return np.stack(
        [
            pw * qx + px * qw + py * qz - pz * qy,
            pw * qy - px * qz + py * qw + pz * qx,
            pw * qz + px * qy - py * qx + pz * qw,
            pw * qw - px * qx - py * qy - pz * qz,
        ],
        axis=-1,
    )


def conjugate(q: ArrayLike) -> FloatArray:
    """Inverse rotation of unit quaternions (..., 4): a_from_b -> b_from_a."""
    return np.asarray(np.asarray(q, dtype=float) * np.array([-1.0, -1.0, -1.0, 1.0]))


def apply(q: ArrayLike, v: ArrayLike) -> FloatArray:
    """Rotate vectors (..., 3) by unit quaternions (..., 4): q_a_from_b, v_b -> v_a."""
    q, v = np.asarray(q, dtype=float), np.asarray(v, dtype=float)
    axis, w = q[..., :3], q[..., 3:]
    twice = 2.0 * cross(axis, v)
    return np.asarray(v + w * twice + cross(axis, twice))


def rotation_vector(q: ArrayLike) -> FloatArray:
    """Shortest rotation vector (..., 3) in radians of unit quaternions (..., 4)."""
    q = np.asarray(q, dtype=float)
    q = np.where(q[..., 3:] < 0.0, -q, q)
    sine = lengths(q[..., :3])
    half_angle = np.arctan2(sine, q[..., 3:])
    safe_sine = np.where(sine > 0.0, sine, 1.0)
    return np.asarray(np.where(sine > 0.0, 2.0 * half_angle / safe_sine, 2.0) * q[..., :3])


def angle(q: ArrayLike) -> FloatArray:
    """Angle in radians, 0 to pi, by which unit quaternions (..., 4) rotate."""
    q = np.asarray(q, dtype=float)
    return np.asarray(2.0 * np.arctan2(np.linalg.norm(q[..., :3], axis=-1), np.abs(q[..., 3])))


def angle_between(a: ArrayLike, b: ArrayLike) -> FloatArray:
    """Angle in radians between vectors (..., 3) of any length, exact for small angles too."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.asarray(np.arctan2(lengths(cross(a, b))[..., 0], dot(a, b)))


def from_rotation_vector(rotation_vector_rad: ArrayLike) -> FloatArray:
    """Unit quaternions (..., 4) of rotation vectors (..., 3) in radians."""
    turn = np.asarray(rotation_vector_rad, dtype=float)
    half = 0.5 * lengths(turn)
    return np.concatenate([0.5 * np.sinc(half / np.pi) * turn, np.cos(half)], axis=-1)


def from_matrix(m: ArrayLike) -> FloatArray:
    """Unit quaternions (..., 4) of rotation matrices R_a_from_b (..., 3, 3), scalar part >= 0.

    Source: Markley & Crassidis, Fundamentals of Spacecraft Attitude Determination and Control,
    section 2.9.3.
    """
    (a, b, c), (d, e, f), (g, h, i) = np.moveaxis(np.asarray(m, dtype=float), (-2, -1), (0, 1))
    trace = a + e + i
    x, y, z, w = *(1.0 + 2.0 * each - trace for each in (a, e, i)), 1.0 + trace
    four_qq = (  # 4 q q^T: its largest row is best conditioned
        (x, b + d, c + g, h - f),
        (d + b, y, f + h, c - g),
        (g + c, h + f, z, d - b),
        (h - f, c - g, d - b, w),
    )
    best = np.argmax(np.stack([x, y, z, w]), axis=0)
    q = np.stack([np.choose(best, column) for column in zip(*four_qq, strict=True)], axis=-1)
    q = q / lengths(q)
    return np.asarray(np.where(q[..., 3:] < 0.0, -q, q))


def q_eci_from_lvlh(position_eci_m: ArrayLike, velocity_eci_m_s: ArrayLike) -> FloatArray:
    """Quaternions (..., 4) at positions and velocities (..., 3) relative to the central body.

    LVLH: z to the nadir, y against the orbit's angular momentum, x along-track.
    """
    r = np.asarray(position_eci_m, dtype=float)
    z = -r / lengths(r)
    y = -cross(r, velocity_eci_m_s)
    y /= lengths(y)
    return from_matrix(np.stack([cross(y, z), y, z], axis=-1))

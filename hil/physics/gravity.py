"""Gravity: what it does to the orbit and how it twists the body."""

from __future__ import annotations

import math

from hil.physics.compiled import compiled
from hil.physics.records import Record
from hil.physics.vectors import (
    Matrix,
    Vector,
    add_scaled,
    cross,
    dot,
    scale,
    transform,
)


@compiled
def gravity(position_m: Vector, pole: Vector, world: Record) -> Vector:
    """Return the acceleration in m/s^2 of a planet with zonals J2..J6 about its pole.

    Vallado, Fundamentals of Astrodynamics, section 8.6, written with derivatives of Legendre
    polynomials: a = mu/r^2 (-r + sum J_n (R/r)^n (P'_n+1(s) r - P'_n(s) pole)), with s the sine of
    the latitude.
    """
    r2 = dot(position_m, position_m)
    inverse_r = 1.0 / math.sqrt(r2)
    up = scale(inverse_r, position_m)
    s = dot(up, pole)
    s2 = s * s
    ratio = world.radius_m * inverse_r
    j2 = world.zonals[0] * ratio * ratio
    j3 = world.zonals[1] * ratio * ratio * ratio
    j4 = world.zonals[2] * ratio * ratio * ratio * ratio
    j5 = world.zonals[3] * ratio * ratio * ratio * ratio * ratio
    j6 = world.zonals[4] * ratio * ratio * ratio * ratio * ratio * ratio
    d2 = 3.0 * s  # derivatives of the Legendre polynomials of degree 2 to 7
    d3 = 1.5 * (5.0 * s2 - 1.0)
    d4 = 2.5 * s * (7.0 * s2 - 3.0)
    d5 = 1.875 * (s2 * (21.0 * s2 - 14.0) + 1.0)
    d6 = 2.625 * s * (s2 * (33.0 * s2 - 30.0) + 5.0)
    d7 = 0.4375 * (s2 * (s2 * (429.0 * s2 - 495.0) + 135.0) - 5.0)
    radial = j2 * d3 + j3 * d4 + j4 * d5 + j5 * d6 + j6 * d7 - 1.0
    polar = j2 * d2 + j3 * d3 + j4 * d4 + j5 * d5 + j6 * d6
    pull = world.mu_m3_s2 * inverse_r * inverse_r
    return add_scaled(scale(pull * radial, up), -pull * polar, pole)


@compiled
def gravity_gradient_torque(position_body_m: Vector, inertia: Matrix, mu_m3_s2: float) -> Vector:
    """Return 3 mu/r^3 (r x I r) with r the direction to the planet's centre, all in the body frame.

    Markley & Crassidis, Fundamentals of Spacecraft Attitude Determination and Control, eq. 3.155.
    """
    r2 = dot(position_body_m, position_body_m)
    factor = 3.0 * mu_m3_s2 / (r2 * r2 * math.sqrt(r2))
    return scale(factor, cross(position_body_m, transform(inertia, position_body_m)))

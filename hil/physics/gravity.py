"""Gravity: what it does to the orbit and how it twists the body."""

from __future__ import annotations

import math

from hil.physics.compiled import compiled
from hil.physics.records import Record
from hil.physics.vectors import (
    Matrix,
    Vector,
    add,
    add_scaled,
    cross,
    dot,
    scale,
    subtract,
    transform,
)


@compiled
def gravity(position_m: Vector, fixed_from_eci: Matrix, planet: Record) -> Vector:
    """Return the acceleration in m/s^2, ECI, of a planet with zonals J2..J6, C22 and S22."""
    pull = zonal_gravity(position_m, fixed_from_eci[2], planet)
    if planet.c22 != 0.0 or planet.s22 != 0.0:
        pull = add(pull, equator_gravity(position_m, fixed_from_eci, planet))
    return pull


@compiled
def zonal_gravity(position_m: Vector, pole: Vector, planet: Record) -> Vector:
    """Return the acceleration in m/s^2 of a point mass and the zonals J2..J6 about a pole.

    Vallado, Fundamentals of Astrodynamics, section 8.6, with derivatives of Legendre polynomials:
    a = mu/r^2 (-r + sum J_n (R/r)^n (P'_n+1(s) r - P'_n(s) pole)), with s the sine of the latitude.
    """
    r2 = dot(position_m, position_m)
    inverse_r = 1.0 / math.sqrt(r2)
    up = scale(inverse_r, position_m)
    s = dot(up, pole)
    s2 = s * s
    ratio = planet.radius_m * inverse_r
    power = ratio * ratio
    j2 = planet.zonals[0] * power
    power *= ratio
    j3 = planet.zonals[1] * power
    power *= ratio
    j4 = planet.zonals[2] * power
    power *= ratio
    j5 = planet.zonals[3] * power
    power *= ratio
    j6 = planet.zonals[4] * power
    d2 = 3.0 * s  # derivatives of the Legendre polynomials of degree 2 to 7
    d3 = 1.5 * (5.0 * s2 - 1.0)
    d4 = 2.5 * s * (7.0 * s2 - 3.0)
    d5 = 1.875 * (s2 * (21.0 * s2 - 14.0) + 1.0)
    d6 = 2.625 * s * (s2 * (33.0 * s2 - 30.0) + 5.0)
    d7 = 0.4375 * (s2 * (s2 * (429.0 * s2 - 495.0) + 135.0) - 5.0)
    radial = j2 * d3 + j3 * d4 + j4 * d5 + j5 * d6 + j6 * d7 - 1.0
    polar = j2 * d2 + j3 * d3 + j4 * d4 + j5 * d5 + j6 * d6
    pull = planet.mu_m3_s2 * inverse_r * inverse_r
    return add_scaled(scale(pull * radial, up), -pull * polar, pole)


@compiled
def equator_gravity(position_m: Vector, fixed_from_eci: Matrix, planet: Record) -> Vector:
    """Return the acceleration in m/s^2 of C22 and S22, the ellipticity of the equator.

    Gradient of 3 mu R^2 / r^5 (C22 (x^2 - y^2) + 2 S22 x y) (Vallado, eq. 8-19, degree 2).
    """
    axis_x, axis_y = fixed_from_eci[0], fixed_from_eci[1]
    x, y = dot(position_m, axis_x), dot(position_m, axis_y)
    r2 = dot(position_m, position_m)
    c, s = planet.c22, planet.s22
    factor = 3.0 * planet.mu_m3_s2 * planet.radius_m * planet.radius_m / (r2 * r2 * math.sqrt(r2))
    shape = c * (x * x - y * y) + 2.0 * s * x * y
    along_x = scale(2.0 * factor * (c * x + s * y), axis_x)
    along_y = scale(2.0 * factor * (s * x - c * y), axis_y)
    return add_scaled(add(along_x, along_y), -5.0 * factor * shape / r2, position_m)


@compiled
def tide(position_m: Vector, body_m: Vector, mu_m3_s2: float) -> Vector:
    """Return the acceleration in m/s^2 by a third body relative to the central body's own.

    Vallado, Fundamentals of Astrodynamics, eq. 8-34; both positions from the central body.
    """
    apart = subtract(body_m, position_m)
    d2, s2 = dot(apart, apart), dot(body_m, body_m)
    direct = mu_m3_s2 / (d2 * math.sqrt(d2))
    return add_scaled(scale(direct, apart), -mu_m3_s2 / (s2 * math.sqrt(s2)), body_m)


@compiled
def gravity_gradient_torque(position_body_m: Vector, inertia: Matrix, mu_m3_s2: float) -> Vector:
    """Return 3 mu/r^3 (r x I r) with r the direction to the planet's centre, all in the body frame.

    Markley & Crassidis, Fundamentals of Spacecraft Attitude Determination and Control, eq. 3.155.
    """
    r2 = dot(position_body_m, position_body_m)
    factor = 3.0 * mu_m3_s2 / (r2 * r2 * math.sqrt(r2))
    return scale(factor, cross(position_body_m, transform(inertia, position_body_m)))

"""Sunlight that the planet throws on a small plate in orbit."""

from __future__ import annotations

import math

from hil.physics.compiled import compiled
from hil.physics.vectors import Vector, dot, scale


@compiled
def view_factor(tilt_cos: float, distance: float) -> float:
    """Return the part of what leaves a plate in all directions that meets a sphere, 0 to 1.

    tilt_cos: cosine of the angle from the plate's normal to the sphere's centre; distance: to that
    centre in radii of the sphere, above 1. Howell, A Catalog of Radiation Heat Transfer
    Configuration Factors, planar element to sphere.
    """
    horizon = math.sqrt(distance * distance - 1.0)
    if distance * tilt_cos >= 1.0:  # the plate's plane passes above the sphere
        return tilt_cos / (distance * distance)
    if distance * tilt_cos <= -1.0:
        return 0.0
    tilt_sin = math.sqrt(1.0 - tilt_cos * tilt_cos)
    cut = math.sqrt(max(0.0, 1.0 - distance * distance * tilt_cos * tilt_cos))
    edge = max(-1.0, min(1.0, -horizon * tilt_cos / tilt_sin))
    seen = tilt_cos * math.acos(edge) - horizon * cut
    return (seen / (distance * distance) + math.atan(cut / horizon)) / math.pi


@compiled
def earthshine(
    position_eci_m: Vector, sun_eci: Vector, planet_radius_m: float, albedo: float
) -> tuple[Vector, float, float]:
    """Return direction to the nadir (ECI), distance in radii, and radiosity over direct sunlight.

    The planet is grey and as bright everywhere as where the spacecraft stands above it: a plate
    gets radiosity times ``view_factor`` of the light that it gets from the Sun in normal incidence.
    """
    r = math.sqrt(dot(position_eci_m, position_eci_m))
    nadir = scale(-1.0 / r, position_eci_m)
    return nadir, r / planet_radius_m, albedo * max(0.0, -dot(nadir, sun_eci))

"""Eclipse: how much of the Sun's disc a spacecraft sees past a planet."""

from __future__ import annotations

import math

from hil.physics.compiled import compiled
from hil.physics.constants import SUN_RADIUS_m
from hil.physics.vectors import Vector, cross, dot, norm


@compiled
def visible_fraction(to_sun_m: Vector, to_planet_m: Vector, planet_radius_m: float) -> float:
    """Return 1 in full light, 0 in the umbra, between them the part of the Sun's disc that is seen.

    Montenbruck & Gill, Satellite Orbits, section 3.4.2: the overlap of two discs on the sky.
    """
    towards = dot(to_sun_m, to_planet_m)
    if towards <= 0.0:
        return 1.0
    separation = math.atan2(norm(cross(to_sun_m, to_planet_m)), towards)
    sun = math.asin(SUN_RADIUS_m / norm(to_sun_m))
    planet = math.asin(min(1.0, planet_radius_m / norm(to_planet_m)))
    if separation >= sun + planet:
        return 1.0
    if separation <= planet - sun:
        return 0.0
    if separation <= sun - planet:
        return 1.0 - (planet * planet) / (sun * sun)
    x = (separation * separation + sun * sun - planet * planet) / (2.0 * separation)
    y = math.sqrt(max(0.0, sun * sun - x * x))
    overlap = (
        sun * sun * math.acos(max(-1.0, min(1.0, x / sun)))
        + planet * planet * math.acos(max(-1.0, min(1.0, (separation - x) / planet)))
        - separation * y
    )
    return 1.0 - overlap / (math.pi * sun * sun)

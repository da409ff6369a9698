"""Eclipse: how much of the Sun's disc a spacecraft sees past a planet or a moon."""

from __future__ import annotations

import math

from hil.physics.compiled import compiled
from hil.physics.constants import SUN_RADIUS_m
from hil.physics.vectors import Vector, add_scaled, cross, dot, norm


@compiled
def visible_past_ellipsoid(
    to_sun_m: Vector, to_planet_m: Vector, pole: Vector, equator_radius_m: float, flattening: float
) -> float:
    """Return ``visible_fraction`` past a planet that is flattened along its pole.

    Stretched along the pole the planet is a sphere, and lines of sight stay straight. The Sun,
    stretched too, is as wide towards the limb as a stretched sphere reaches there.
    """
    aside = norm(cross(to_sun_m, to_planet_m))
    reach = equator_radius_m * norm(to_sun_m) + SUN_RADIUS_m * norm(to_planet_m)
    if dot(to_sun_m, to_planet_m) <= 0.0 or aside >= reach:
        return 1.0  # not even the sphere around the ellipsoid hides anything
    more = 1.0 / (1.0 - flattening) - 1.0
    sun = add_scaled(to_sun_m, more * dot(to_sun_m, pole), pole)
    planet = add_scaled(to_planet_m, more * dot(to_planet_m, pole), pole)
    limb = add_scaled(planet, -dot(planet, sun) / dot(sun, sun), sun)  # across the Sun's direction
    length = norm(limb)
    wider = SUN_RADIUS_m
    if length > 0.0:
        wider *= norm(add_scaled(limb, more * dot(limb, pole), pole)) / length
    return visible_fraction(sun, planet, equator_radius_m, wider)


@compiled
def visible_fraction(
    to_sun_m: Vector, to_planet_m: Vector, planet_radius_m: float, sun_radius_m: float
) -> float:
    """Return 1 in full light, 0 in the umbra, between them the part of the Sun's disc that is seen.

    Both vectors from the spacecraft; conical shadow of a sphere. Montenbruck & Gill, Satellite
    Orbits, section 3.4.2: the overlap of two discs on the sky.
    """
    towards = dot(to_sun_m, to_planet_m)
    if towards <= 0.0:
        return 1.0
    aside = norm(cross(to_sun_m, to_planet_m))
    sun_distance, planet_distance = norm(to_sun_m), norm(to_planet_m)
    if aside >= planet_radius_m * sun_distance + sun_radius_m * planet_distance:
        return 1.0  # the sine of the separation exceeds that of both radii: no arcs needed
    separation = math.atan2(aside, towards)
    sun = math.asin(sun_radius_m / sun_distance)
    planet = math.asin(min(1.0, planet_radius_m / planet_distance))
    if separation >= sun + planet:
        return 1.0
    if separation <= planet - sun:
        return 0.0
    if separation <= sun - planet:
        return 1.0 - (planet * planet) / (sun * sun)
    return 1.0 - overlap(separation, sun, planet) / (math.pi * sun * sun)


@compiled
def overlap(separation: float, a: float, b: float) -> float:
    """Return the area that two discs of radius a and b have in common."""
    x = (separation * separation + a * a - b * b) / (2.0 * separation)
    y = math.sqrt(max(0.0, a * a - x * x))
    sector_a = a * a * math.acos(max(-1.0, min(1.0, x / a)))
    sector_b = b * b * math.acos(max(-1.0, min(1.0, (separation - x) / b)))
    return sector_a + sector_b - separation * y

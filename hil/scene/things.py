"""Ships, fires and aircraft: which part of a pixel each covers, with wake, smoke or contrail."""

from __future__ import annotations

import math
from typing import NamedTuple

from hil.physics.compiled import compiled, compiled_apart
from hil.physics.records import Record
from hil.physics.vectors import Vector, dot, subtract, vector
from hil.scene.functions import clamp, exp
from hil.scene.noise import fractal
from hil.scene.records import FIRE, SHIP


class Seen(NamedTuple):
    """What a thing does to a pixel: it hides a part, shines, and dims what is behind it."""

    reflectance: float  # of what it hides
    cover: float
    added: float  # to the reflectance beside it
    radiance: float  # W/m2/sr, of the whole pixel
    depth: float  # optical, of its smoke
    burnt: float  # part of the ground


@compiled
def overlap(x: float, low: float, high: float, width: float) -> float:
    """Return the part of a pixel of this width about x that lies between two places."""
    left, right = max(low, x - 0.5 * width), min(high, x + 0.5 * width)
    return max(0.0, right - left) / width


@compiled
def bell(x: float, sigma: float) -> float:
    """Return 1 at 0, falling as a normal distribution does."""
    part = x / sigma
    return exp(-0.5 * part * part)


@compiled_apart
def look_at(thing: Record, eye: Vector, ray: Vector, pixel_rad: float, time_s: float) -> Seen:
    """Return what a thing does to the pixel of a ray, in the level plane that it lies in."""
    up = vector(thing.up)
    sinking = dot(ray, up)
    if sinking > -0.02:
        return Seen(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    to_thing = subtract(vector(thing.position_ecef_m), eye)
    far = dot(to_thing, up) / sinking
    beside = (far * ray[0] - to_thing[0], far * ray[1] - to_thing[1], far * ray[2] - to_thing[2])
    ahead, right = dot(beside, vector(thing.ahead)), dot(beside, vector(thing.right))
    if far <= 0.0 or ahead * ahead + right * right > thing.reach_m * thing.reach_m:
        return Seen(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    # A pixel on the level: as wide as it is across the view, longer along it.
    along, across = dot(ray, vector(thing.ahead)), dot(ray, vector(thing.right))
    level = math.sqrt(along * along + across * across) + 1e-9
    wide, deep = far * pixel_rad, -far * pixel_rad / sinking
    c, s = along / level, across / level
    ahead_m = math.sqrt((deep * c) ** 2 + (wide * s) ** 2)
    right_m = math.sqrt((deep * s) ** 2 + (wide * c) ** 2)
    if thing.kind == SHIP:
        return _ship(thing, ahead, right, ahead_m, right_m)
    if thing.kind == FIRE:
        return _fire(thing, ahead, right, ahead_m, right_m, time_s)
    return _aircraft(thing, ahead, right, ahead_m, right_m)


@compiled
def _ship(thing: Record, ahead: float, right: float, ahead_m: float, right_m: float) -> Seen:
    """Hull, superstructure aft, turbulent wake and the two arms of the bow wave."""
    half, beam = 0.5 * thing.length_m, 0.5 * thing.width_m
    across = overlap(right, -beam, beam, right_m)
    hull = overlap(ahead, -half, half, ahead_m) * across
    house = overlap(ahead, -0.9 * half, -0.6 * half, ahead_m) * across
    bright = thing.reflectance + 0.4 * house / max(hull, 1e-9)
    added, behind = 0.0, -half - ahead
    if thing.trail_m > 0.0 and behind > 0.0:
        decay = exp(-2.5 * behind / thing.trail_m)
        width = 0.6 * beam + 0.03 * behind
        added = 0.09 * decay * overlap(right, -width, width, right_m)
        arm = 0.33 * (behind + half)  # Kelvin's cusps lie at 19.5 degrees
        on_arm = overlap(abs(right), arm - 6.0, arm + 6.0, right_m)
        added += 0.05 * decay * on_arm
    return Seen(
        bright, min(1.0, hull), added * min(1.0, ahead_m / thing.length_m + 1.0), 0.0, 0.0, 0.0
    )


@compiled
def _fire(
    thing: Record, ahead: float, right: float, ahead_m: float, right_m: float, time_s: float
) -> Seen:
    """Flames that flicker, smoke that widens down the wind (ahead), burnt ground upwind."""
    half, wide = 0.5 * thing.length_m, 0.5 * thing.width_m
    front = overlap(right, -half, half, right_m) * overlap(ahead, -wide, wide, ahead_m)
    burnt = overlap(right, -half, half, right_m) * overlap(ahead, -5.0 * half, -wide, ahead_m)
    depth = 0.0
    if thing.trail_m > 0.0 and ahead > -wide:
        width = half + 0.12 * max(0.0, ahead)
        drift = ahead - 7.0 * time_s
        puffs = 1.0 + 1.1 * fractal(thing.seed, drift, right, 0.25 * thing.trail_m, 5, right_m)
        depth = thing.depth * puffs * exp(-2.0 * ahead / thing.trail_m) * bell(right, 0.6 * width)
        depth *= clamp((ahead + wide) / (2.0 * wide + ahead_m), 0.0, 1.0)
    return Seen(0.0, 0.0, 0.0, front * thing.radiance * thing.flicker, max(0.0, depth), burnt)


@compiled
def _aircraft(thing: Record, ahead: float, right: float, ahead_m: float, right_m: float) -> Seen:
    half, span = 0.5 * thing.length_m, 0.5 * thing.width_m
    body = overlap(ahead, -half, half, ahead_m) * overlap(right, -0.05 * half, 0.05 * half, right_m)
    wings = overlap(ahead, -0.2 * half, 0.15 * half, ahead_m) * overlap(right, -span, span, right_m)
    trail, behind = 0.0, -half - ahead
    if thing.trail_m > behind > 0.0:
        width = 5.0 + 0.02 * behind
        trail = 0.6 * overlap(right, -width, width, right_m) * (1.0 - behind / thing.trail_m)
    cover = min(1.0, body + wings + trail)
    return Seen(thing.reflectance, cover, 0.0, 0.0, 0.0, 0.0)

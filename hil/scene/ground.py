"""How the surface reflects: sea with swell, foam and glint, and six kinds of land."""

from __future__ import annotations

import math

from hil.physics.compiled import compiled, compiled_apart
from hil.physics.records import Record, RecordArray
from hil.physics.vectors import Vector, add, add_scaled, dot, scale, unit
from hil.scene.functions import clamp, exp, sine_of_turns, smooth_step
from hil.scene.noise import fractal, uniform

SEA, STEPPE, FIELDS, TOWN, FLOOD, SAND, SNOW, ROOF = range(8)  # as hil.scene.model.SURFACES
_PI = math.pi


@compiled_apart
def kind_at(
    x: float, y: float, pixel_m: float, patches: RecordArray, surface: int
) -> tuple[int, float]:
    """Return the kind of surface at a place of the map, and the part of a pixel that is of it.

    The rest of the pixel is of the kind below, which a caller may leave out: it is an edge's.
    """
    kind, share = surface, 1.0
    for i in range(patches.shape[0]):
        patch = patches[i]
        east, north = x - patch.east_m, y - patch.north_m
        along = east * patch.ahead_east + north * patch.ahead_north
        across = east * patch.ahead_north - north * patch.ahead_east
        along /= patch.elongation
        reach = patch.radius_m * (1.0 + patch.roughness)
        if along * along + across * across > (reach + pixel_m) ** 2:
            continue
        ragged = fractal(patch.seed, along, across, 0.8 * patch.radius_m, 7, pixel_m)
        inside = patch.radius_m * (1.0 + patch.roughness * ragged)
        part = clamp(
            (inside - math.sqrt(along * along + across * across)) / pixel_m + 0.5, 0.0, 1.0
        )
        if part > 0.0:
            kind, share = patch.kind, part
    return kind, share


@compiled_apart
def land(kind: int, x: float, y: float, seed: int, pixel_m: float) -> float:
    """Return the reflectance of a kind of land."""
    if kind == FIELDS:
        return _fields(x, y, seed, pixel_m)
    if kind == TOWN:
        return _town(x, y, seed, pixel_m)
    rough = fractal(seed, x, y, 3000.0, 6, pixel_m)
    if kind == FLOOD:
        return 0.075 + 0.01 * rough
    if kind == SAND:
        return 0.38 + 0.08 * rough
    if kind == SNOW:
        return 0.8 + 0.05 * rough
    if kind == ROOF:
        return 0.62
    return 0.2 + 0.07 * rough


@compiled
def _fields(x: float, y: float, seed: int, pixel_m: float) -> float:
    block = fractal(seed + 50, x, y, 5000.0, 3, pixel_m)
    u, v = x / 640.0 + 0.4 * block, y / 320.0 + 0.4 * block
    i, j = math.floor(u), math.floor(v)
    grown = 0.06 + 0.24 * uniform(seed, int(i), int(j), 1)
    border = min(min(u - i, i + 1.0 - u) * 640.0, min(v - j, j + 1.0 - v) * 320.0)
    track = clamp((12.0 - border) / pixel_m + 0.5, 0.0, 1.0) * min(1.0, 12.0 / pixel_m)
    return grown * (1.0 + 0.25 * fractal(seed + 60, x, y, 300.0, 4, pixel_m)) * (1.0 - track) + (
        0.3 * track
    )


@compiled
def _town(x: float, y: float, seed: int, pixel_m: float) -> float:
    i, j = math.floor(x / 45.0), math.floor(y / 45.0)
    fade = min(1.0, 45.0 / pixel_m)
    house = 0.3 * (uniform(seed, int(i), int(j), 2) - 0.4)
    quarter = 0.12 * fractal(seed + 70, x, y, 900.0, 3, pixel_m)
    street = 0.05 if abs(x / 360.0 - math.floor(x / 360.0) - 0.5) > 0.47 else 0.0
    return clamp(0.19 + fade * (house + street) + quarter, 0.04, 0.7)


@compiled
def lights(x: float, y: float, seed: int, pixel_m: float) -> float:
    """Return the radiance of a town's lamps at night in W/m2/sr."""
    bright = uniform(seed + 90, math.floor(x / 90.0), math.floor(y / 90.0), 3)
    quarter = 0.5 + fractal(seed + 70, x, y, 900.0, 3, pixel_m)
    return max(0.0, quarter) * (0.004 + (0.06 if bright > 0.85 else 0.0))


@compiled_apart
def sea(
    x: float,
    y: float,
    pixel_m: float,
    to_eye: Vector,
    up: Vector,
    east: Vector,
    north: Vector,
    view: Record,
    sparkle: float,
) -> float:
    """Return the sea's reflectance towards the eye: water, foam, and the Sun's glint.

    Glint: facets whose slopes are normal about those of the swell (Cox and Munk 1954); Fresnel's
    reflection after Schlick 1994. sparkle: standard normal; of the few facets in a pixel.
    """  # fmt: skip
    along = (x * view.swell_east + y * view.swell_north) / view.swell_length_m
    wander = 0.3 * fractal(view.seed + 7, x, y, 4.0 * view.swell_length_m, 2, pixel_m)
    resolved = clamp(view.swell_length_m / (2.5 * pixel_m) - 0.4, 0.0, 1.0)
    tilt = resolved * view.swell_slope * sine_of_turns(along - view.swell_turns + wander)
    tilt_2 = 0.4 * resolved * view.swell_slope * sine_of_turns(1.73 * along + 0.7 * wander)
    slope = tilt + tilt_2
    level = add_scaled(
        add_scaled(up, -slope * view.swell_east, east), -slope * view.swell_north, north
    )
    facet = unit(level)
    sun = (view.sun_ecef[0], view.sun_ecef[1], view.sun_ecef[2])
    streaks = fractal(view.seed + 11, x, 2.2 * y, 2500.0, 7, pixel_m)
    own: float = (0.018 + view.foam * (1.0 + 1.5 * streaks)) * (1.0 + 0.12 * streaks + 1.5 * slope)
    high = dot(sun, up)
    if high <= 0.01:
        return own
    half = unit(add(sun, to_eye))
    tilt_cos = dot(half, facet)
    if tilt_cos < 0.3:
        return own
    cos2 = tilt_cos * tilt_cos
    spread = view.slope_variance * (1.0 + 0.35 * streaks)
    density = exp(-(1.0 / cos2 - 1.0) / spread) / (_PI * spread)
    grazing = 1.0 - clamp(dot(half, to_eye), 0.0, 1.0)
    fresnel = 0.02 + 0.98 * grazing**5
    seen = max(0.1, dot(to_eye, up))
    glint = _PI * fresnel * density / (4.0 * seen * high * cos2 * cos2)
    total: float = own + min(glint, 6.0) * max(0.0, 1.0 + min(0.5, 12.0 / pixel_m) * sparkle)
    return total


@compiled
def edge(share: float, upper: float, lower: float) -> float:
    """Return a mixture of two kinds of surface, smooth in between."""
    part = smooth_step(share)
    return part * upper + (1.0 - part) * lower


@compiled
def towards(v: Vector) -> Vector:
    """Return the opposite of a direction."""
    return scale(-1.0, v)

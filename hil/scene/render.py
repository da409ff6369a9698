"""From a view to radiances: one ray a pixel, against the ellipsoid, its air and what is on it.

The band is 450 to 750 nm: 560 W/m2 of sunlight at one astronomical unit (ASTM E490-00a, summed).
"""

from __future__ import annotations

import math

from hil.physics.compiled import compiled, compiled_apart
from hil.physics.constants import WGS84_FLATTENING
from hil.physics.records import Record, RecordArray
from hil.physics.vectors import (
    FloatArray,
    Vector,
    add_scaled,
    dot,
    matrix,
    norm,
    subtract,
    transform,
    unit,
    vector,
)
from hil.scene.functions import exp, smooth_step
from hil.scene.ground import FLOOD, SEA, TOWN, edge, kind_at, land, lights, sea, towards
from hil.scene.light import eye_then, lift_m
from hil.scene.noise import fractal, normal
from hil.scene.things import look_at

SOLAR_W_m2 = 560.0
_EARTH_m = 6_378_137.0
_SQUASH = 1.0 / (1.0 - WGS84_FLATTENING)
_PI = math.pi
_MISS = -1.0
CLOUD_DIMS = 0.45  # of its optical depth, what dims what is seen through a cloud


@compiled
def _distance(eye: Vector, ray: Vector) -> float:
    """Return how far along a ray the ellipsoid is met, or a negative number."""
    e = (eye[0], eye[1], eye[2] * _SQUASH)
    d = (ray[0], ray[1], ray[2] * _SQUASH)
    a, b, c = dot(d, d), dot(e, d), dot(e, e) - _EARTH_m * _EARTH_m
    root = b * b - a * c
    if root < 0.0 or b >= 0.0:
        return _MISS
    return c / (-b + math.sqrt(root))


@compiled
def _limb(eye: Vector, ray: Vector, view: Record) -> float:
    """Return the radiance of the air beside the Earth's disc: it falls e-fold every 8 km."""
    along = -dot(eye, ray)
    if along <= 0.0:
        return 0.0
    nearest = add_scaled(eye, along, ray)
    height = norm((nearest[0], nearest[1], nearest[2] * _SQUASH)) - _EARTH_m
    lit = smooth_step(5.0 * dot(unit(nearest), vector(view.sun_ecef)) + 0.5)
    return 0.35 * SOLAR_W_m2 / _PI * lit * exp(-max(0.0, height) / 8000.0)


@compiled_apart
def cloud_depth(x: float, y: float, pixel_m: float, view: Record, clouds: RecordArray) -> float:
    """Return the optical depth of the clouds above a place of the map."""
    depth = 0.0
    if view.cloud_cover > 0.0:
        east, north = x - view.blown_east_m, y - view.blown_north_m
        thick = fractal(view.seed + 23, east, north, view.cloud_size_m, 7, pixel_m)
        depth = 25.0 * smooth_step(1.5 * thick + 1.3 * (view.cloud_cover - 0.5) + 0.1) ** 2
    for i in range(clouds.shape[0]):
        cloud = clouds[i]
        east, north = x - cloud.east_m, y - cloud.north_m
        away = math.sqrt(east * east + north * north) / cloud.radius_m
        if away < 1.6:
            ragged = fractal(view.seed + 29 + i, east, north, 0.7 * cloud.radius_m, 6, pixel_m)
            depth += cloud.depth * smooth_step(2.5 * (1.0 - away + 0.35 * ragged))
    return depth


@compiled_apart
def _radiance(
    ray: Vector,
    index: int,
    view: Record,
    patches: RecordArray,
    things: RecordArray,
    clouds: RecordArray,
) -> tuple[float, float]:
    """Return what comes along a ray, W/m2/sr, and how far the ground is, or a negative number."""
    eye = vector(view.position_ecef_m)
    far = _distance(eye, ray)
    if far < 0.0:
        return _limb(eye, ray, view), _MISS
    p = add_scaled(eye, far, ray)
    up = unit((p[0], p[1], p[2] * _SQUASH * _SQUASH))
    lift = 0.0
    if view.apparent:
        lift, eye = lift_m(-dot(ray, up), view), eye_then(eye, p, far, view)
        low = add_scaled(eye, -lift, up)
        far = _distance(low, ray)
        if far < 0.0:
            return _limb(eye, ray, view), _MISS
        p = add_scaled(low, far, ray)
        up = unit((p[0], p[1], p[2] * _SQUASH * _SQUASH))
    to_eye, sun = towards(ray), vector(view.sun_ecef)
    seen, high = max(0.05, dot(to_eye, up)), dot(sun, up)
    pixel_m = far * view.pixel_rad / math.sqrt(seen)
    east, north = vector(view.map_east), vector(view.map_north)
    beside = subtract(p, vector(view.map_centre_m))
    x, y = dot(beside, east), dot(beside, north)

    kind, share = kind_at(x, y, pixel_m, patches, view.surface)
    if kind == SEA:
        sparkle = normal(view.seed + 5, index, int(1e3 * view.time_s), 1)
        reflectance = sea(x, y, pixel_m, to_eye, up, east, north, view, sparkle)
    else:
        reflectance = land(kind, x, y, view.seed + 100 * kind, pixel_m)
        if share < 1.0:
            below = land(view.surface, x, y, view.seed + 100 * view.surface, pixel_m)
            below = 0.02 if view.surface == SEA else below
            reflectance = edge(share, reflectance, below)
        if kind == FLOOD and share < 0.9:
            reflectance += 0.05  # what drifts and dries along its edge
    glow = lights(x, y, view.seed, pixel_m) if kind == TOWN and high < 0.0 else 0.0

    smoke = 0.0
    for i in range(things.shape[0]):
        thing = things[i]
        low = add_scaled(eye, -lift * thing.air_above, up)
        got = look_at(thing, low, ray, view.pixel_rad, view.time_s)
        reflectance += got.added
        reflectance = (1.0 - got.cover) * reflectance + got.cover * got.reflectance
        if got.burnt > 0.0:
            reflectance = (1.0 - got.burnt) * reflectance + got.burnt * 0.06
        glow += got.radiance
        smoke += got.depth

    shine = SOLAR_W_m2 * smooth_step(8.0 * high + 0.15) / _PI
    cosine = max(0.03, high)
    shadow = 1.0
    clouded = view.cloud_cover > 0.0 or clouds.shape[0] > 0
    if clouded and high > 0.05:
        lit = add_scaled(p, view.cloud_height_m / high, sun)
        away = subtract(lit, vector(view.map_centre_m))
        above = cloud_depth(dot(away, east), dot(away, north), pixel_m, view, clouds)
        shadow = 0.25 + 0.75 * exp(-0.5 * above)
    direct = exp(-view.haze_depth * (1.0 / cosine + 1.0 / seen))
    haze = 0.25 * (1.0 - exp(-view.haze_depth / seen))
    ground = shine * cosine * shadow * direct * reflectance + glow * exp(-view.haze_depth / seen)
    total = ground + shine * cosine * haze
    if smoke > 0.0:
        clear = exp(-smoke / seen)
        total = clear * total + (1.0 - clear) * 0.33 * shine * cosine
    if clouded:
        top = add_scaled(p, view.cloud_height_m / seen, to_eye)
        away = subtract(top, vector(view.map_centre_m))
        depth = cloud_depth(dot(away, east), dot(away, north), pixel_m, view, clouds)
        if depth > 0.0:
            clear = exp(-CLOUD_DIMS * depth)
            white = 0.78 * depth / (depth + 8.0) + 0.05
            total = clear * total + (1.0 - clear) * white * shine * cosine
    return total, far


@compiled_apart
def render(
    rays_body: FloatArray,
    view: RecordArray,
    patches: RecordArray,
    things: RecordArray,
    clouds: RecordArray,
    radiance: FloatArray,
    distance_m: FloatArray,
) -> None:
    """Fill radiance (n,) in W/m2/sr and distance (n,) of the ground, negative where there is none.

    rays_body: unit vectors (n, 3), one a pixel.
    """
    turn = matrix(view[0].ecef_from_body)
    for i in range(rays_body.shape[0]):
        ray = transform(turn, vector(rays_body[i]))
        radiance[i], distance_m[i] = _radiance(ray, i, view[0], patches, things, clouds)

"""A scene at an instant, as the arrays that the renderer reads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hil.physics.constants import SPEED_OF_LIGHT_m_s as LIGHT_m_s
from hil.physics.groundtarget import GroundTarget
from hil.physics.records import RecordArray
from hil.physics.refraction import SCALE_HEIGHT_m, straight_lift_m
from hil.physics.rotations import rotation_matrix
from hil.physics.sky import EARTH_SPIN_rad_s
from hil.physics.vectors import FloatArray
from hil.scene.functions import exp
from hil.scene.model import SURFACES, Aircraft, Cloud, Fire, Scene, Ship
from hil.scene.noise import uniform
from hil.scene.records import AIRCRAFT, CLOUD, FIRE, PATCH, SHIP, THING, VIEW

if TYPE_CHECKING:
    from hil.scene.camera import Pose

_WAKE_s = 110.0  # for so long a wake is seen
_CONTRAIL_ABOVE_m = 8000.0
_FLICKER_hz = 5.0
_GRAVITY_m_s2 = 9.81
Arranged = tuple[RecordArray, RecordArray, RecordArray, RecordArray]


class Arrangement:
    """Knows a scene's map, and where everything on it is at a time."""

    def __init__(self, scene: Scene, pressure_hPa: float = 0.0) -> None:
        """pressure_hPa: of the air at sea level; 0: none."""
        self._scene, self._pressure_hPa = scene, pressure_hPa
        self._map = _Map(scene.anchor)
        self._view = self._fixed_view()
        self._patches = self._fixed_patches()
        self._places = [each.as_target() for each in scene.objects]
        self._things = np.zeros(len(scene.objects), dtype=THING)
        self._clouds = np.zeros(len(scene.cloud), dtype=CLOUD)
        for i, each in enumerate(scene.objects):
            self._fixed_thing(i, each)

    def at(
        self, time_s: float, pose: Pose, ecef_from_body: FloatArray, pixel_rad: float
    ) -> Arranged:
        """Return view, patches, things and clouds at a time of the run."""
        view, scene = self._view, self._scene
        eci_from_ecef = np.array(rotation_matrix(tuple(pose.q_eci_from_ecef)))
        view["position_ecef_m"] = _into(eci_from_ecef, pose.position_eci_m)
        view["sun_ecef"] = _into(eci_from_ecef, pose.sun_eci)
        view["ecef_from_body"], view["pixel_rad"] = ecef_from_body, pixel_rad
        view["time_s"] = time_s
        view["velocity_by_light"] = _into(eci_from_ecef, pose.velocity_eci_m_s) / LIGHT_m_s
        self.clouds_at(time_s)
        turns = math.sqrt(_GRAVITY_m_s2 / (2.0 * math.pi * scene.swell_length_m)) * time_s
        view["swell_turns"] = turns - math.floor(turns)
        self._move_things(time_s)
        return view, self._patches, self._things, self._clouds

    def clouds_at(self, time_s: float) -> tuple[RecordArray, RecordArray]:
        """Return view and clouds at a time of the run; of the view what clouds are drawn by."""
        view, scene = self._view, self._scene
        east, north = _compass(scene.wind_course_deg)
        view["blown_east_m"] = scene.wind_m_s * east * time_s
        view["blown_north_m"] = scene.wind_m_s * north * time_s
        self._move_clouds(time_s)
        return view, self._clouds

    def _fixed_view(self) -> RecordArray:
        scene, view = self._scene, np.zeros(1, dtype=VIEW)
        view["map_centre_m"], view["map_east"], view["map_north"] = self._map.axes
        view["surface"], view["seed"] = SURFACES.index(scene.surface), scene.seed
        view["slope_variance"] = 0.003 + 0.00512 * scene.sea_wind_m_s  # Cox and Munk 1954
        # Monahan and O'Muircheartaigh 1980, times foam's reflectance (Koepke 1984)
        view["foam"] = 0.22 * min(0.3, 3.84e-6 * scene.sea_wind_m_s**3.41)
        view["swell_slope"] = math.pi * scene.swell_height_m / scene.swell_length_m
        view["swell_length_m"] = scene.swell_length_m
        view["swell_east"], view["swell_north"] = _compass(scene.swell_course_deg)
        view["apparent"], view["spin_by_light_1_m"] = scene.apparent, EARTH_SPIN_rad_s / LIGHT_m_s
        view["air_lift_m"] = straight_lift_m(0.0, self._pressure_hPa)
        for name in ("haze_depth", "cloud_cover", "cloud_size_m", "cloud_height_m"):
            view[name] = getattr(scene, name)
        return view

    def _fixed_patches(self) -> RecordArray:
        patches = np.zeros(len(self._scene.patch), dtype=PATCH)
        for i, each in enumerate(self._scene.patch):
            row = patches[i]
            row["kind"] = SURFACES.index(each.kind)
            row["east_m"], row["north_m"] = self._map.of(each.as_target().position_ecef_m(0.0))
            row["ahead_east"], row["ahead_north"] = _compass(each.course_deg)
            row["radius_m"], row["roughness"] = each.radius_m, each.roughness
            row["elongation"], row["seed"] = each.elongation, self._scene.seed + 1000 + 50 * i
        return patches

    def _fixed_thing(self, i: int, each: object) -> None:
        row = self._things[i]
        row["seed"], row["flicker"] = self._scene.seed + 5000 + 50 * i, 1.0
        row["air_above"] = exp(-self._places[i].height_m / SCALE_HEIGHT_m)
        if isinstance(each, Ship):
            row["kind"], row["width_m"], row["reflectance"] = SHIP, each.width_m, each.reflectance
            row["trail_m"] = _WAKE_s * each.speed_m_s
        elif isinstance(each, Fire):
            row["kind"], row["width_m"], row["radiance"] = FIRE, each.width_m, each.radiance_W_m2_sr
            row["trail_m"], row["depth"] = each.smoke_length_m, each.smoke_depth
        elif isinstance(each, Aircraft):
            row["kind"], row["width_m"] = AIRCRAFT, each.span_m
            row["reflectance"] = each.reflectance
            row["trail_m"] = each.contrail_length_m if each.height_m > _CONTRAIL_ABOVE_m else 0.0
        length = float(getattr(each, "length_m"))  # noqa: B009
        row["length_m"] = length
        row["reach_m"] = (
            2.0 * max(length, float(row["width_m"])) + 1.1 * float(row["trail_m"]) + 500
        )

    def _move_things(self, time_s: float) -> None:
        for i, (place, each) in enumerate(zip(self._places, self._scene.objects, strict=True)):
            row, up = self._things[i], place.up_ecef(time_s)
            row["position_ecef_m"], row["up"] = place.position_ecef_m(time_s), up
            ahead = place.ahead_ecef(time_s)
            if isinstance(each, Fire):  # its smoke goes with the wind
                east, north = _compass(self._scene.wind_course_deg)
                ahead = _level(up, east, north)
                tick = math.floor(time_s * _FLICKER_hz)
                row["flicker"] = 0.7 + 0.6 * uniform(int(row["seed"]), int(tick), i, 7)
            row["ahead"], row["right"] = ahead, _cross(ahead, up)

    def _move_clouds(self, time_s: float) -> None:
        for i, each in enumerate(self._scene.cloud):
            row = self._clouds[i]
            row["east_m"], row["north_m"] = self._map.of(_drifted(each, time_s))
            row["radius_m"], row["depth"], row["height_m"] = (
                each.radius_m,
                each.depth,
                each.height_m,
            )


class _Map:
    """East and north in metres about a place, on the plane that touches the ellipsoid there."""

    def __init__(self, anchor: GroundTarget) -> None:
        centre, up = anchor.position_ecef_m(0.0), anchor.up_ecef(0.0)
        self.axes = centre, _level(up, 1.0, 0.0), _level(up, 0.0, 1.0)

    def of(self, position_ecef_m: FloatArray) -> tuple[float, float]:
        """Return a place on the map."""
        centre, east, north = self.axes
        away = position_ecef_m - centre
        return float(np.sum(away * east)), float(np.sum(away * north))


def _drifted(cloud: Cloud, time_s: float) -> FloatArray:
    return cloud.as_target().position_ecef_m(time_s)


def _level(up: FloatArray, east: float, north: float) -> FloatArray:
    """Unit vector (3,) along a course at a place with this plumb line."""
    to_east = np.array([-up[1], up[0], 0.0]) / math.sqrt(up[0] ** 2 + up[1] ** 2)
    return np.asarray(east * to_east + north * _cross(up, to_east))


def _compass(course_deg: float) -> tuple[float, float]:
    """Parts towards east and north of a course, clockwise from north."""
    course = math.radians(course_deg)
    return math.sin(course), math.cos(course)


def _into(eci_from_ecef: FloatArray, v_eci: FloatArray) -> FloatArray:
    m = eci_from_ecef
    return np.asarray(m[0] * v_eci[0] + m[1] * v_eci[1] + m[2] * v_eci[2])


def _cross(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.array(
        [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    )

"""A place on the turning Earth, at rest or moving, as a [[target]] or [[station]] table has it.

The Earth-fixed frame is ITRS without polar motion (10 m at most). Heights are above the ellipsoid.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, model_validator

from hil.config import Model, NonNegative
from hil.physics.constants import WGS84_FLATTENING
from hil.physics.vectors import FloatArray

WGS84_SEMI_MAJOR_m = 6_378_137.0  # NIMA TR8350.2, table 3.1
_AXES_m = WGS84_SEMI_MAJOR_m * np.array([1.0, 1.0, 1.0 - WGS84_FLATTENING])
_SMALL_rad = 1e-4  # over which a path is differenced


class GroundTarget(Model):
    """Something on or above the ground, at rest or moving, where it is when the run starts.

    kind: which of the OBC's two slots it is told in. A moving one starts on a course, clockwise
    from north, and goes on in the plane of that course and the Earth's centre, turning evenly about
    it at constant height: its speed keeps within 0.4 % on a quarter of the globe, 0.02 % in a pass.
    apparent: pointing at it is judged by where its light comes from: light time and aberration, and
    refraction where the environment has air for it.
    """

    name: Annotated[str, Field(min_length=1)]
    kind: Literal["target", "station"]
    latitude_deg: Annotated[float, Field(ge=-90.0, le=90.0)]
    longitude_deg: Annotated[float, Field(ge=-180.0, le=360.0)]
    height_m: Annotated[float, Field(ge=-1000.0, le=100_000.0)]
    course_deg: Annotated[float, Field(ge=0.0, le=360.0)] | None = None
    speed_m_s: NonNegative | None = None
    apparent: bool = False

    @model_validator(mode="after")
    def _moves_somewhere(self) -> GroundTarget:
        if (self.course_deg is None) != (self.speed_m_s is None):
            raise ValueError("course_deg and speed_m_s belong together: give both or neither")
        return self

    def position_ecef_m(self, time_s: ArrayLike) -> FloatArray:
        """Position (..., 3) at times after the run's start, Earth-fixed frame, m."""
        return self._at(self._turn_rate_rad_s * np.asarray(time_s, dtype=float))

    def velocity_ecef_m_s(self, time_s: float) -> FloatArray:
        """Velocity (3,) relative to the turning Earth, in its frame, m/s."""
        rate = self._turn_rate_rad_s
        return rate * self._slope_m(rate * time_s)

    def ahead_ecef(self, time_s: float) -> FloatArray:
        """Unit vector (3,) of its course, across the plumb line."""
        up, slope = self.up_ecef(time_s), self._slope_m(self._turn_rate_rad_s * time_s)
        level = slope - (slope @ up) * up
        return np.asarray(level / np.linalg.norm(level))

    def up_ecef(self, time_s: ArrayLike) -> FloatArray:
        """Unit vectors (..., 3) along the plumb line of the ellipsoid."""
        turned = self._turn_rate_rad_s * np.asarray(time_s, dtype=float)
        return _normal(self._foot_m(turned))

    @cached_property
    def _turn_rate_rad_s(self) -> float:
        """Rate about the Earth's centre that gives the speed over the ground at the start."""
        if not self.speed_m_s:
            return 0.0
        return self.speed_m_s / float(np.linalg.norm(self._slope_m(0.0)))

    def _at(self, turned_rad: ArrayLike) -> FloatArray:
        foot = self._foot_m(turned_rad)
        return foot + self.height_m * _normal(foot)

    def _slope_m(self, turned_rad: float) -> FloatArray:
        ends = self._at(turned_rad + _SMALL_rad), self._at(turned_rad - _SMALL_rad)
        return (ends[0] - ends[1]) / (2.0 * _SMALL_rad)

    def _foot_m(self, turned_rad: ArrayLike) -> FloatArray:
        """Point of the ellipsoid below, after a turn about the Earth's centre along the course."""
        start, ahead = self._course_ecef
        turned = np.asarray(turned_rad, dtype=float)[..., None]
        direction = np.cos(turned) * start + np.sin(turned) * ahead
        stretch = np.linalg.norm(direction / _AXES_m, axis=-1, keepdims=True)
        return np.asarray(direction / stretch)

    @cached_property
    def _course_ecef(self) -> tuple[FloatArray, FloatArray]:
        """Unit vectors (3,) from the Earth's centre to where it starts, and across, ahead."""
        lat, lon = math.radians(self.latitude_deg), math.radians(self.longitude_deg)
        course = math.radians(self.course_deg or 0.0)
        east = np.array([-math.sin(lon), math.cos(lon), 0.0])
        up = np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])
        ahead = math.cos(course) * np.cross(up, east) + math.sin(course) * east
        start = _AXES_m**2 * up / np.linalg.norm(_AXES_m * up)
        start /= np.linalg.norm(start)
        ahead -= (ahead @ start) * start
        ahead /= np.linalg.norm(ahead)
        return start, ahead


def _normal(foot_m: FloatArray) -> FloatArray:
    """Outward unit normals (..., 3) of the ellipsoid at points on it."""
    gradient = foot_m / _AXES_m**2
    return np.asarray(gradient / np.linalg.norm(gradient, axis=-1, keepdims=True))

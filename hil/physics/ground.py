"""The targets of a run under its sky: where they are, and where and how high they are seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hil.physics.aberration import way_of_light_m
from hil.physics.celestial import Falling, OrbitTarget, SkyTarget
from hil.physics.constants import CENTRAL_BODIES
from hil.physics.groundtarget import GroundTarget
from hil.physics.refraction import lift_m
from hil.physics.rotations import angle_between, from_matrix
from hil.physics.scan import Scan
from hil.physics.sky import SEGMENT_s, Sky
from hil.physics.vectors import FloatArray

_FAR_m = 4e16  # four light years
Mask = NDArray[np.bool_]


def in_sight(place_m: FloatArray, away_m: FloatArray, radius_m: float) -> Mask:
    """Return at which steps (n,) the straight way from one place to another clears a sphere.

    place_m, away_m: (n, 3), from its centre to the one and from there to the other, m.
    """
    along = -np.sum(place_m * away_m, axis=1) / np.sum(away_m * away_m, axis=1)
    nearest = place_m + np.clip(along, 0.0, 1.0)[:, None] * away_m
    return np.asarray(np.linalg.norm(nearest, axis=1) > radius_m)


class Eye(Protocol):
    """A camera of the spacecraft, as far as it tells where places lie in its pictures."""

    def pixel_of(self, away_body: FloatArray) -> tuple[float, float] | None:
        """Return column and row at which a direction (3,) is seen; None behind the camera."""

    def is_inside(self, column: float, row: float) -> bool:
        """Whether a picture has this column and this row."""

    def is_behind_cloud(
        self, place_ecef_m: FloatArray, eye_ecef_m: FloatArray, time_s: float
    ) -> bool:
        """Whether clouds hold back more than half of a place's light."""


class Ground:
    """The targets of a run under its sky; times are seconds since the run's start.

    falling: of those in orbit, by their names. scans: patterns to look at. eyes: its cameras.
    pressure_hPa: of the air at sea level; 0 for none, which bends no light.
    """

    def __init__(
        self,
        targets: Sequence[GroundTarget | OrbitTarget | SkyTarget],
        sky: Sky,
        falling: Mapping[str, Falling] | None = None,
        scans: Sequence[Scan] = (),
        eyes: Sequence[Eye] = (),
        pressure_hPa: float = 0.0,
    ) -> None:
        self.targets = {target.name: target for target in targets}
        self._sky = sky
        self._segments: dict[float, Any] = {}  # of the sky that were needed, by their starts
        self._falling = falling or {}
        self._pressure_hPa = pressure_hPa
        self.scans = {scan.name: scan for scan in scans}
        self.eyes = tuple(eyes)

    @property
    def planet_radius_m(self) -> float:
        """Of the body that is orbited."""
        return CENTRAL_BODIES[self._sky.central_body].radius_m

    def q_eci_from_ecef(self, time_s: float) -> FloatArray:
        """How the Earth is turned at a time: quaternion (4,)."""
        return from_matrix(self._ecef_from_eci(np.array([time_s]))[0].T)

    def position_eci_m(self, name: str, time_s: FloatArray) -> FloatArray:
        """Where a target is at times (n,): (n, 3), ECI, m. KeyError when there is none so named.

        One in the sky is put as far away as the nearest star is.
        """
        target = self.targets[name]
        if isinstance(target, GroundTarget):
            return self._in_eci(target.position_ecef_m(time_s), time_s)
        if isinstance(target, SkyTarget):
            return np.tile(_FAR_m * target.direction_eci, (len(time_s), 1))
        return self.state_eci(name, time_s)[:, :3]

    def state_eci(self, name: str, time_s: FloatArray) -> FloatArray:
        """Position and velocity (n, 6) of a target in orbit, ECI, m and m/s."""
        return self._falling[name].states(time_s)

    def direction_eci(
        self,
        name: str,
        time_s: FloatArray,
        position_eci_m: FloatArray,
        velocity_eci_m_s: FloatArray | None = None,
    ) -> FloatArray:
        """Unit vectors (n, 3), ECI, to a target from a spacecraft at positions (n, 3).

        velocity_eci_m_s: (n, 3); with it an ``apparent`` target is where its light comes from, as
        the spacecraft sees it against stars without aberration (hil.physics.aberration). Where
        there is air, one on the ground appears higher.
        """
        there = self.away_eci_m(name, time_s, position_eci_m, velocity_eci_m_s)
        return np.asarray(there / np.linalg.norm(there, axis=1, keepdims=True))

    def away_eci_m(
        self,
        name: str,
        time_s: FloatArray,
        position_eci_m: FloatArray,
        velocity_eci_m_s: FloatArray | None = None,
    ) -> FloatArray:
        """Ways (n, 3), ECI, m, in the directions that ``direction_eci`` returns."""
        place_at = partial(self.position_eci_m, name)
        if velocity_eci_m_s is None or not self.targets[name].apparent:
            return place_at(time_s) - position_eci_m
        there = way_of_light_m(place_at, time_s, position_eci_m, velocity_eci_m_s)
        return there + self._lift_eci_m(name, time_s, there)

    def _lift_eci_m(self, name: str, time_s: FloatArray, there_m: FloatArray) -> FloatArray:
        """How much higher (n, 3) a target appears that is so far away, ECI, m."""
        target = self.targets[name]
        if not isinstance(target, GroundTarget) or not self._pressure_hPa:
            return np.zeros(3)
        up = self._in_eci(target.up_ecef(time_s), time_s)
        zenith_cosine = -np.sum(up * there_m, axis=1) / np.linalg.norm(there_m, axis=1)
        higher_m = lift_m(zenith_cosine, target.height_m, self._pressure_hPa)
        return np.asarray(higher_m[:, None] * up)

    def elevation_rad(
        self, name: str, time_s: FloatArray, position_eci_m: FloatArray
    ) -> FloatArray:
        """Angles (n,) of a spacecraft above the plane of a target's horizon, rad.

        Of a target in orbit or in the sky: the angle from it to the planet's limb, negative while
        the planet hides it.
        """
        target = self.targets[name]
        if not isinstance(target, GroundTarget):
            return self._above_limb_rad(self.position_eci_m(name, time_s), position_eci_m)
        up = self._in_eci(target.up_ecef(time_s), time_s)
        away = -self.direction_eci(name, time_s, position_eci_m)
        return np.asarray(np.arcsin(np.clip(np.sum(up * away, axis=1), -1.0, 1.0)))

    def _above_limb_rad(self, there_m: FloatArray, position_eci_m: FloatArray) -> FloatArray:
        radius_m, away = self.planet_radius_m, there_m - position_eci_m
        limb = np.arcsin(np.minimum(1.0, radius_m / np.linalg.norm(position_eci_m, axis=1)))
        angle = np.abs(angle_between(away, -position_eci_m) - limb)
        return np.asarray(np.where(in_sight(position_eci_m, away, radius_m), angle, -angle))

    def _in_eci(self, v_ecef: FloatArray, time_s: FloatArray) -> FloatArray:
        return np.asarray(np.einsum("nji,nj->ni", self._ecef_from_eci(time_s), v_ecef))

    def _ecef_from_eci(self, time_s: FloatArray) -> FloatArray:
        """Rotation matrices (n, 3, 3) at times (n,)."""
        number = np.floor(time_s / SEGMENT_s)
        frames = np.empty((len(time_s), 3, 3))
        for each in np.unique(number):
            inside = number == each
            frames[inside] = self._in_segment(float(each) * SEGMENT_s, time_s[inside])
        return frames

    def _in_segment(self, start_s: float, time_s: FloatArray) -> FloatArray:
        if start_s not in self._segments:
            self._segments[start_s] = self._sky.segment(start_s)[0]
        segment = self._segments[start_s]
        elapsed = time_s - segment["start_s"]
        start, change = segment["intermediate_from_eci"]
        pole = start + (elapsed / segment["length_s"])[:, None, None] * change
        angle = segment["spin_angle_rad"] + segment["spin_rate_rad_s"] * elapsed
        c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
        rows = [c * pole[:, 0] + s * pole[:, 1], c * pole[:, 1] - s * pole[:, 0], pole[:, 2]]
        return np.stack(rows, axis=1)

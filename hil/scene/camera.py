"""A camera in front of a scene: what a lens and a detector make of a view from a spacecraft."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hil.physics.aberration import way_of_light_m
from hil.physics.records import RecordArray, records
from hil.physics.rotations import rotation_matrix
from hil.physics.sky import EARTH_SPIN_rad_s
from hil.physics.vectors import FloatArray
from hil.scene.arrangement import Arrangement
from hil.scene.exposure import BLUR_WEIGHTS, FILM, blur, expose, smear
from hil.scene.model import Scene
from hil.scene.render import SOLAR_W_m2, render
from hil.scene.stars import Falling, irradiance_W_m2, splat, stars_near

MARGIN = 4
_NEAREST_m = 1.0
"""Debris that is nearer would be within the spacecraft, and has no direction to be seen in."""
Picture = NDArray[np.uint16]


class Pose(NamedTuple):
    """Where a spacecraft is, how it is turned and turns, and where Earth and Sun are: SI, (n,)."""

    position_eci_m: FloatArray
    velocity_eci_m_s: FloatArray
    q_eci_from_body: FloatArray
    rate_body_rad_s: FloatArray
    q_eci_from_ecef: FloatArray
    sun_eci: FloatArray


class Lens(NamedTuple):
    """How pixels lie in front of the world. distortion: radial, in radii of tangent 1."""

    columns: int
    rows: int
    field_of_view_rad: float
    body_from_camera: FloatArray
    distortion: float = 0.0

    @property
    def pixel_tangent(self) -> float:
        """Tangent that a pixel in the middle takes."""
        return 2.0 * math.tan(0.5 * self.field_of_view_rad) / self.columns


class Detector(NamedTuple):
    """What a detector makes of light; in electrons and counts."""

    exposure_s: float
    blur_pixels: float
    electrons_per_radiance: float
    dark_electrons: float
    read_noise_electrons: float
    full_well_electrons: float
    electrons_per_count: float
    bias_counts: float
    counts_max: float
    response_sigma: float
    seed: int


def pixel_at(lens: Lens, direction_body: FloatArray) -> tuple[float, float] | None:
    """Return column and row at which a direction (3,) is seen; None behind the camera."""
    x, y, z = lens.body_from_camera.T @ direction_body
    if z <= 0.0:
        return None
    # The lens tells of a pixel where it looks: the other way round by iteration.
    tan_x, tan_y = x / z, y / z
    seen_x, seen_y = tan_x, tan_y
    for _ in range(8):
        stretch = 1.0 + lens.distortion * (seen_x**2 + seen_y**2)
        seen_x, seen_y = tan_x / stretch, tan_y / stretch
    pixel = lens.pixel_tangent
    return seen_x / pixel + 0.5 * (lens.columns - 1), seen_y / pixel + 0.5 * (lens.rows - 1)


class SceneCamera:
    """Takes pictures of a scene; the same pose, time and number give the same picture."""

    def __init__(
        self, scene: Scene, lens: Lens, detector: Detector, pressure_hPa: float = 0.0
    ) -> None:
        """pressure_hPa: of the air at sea level, which bends light; 0: none."""
        self._arrangement = Arrangement(scene, pressure_hPa)
        self._apparent = scene.apparent
        self._lens, self._film = lens, _film(lens, detector)
        self._rays = _rays_body(lens)
        shape = (lens.rows + 2 * MARGIN, lens.columns + 2 * MARGIN)
        self._radiance, self._smeared, self._work = (np.zeros(shape) for _ in range(3))
        self._weights = np.zeros(BLUR_WEIGHTS)
        self._distance = np.zeros(shape[0] * shape[1])
        self._debris = [Falling(each) for each in scene.debris]

    def picture(self, pose: Pose, time_s: float, number: int) -> Picture:
        """Return counts (rows, columns) of an exposure whose middle is at a time of the run."""
        ecef_from_body, past_body = _motion(pose)
        arranged = self._arrangement.at(time_s, pose, ecef_from_body, self._lens.pixel_tangent)
        radiance = self._radiance
        render(self._rays, *arranged, radiance.reshape(-1), self._distance)
        self._add_points(pose, time_s)
        x, y, z = pose.rate_body_rad_s.tolist()
        smear(radiance, self._distance, self._rays, (x, y, z), past_body, self._film, self._smeared)
        sigma = float(self._film[0]["blur_pixels"])
        blur(self._smeared, sigma, self._work, self._weights)
        counts = np.zeros((self._lens.rows, self._lens.columns), dtype=np.uint16)
        expose(self._smeared, number, self._film, counts)
        return counts

    def pixel_of(self, pose: Pose, place_eci_m: FloatArray) -> tuple[float, float] | None:
        """Return column and row of a place, by the straight line to it; None behind the camera."""
        return self._seen_at(pose, place_eci_m - pose.position_eci_m)

    def _seen_at(self, pose: Pose, direction_eci: FloatArray) -> tuple[float, float] | None:
        axes = np.array(rotation_matrix(tuple(pose.q_eci_from_body)))
        return pixel_at(self._lens, axes.T @ direction_eci)

    def _add_points(self, pose: Pose, time_s: float) -> None:
        """Add stars and debris, where the Earth does not hide them."""
        if self._distance.min() >= 0.0 and not self._debris:
            return
        axes = np.array(rotation_matrix(tuple(pose.q_eci_from_body)))
        forward = axes @ self._lens.body_from_camera[:, 2]
        reach = math.hypot(1.0, self._lens.rows / self._lens.columns)
        cone = math.cos(min(1.5, 0.6 * reach * self._lens.field_of_view_rad))
        directions, magnitudes = stars_near(forward, cone)
        for direction, magnitude in zip(directions, magnitudes, strict=True):
            self._add_point(pose, direction, magnitude)
        for each in self._debris:
            place_at, eye = each.position_eci_m, pose.position_eci_m
            away = (
                way_of_light_m(place_at, time_s, eye, pose.velocity_eci_m_s)
                if self._apparent
                else place_at(time_s) - eye
            )
            far = float(np.linalg.norm(away))
            if far < _NEAREST_m:
                continue
            self._add_point(pose, away / far, each.magnitude(far, time_s), far)

    def _add_point(
        self, pose: Pose, direction: FloatArray, magnitude: float, far_m: float = math.inf
    ) -> None:
        at = self._seen_at(pose, direction)
        if at is None:
            return
        column, row = at[0] + MARGIN, at[1] + MARGIN
        high, wide = self._radiance.shape
        if not (0.0 <= row < high and 0.0 <= column < wide):
            return
        ground_m = self._distance[int(row) * wide + int(column)]
        if ground_m < 0.0 or far_m < ground_m:
            light = float(irradiance_W_m2(magnitude, SOLAR_W_m2))
            splat(self._radiance, row, column, light / self._lens.pixel_tangent**2)


def _film(lens: Lens, detector: Detector) -> RecordArray:
    film = records(FILM)
    film["columns"], film["rows"], film["margin"] = lens.columns, lens.rows, MARGIN
    film["body_from_camera"] = lens.body_from_camera
    film["pixel_tangent"] = lens.pixel_tangent
    for name, value in detector._asdict().items():
        film[name] = value
    return film


def _rays_body(lens: Lens) -> FloatArray:
    """Unit vectors (n, 3) of the pixels and of those around them, row after row."""
    columns = np.arange(-MARGIN, lens.columns + MARGIN) - 0.5 * (lens.columns - 1)
    rows = np.arange(-MARGIN, lens.rows + MARGIN) - 0.5 * (lens.rows - 1)
    y, x = np.meshgrid(rows * lens.pixel_tangent, columns * lens.pixel_tangent, indexing="ij")
    stretch = 1.0 + lens.distortion * (x * x + y * y)
    x, y = (x * stretch).reshape(-1), (y * stretch).reshape(-1)
    length = np.sqrt(1.0 + x * x + y * y)
    right, down, forward = (lens.body_from_camera[:, i] for i in range(3))
    rays = [(x * right[i] + y * down[i] + forward[i]) / length for i in range(3)]
    return np.ascontiguousarray(np.stack(rays, axis=1))


def _motion(pose: Pose) -> tuple[FloatArray, tuple[float, float, float]]:
    """Return the matrix to Earth-fixed axes from the body's, and how the ground passes the body.

    The latter in m/s, body axes, of the ground below the spacecraft.
    """
    eci_from_body = np.array(rotation_matrix(tuple(pose.q_eci_from_body)))
    eci_from_ecef = np.array(rotation_matrix(tuple(pose.q_eci_from_ecef)))
    pole = EARTH_SPIN_rad_s * eci_from_ecef[:, 2]
    ground = pose.position_eci_m * (6.371e6 / np.sqrt(np.sum(pose.position_eci_m**2)))
    past = _transposed(eci_from_body, _cross(pole, ground) - pose.velocity_eci_m_s)
    turn = np.stack([_transposed(eci_from_ecef, column) for column in eci_from_body.T], axis=1)
    return turn, (float(past[0]), float(past[1]), float(past[2]))


def _transposed(m: FloatArray, v: FloatArray) -> FloatArray:
    """Return m^T v by sums in a fixed order, which a matrix library does not keep."""
    return np.asarray(m[0] * v[0] + m[1] * v[1] + m[2] * v[2])


def _cross(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.array(
        [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    )

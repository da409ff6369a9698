"""Pictures of random scenes, and what is in them: for training the network and for its figures.

A seed makes one picture. Seeds below 1 000 000 are for training, those above for figures.
"""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass, field

import numpy as np

from hil.devices.camera import Camera, CameraUnit, packed
from hil.devices.sensor import Installation
from hil.link.messages import SIGHT_KINDS
from hil.machine import build
from hil.physics.ground import GroundTarget
from hil.physics.rotations import from_matrix
from hil.scene.camera import Pose
from hil.scene.model import Fire, Patch, Scene, Ship

NOTHING, SHIP, FIRE, CLOUD, GLINT = range(len(SIGHT_KINDS))
INPUTS = 260
_NEAR_PIXELS = 3.0
_COLUMNS = tuple((name, 4 if name.startswith("q_") else 3) for name in (
    "q_eci_from_body", "rate_body_rad_s", "position_eci_m", "velocity_eci_m_s", "sun_eci",
    "q_eci_from_ecef"))  # fmt: skip
_CAMERA = {  # that of rigs/parts/cmv300_telescope.toml
    "rate_hz": 1.0, "boresight_body": (0.0, 0.0, 1.0), "up_body": (1.0, 0.0, 0.0),
    "field_of_view_deg": 0.8, "exposure_s": 1.2e-4, "f_number": 4.0, "pixel_um": 29.6,
    "quantum_efficiency": 0.45, "full_well_electrons": 320e3, "read_noise_electrons": 80.0,
    "dark_current_electrons_s": 2000.0, "electrons_per_count": 80.0, "bias_counts": 64.0,
    "response_sigma": 0.01, "blur_pixels": 0.6,
}  # fmt: skip
_SPIN_rad_s = 7.292e-5
_LIKE_m = 250.0  # what is smaller can be taken for a ship


@dataclass
class View:
    """A picture, where in it (column, row) ships and fires are, and what else it has."""

    kind: str
    picture: np.ndarray
    truths: list[tuple[int, float, float, float, float]] = field(default_factory=list)
    """Kind, column, row, length in m, counts above what would be there without it."""
    clouds: np.ndarray | None = None
    """How much brighter clouds make each pixel, relative; None: there are none."""
    glint: bool = False
    surface: str = "sea"
    likes: list[tuple[str, float, float, float]] = field(default_factory=list)
    """Islands and roofs of a ship's size: kind, column, row, radius in m."""


def view(seed: int) -> View:
    """Return the picture of a seed."""
    source = np.random.default_rng(seed)
    kind = str(source.choice(["ship", "glint", "cloudy sea", "fire", "land", "coast"],
                             p=[0.34, 0.16, 0.14, 0.22, 0.08, 0.06]))  # fmt: skip
    scene, pose = _scene(kind, source, seed), _pose(kind, source)
    unit = CameraUnit(Camera(**_CAMERA), 0, Installation(_COLUMNS, 0.1, seed, scene=scene))
    time_s = float(source.uniform(0.0, 100.0))
    picture = unit.eye.picture(pose, time_s, 0)
    made = View(kind, picture, glint=kind == "glint", surface=scene.surface)
    for each in scene.patch:
        at = unit.eye.pixel_of(pose, each.as_target().position_ecef_m(time_s))
        if at and each.radius_m < _LIKE_m:
            made.likes.append((each.kind, at[0], at[1], each.radius_m))
    bare = _bare(scene, seed, pose, time_s) if scene.objects else picture
    for each in scene.objects:
        at = unit.eye.pixel_of(pose, each.as_target().position_ecef_m(time_s))
        if at and 1.0 <= at[0] < 158.0 and 1.0 <= at[1] < 118.0:
            column, row = round(at[0]), round(at[1])
            around = np.s_[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
            contrast = float((picture[around].astype(float) - bare[around]).max())
            what = SHIP if isinstance(each, Ship) else FIRE
            made.truths.append((what, at[0], at[1], each.length_m, contrast))
    if scene.cloud_cover:
        clear = scene.model_copy(update={"cloud_cover": 0.0})
        shown = CameraUnit(Camera(**_CAMERA), 0, Installation(_COLUMNS, 0.1, seed, scene=clear))
        without = shown.eye.picture(pose, time_s, 0).astype(float)
        made.clouds = picture / np.maximum(without, 1.0) - 1.0
    return made


def _bare(scene: Scene, seed: int, pose: Pose, time_s: float) -> np.ndarray:
    empty = scene.model_copy(update={"ship": (), "fire": (), "aircraft": ()})
    unit = CameraUnit(Camera(**_CAMERA), 0, Installation(_COLUMNS, 0.1, seed, scene=empty))
    return unit.eye.picture(pose, time_s, 0).astype(float)


def _offset(source: np.random.Generator, most_m: float) -> dict[str, float]:
    east, north = source.uniform(-most_m, most_m, 2)
    return {"latitude_deg": 42.8 + north / 111e3, "longitude_deg": 50.3 + east / 81.6e3}


def _scene(kind: str, source: np.random.Generator, seed: int) -> Scene:
    sea = kind in ("ship", "glint", "cloudy sea", "coast")
    cloudy = kind == "cloudy sea" or source.uniform() < 0.25
    scene = {
        "seed": seed % (2**31 - 20_000) + 1,
        "latitude_deg": 42.8,
        "longitude_deg": 50.3,
        "surface": "sea" if sea else str(source.choice(["steppe", "fields"], p=[0.7, 0.3])),
        "sea_wind_m_s": source.uniform(1.5, 11.0),
        "swell_height_m": source.uniform(0.2, 2.5),
        "swell_length_m": source.uniform(80.0, 260.0),
        "swell_course_deg": source.uniform(0.0, 360.0),
        "haze_depth": source.uniform(0.05, 0.5),
        "cloud_cover": source.uniform(0.1, 0.5) if cloudy else 0.0,
        "cloud_size_m": source.uniform(1200.0, 7000.0),
        "wind_course_deg": source.uniform(0.0, 360.0),
    }
    patches = []
    if sea:
        ships = int(source.choice([0, 1, 2], p=[0.15, 0.6, 0.25]))
        scene["ship"] = tuple(_ship(source, i) for i in range(ships))
        for _ in range(int(source.choice([0, 1, 2], p=[0.6, 0.25, 0.15]))):
            patches.append(_patch(source, str(source.choice(["steppe", "sand"])), 60.0, 500.0))
    if kind == "coast":
        patches.append(_patch(source, "steppe", 1500.0, 3500.0))
    if not sea:
        fires = int(source.choice([1, 2])) if kind == "fire" else 0
        scene["fire"] = tuple(_fire(source, i) for i in range(fires))
        if source.uniform() < 0.3:
            patches.append(_patch(source, "town", 300.0, 1200.0))
        for _ in range(int(source.integers(0, 5))):
            patches.append(_patch(source, "roof", 15.0, 90.0))
    return Scene(**scene, patch=tuple(patches))


def _ship(source: np.random.Generator, i: int) -> Ship:
    length, place = float(source.uniform(50.0, 330.0)), _offset(source, 2300.0)
    width = length / source.uniform(5.5, 7.5)
    bright, course = source.uniform(0.12, 0.5), source.uniform(0.0, 360.0)
    speed = source.choice([0.0, source.uniform(2.0, 12.0)], p=[0.3, 0.7])
    return Ship(name=f"ship {i}", **place, length_m=length, width_m=width, reflectance=bright,
                course_deg=course, speed_m_s=speed)  # fmt: skip


def _fire(source: np.random.Generator, i: int) -> Fire:
    return Fire(name=f"fire {i}", **_offset(source, 2300.0), length_m=source.uniform(30.0, 250.0),
                width_m=source.uniform(15.0, 80.0), radiance_W_m2_sr=source.uniform(60.0, 200.0),
                smoke_length_m=source.uniform(500.0, 6000.0),
                smoke_depth=source.uniform(0.2, 2.5))  # fmt: skip


def _patch(source: np.random.Generator, kind: str, least_m: float, most_m: float) -> Patch:
    return Patch(kind=kind, **_offset(source, 3500.0), radius_m=source.uniform(least_m, most_m),
                 roughness=source.uniform(0.0, 0.6), elongation=source.uniform(1.0, 2.5),
                 course_deg=source.uniform(0.0, 360.0))  # fmt: skip


def _pose(kind: str, source: np.random.Generator) -> Pose:
    """A pass from 515 km, the place near the middle; the Sun mirrored towards the eye for glint."""
    target = GroundTarget(
        name="here", kind="target", latitude_deg=42.8, longitude_deg=50.3, height_m=0
    )
    p, up = target.position_ecef_m(0.0), target.up_ecef(0.0)
    east = np.array([-up[1], up[0], 0.0]) / math.hypot(up[0], up[1])
    north = np.cross(up, east)

    def towards(elevation_deg: float, azimuth_deg: float) -> np.ndarray:
        e, a = math.radians(elevation_deg), math.radians(azimuth_deg)
        return math.cos(e) * (math.sin(a) * east + math.cos(a) * north) + math.sin(e) * up

    elevation, azimuth = source.uniform(30.0, 88.0), source.uniform(0.0, 360.0)
    sun = (source.uniform(18.0, 70.0), source.uniform(0.0, 360.0))
    if kind == "glint":
        sun = (elevation + source.uniform(-9.0, 9.0), azimuth + 180.0 + source.uniform(-9.0, 9.0))
    elif abs((azimuth - sun[1]) % 360.0 - 180.0) < 40.0:
        sun = (sun[0], sun[1] + 90.0)
    line = towards(elevation, azimuth)
    along, radius = float(p @ line), float(np.linalg.norm(p)) + 515e3
    distance = -along + math.sqrt(along**2 - float(p @ p) + radius**2)
    position, z = p + distance * line, -line
    heading = source.standard_normal(3)
    velocity = np.cross(position, heading)
    velocity *= 7600.0 / np.linalg.norm(velocity)
    x = velocity - (velocity @ z) * z
    x /= np.linalg.norm(x)
    axes = np.stack([x, np.cross(z, x), z])
    past = np.cross([0.0, 0.0, _SPIN_rad_s], p) - velocity
    return Pose(position, velocity, from_matrix(axes.T), axes @ np.cross(z, past) / distance,
                np.array([0.0, 0.0, 0.0, 1.0]), towards(*sun))  # fmt: skip


class Vision:
    """The vision software of the firmware, as a library of this machine."""

    def __init__(self) -> None:
        loaded = ctypes.CDLL(str(build.build("library")))
        loaded.hil_vision_size.restype = loaded.hil_vision_find.restype = ctypes.c_size_t
        self._find = loaded.hil_vision_find
        self._memory = ctypes.create_string_buffer(loaded.hil_vision_size())

    def find(self, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return finds (n, 8) as ports/library/library.h has them, and inputs (n, 260)."""
        finds, inputs = np.zeros((24, 8), np.int32), np.zeros((24, INPUTS), np.int8)
        out = (each.ctypes.data_as(ctypes.c_void_p) for each in (finds, inputs))
        rows, columns = picture.shape
        n = self._find(self._memory, packed(picture, 12), columns, rows, 12, *out)
        return finds[:n], inputs[:n]


def truth_of(seen: View, column: float, row: float) -> int:
    """Return what a find at a place of a picture is."""
    for kind, at_column, at_row, length_m, _ in seen.truths:
        if math.hypot(column - at_column, row - at_row) < _NEAR_PIXELS + length_m / 150.0:
            return kind
    if seen.clouds is not None:
        i, j = int(min(119, max(0, row))), int(min(159, max(0, column)))
        around = seen.clouds[max(0, i - 3) : i + 4, max(0, j - 3) : j + 4]
        if abs(around).max() > 0.12:
            return CLOUD
    return GLINT if seen.glint else NOTHING


def labelled(seen: View, vision: Vision) -> tuple[np.ndarray, np.ndarray]:
    """Return the network's inputs (n, 260) and what each is (n,)."""
    finds, inputs = vision.find(seen.picture)
    truths = [truth_of(seen, each[2] / 64.0, each[3] / 64.0) for each in finds]
    return inputs, np.array(truths, dtype=int)

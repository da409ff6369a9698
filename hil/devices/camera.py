"""Camera: pictures of the rig's scene, sent in numbered pieces over the steps that follow."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from hil.config import Axis, Fraction, NonNegative, Positive
from hil.devices.camera_optics import bad_pixels, detector_of, lens_of
from hil.devices.camera_pieces import PIECE_OCTETS, pieces_of
from hil.devices.kinds import SensorKind
from hil.devices.sensor import Installation, Reading, Sample, Sensor, SensorModel, starts
from hil.link import messages as wire
from hil.physics.constants import EARTH
from hil.physics.vectors import FloatArray

if TYPE_CHECKING:
    from hil.scene.camera import Picture, Pose

_ARCSEC = math.radians(1.0) / 3600.0
_FRAMES = 1 << 16  # then their numbers begin anew


class Camera(SensorModel):
    """A [[camera]] table; what it sees is the rig's [scene]."""

    boresight_body: Axis
    """Direction in which it looks."""
    up_body: Axis
    """Direction that is up in its pictures, across the boresight."""
    columns: int = Field(default=160, ge=16, le=1024)
    """Pixels of a row."""
    rows: int = Field(default=120, ge=16, le=1024)
    """Pixels of a column."""
    bits: Literal[8, 12] = 12
    """Of a pixel on the wire; pixels of 12 bits lie close, two in three octets."""
    field_of_view_deg: float = Field(gt=0.0, lt=120.0)
    """Full angle along a row."""
    distortion: float = Field(default=0.0, ge=-1.0, le=1.0)
    """Radial: a pixel at tangent r from the middle looks to r (1 + distortion r2)."""
    mounting_error_sigma_arcsec: NonNegative = 0.0
    """1 sigma an axis, drawn once a run."""
    blur_pixels: NonNegative = 0.5
    """1 sigma of the image of a point."""
    exposure_s: Positive
    """In which the picture moves as the body turns and flies."""
    f_number: Positive
    """Focal length through aperture."""
    transmission: Fraction = 0.8
    """Of the lens."""
    pixel_um: Positive
    """Side of a pixel, of several together where they are read as one."""
    quantum_efficiency: Fraction
    """Electrons a photon, between 450 and 750 nm."""
    full_well_electrons: Positive
    """What a pixel can hold."""
    read_noise_electrons: NonNegative
    """1 sigma."""
    dark_current_electrons_s: NonNegative = 0.0
    """What gathers without light."""
    electrons_per_count: Positive
    """Gain of the converter."""
    bias_counts: NonNegative = 0.0
    """Count of no electrons."""
    response_sigma: Fraction = 0.0
    """Fixed differences between pixels, 1 sigma, relative."""
    hot_pixels: int = Field(default=0, ge=0, le=1000)
    """Pixels that always show the highest count; which ones is drawn once a run."""
    dead_pixels: int = Field(default=0, ge=0, le=1000)
    """Pixels that always show 0."""
    transfer_s: Positive | None = None
    """In which a picture goes over the wire; none: until the next one."""

    @model_validator(mode="after")
    def _up_is_across(self) -> Camera:
        if abs(float(np.dot(self.boresight_body, self.up_body))) > 1e-3:
            raise ValueError("up_body must be at right angles to boresight_body")
        return self

    @model_validator(mode="after")
    def _pictures_follow_each_other(self) -> Camera:
        apart_s = 1.0 / self.rate_hz
        for key, takes_s in (("exposure_s", self.exposure_s), ("transfer_s", self.transfer_s)):
            if takes_s is not None and takes_s > apart_s * (1.0 + 1e-9):
                raise ValueError(
                    f"{key} = {takes_s:g} is longer than the {apart_s:g} s from one picture to "
                    "the next: shorten it, or lower rate_hz"
                )
        return self

    @model_validator(mode="after")
    def _shows_something(self) -> Camera:
        bad, pixels = self.hot_pixels + self.dead_pixels, self.columns * self.rows
        if bad > pixels:
            raise ValueError(f"hot_pixels and dead_pixels are {bad}, of {pixels} pixels")
        if self.bias_counts >= (highest := (1 << self.bits) - 1):
            raise ValueError(
                f"bias_counts = {self.bias_counts:g} leaves no room for light: the highest count "
                f"of {self.bits} bits is {highest}"
            )
        corner = math.hypot(1.0, self.rows / self.columns)
        r = math.tan(0.5 * math.radians(self.field_of_view_deg)) * corner
        if 1.0 + 3.0 * self.distortion * r * r <= 0.0:  # d/dr of r (1 + distortion r2)
            raise ValueError(
                f"distortion = {self.distortion:g} folds the corners of the picture inwards: with "
                f"this field of view it must be above {-1.0 / (3.0 * r * r):.3g}"
            )
        return self

    @property
    def frame_octets(self) -> int:
        """Octets of a picture."""
        return (self.columns * self.rows * self.bits + 7) // 8

    @property
    def piece_count(self) -> int:
        """Pieces of a picture."""
        return -(-self.frame_octets // PIECE_OCTETS)

    def pixel_of(self, direction_body: FloatArray) -> tuple[float, float] | None:
        """Return column and row at which a direction (3,) is seen; None behind the camera.

        Mounted without error.
        """
        from hil.scene.camera import pixel_at

        return pixel_at(lens_of(self, np.zeros(3)), direction_body)

    def pieces_per_step(self, step_s: float) -> int:
        """Return how many pieces go out in a control period at the most."""
        transfer_s = self.transfer_s if self.transfer_s is not None else 1.0 / self.rate_hz
        steps = max(1, math.floor(transfer_s / step_s + 1e-9))
        return -(-self.piece_count // steps)


class CameraUnit(Sensor):
    """A camera on the bench. A sample tells of a picture; its pixels follow in pieces."""

    message: ClassVar[wire.Message] = wire.sample(
        "camera",
        0x129,
        "A picture was taken, whose pieces follow; its time is the middle of the exposure.",
        wire.Field("frame", "u16", doc="number of the picture, from 0, modulo 65536"),
        wire.Field("columns", "u16"),
        wire.Field("rows", "u16"),
        wire.Field("bits", "u8", doc="of a pixel: 8, or 12 with two in three octets"),
    )
    stream: ClassVar[wire.Message] = wire.Message(
        "camera_piece",
        0x118,
        True,
        (
            wire.Field("flags", "u4", doc="0"),
            wire.Field("instance", "u4", doc="which camera, from 0"),
            wire.Field("frame", "u16", doc="number of the picture"),
            wire.Field("piece", "u16", doc="from 0"),
            wire.Field("pixels", "u8", PIECE_OCTETS, doc="row after row; the last one is padded"),
        ),
        doc="Pixels of a picture: octets 112 x piece and on.",
    )

    def __init__(self, model: Camera, instance: int, installation: Installation) -> None:
        """Stand in front of the scene, with mounting error and bad pixels drawn."""
        super().__init__(model, instance, installation)
        from hil.scene.camera import SceneCamera

        assert installation.scene is not None
        self.model = model
        self._at = starts(installation.truth_columns)
        error_rad = model.mounting_error_sigma_arcsec * _ARCSEC
        self.lens = lens_of(model, error_rad * self.fixed_errors.standard_normal(3))
        self._bad = bad_pixels(model, self.fixed_errors)
        seed = (installation.seed * 16 + instance) % (1 << 31)
        air = installation.pressure_hPa
        self.eye = SceneCamera(installation.scene, self.lens, detector_of(model, seed), air)
        self._per_step = model.pieces_per_step(self.step_s)
        self._time_s, self._number = 0.0, 0
        self._taken: deque[tuple[int, Picture]] = deque()
        self._outgoing: deque[tuple[float | int, ...]] = deque()
        self._begun: Picture | None = None

    def pose(self, row: FloatArray) -> Pose:
        """Return what of a row of truth a picture depends on."""
        from hil.scene.camera import Pose

        def part(name: str, size: int) -> FloatArray:
            return row[self._at[name] : self._at[name] + size].copy()

        return Pose(
            part("position_eci_m", 3),
            part("velocity_eci_m_s", 3),
            part("q_eci_from_body", 4),
            part("rate_body_rad_s", 3),
            part("q_eci_from_ecef", 4),
            part("sun_eci", 3),
        )

    def measure(self, row: FloatArray) -> Reading:
        """Take a picture, and return its number and its size."""
        number, model = self._number, self.model
        picture = self.picture(self.pose(row), self._time_s, number)
        self._taken.append((number, picture))
        self._number = (number + 1) % _FRAMES
        return (number, model.columns, model.rows, model.bits), True

    def picture(self, pose: Pose, time_s: float, number: int) -> Picture:
        """Return the counts (rows, columns) of a picture, bad pixels included."""
        picture = self.eye.picture(pose, time_s, number)
        for (row, column), value in self._bad:
            picture[row, column] = value
        return picture

    def sample(self, step: int, row: FloatArray) -> Sample | None:
        """Take a picture if it is time to; begin to send one when it is read out."""
        self._time_s = step * self.step_s
        told = super().sample(step, row)
        if told is not None and self._taken:
            number, picture = self._taken.popleft()
            self._begun = picture
            self._outgoing = deque(pieces_of(picture, number, self.instance, self.model.bits))
        return told

    def begun(self) -> Picture | None:
        """Return the picture of which the first piece goes out now; None if none does."""
        picture, self._begun = self._begun, None
        return picture

    @property
    def pieces_most(self) -> int:
        """Pieces that go out in a step at the most."""
        return self._per_step

    def pieces(self) -> list[tuple[float | int, ...]]:
        """Return the pieces that go out in this step, as values of the stream's message."""
        n = min(self._per_step, len(self._outgoing))
        return [self._outgoing.popleft() for _ in range(n)]


KINDS = (
    SensorKind(
        heading="camera",
        model=Camera,
        unit=CameraUnit,
        central_bodies=(EARTH.name,),
        needs_scene=True,
    ),
)

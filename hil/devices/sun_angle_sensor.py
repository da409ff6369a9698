"""Sun sensor that tells two angles in its own axes, as most two-axis sensors do."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from pydantic import Field, model_validator

from hil.config import Axis, NonNegative
from hil.devices.directions import drawn_turn
from hil.devices.fine_sun_sensor import NEEDED_LIGHT
from hil.devices.kinds import SensorKind
from hil.devices.sensor import Installation, Sensor, SensorModel, starts
from hil.devices.stimuli import FAR_M, Phasing, Stage, Stimuli
from hil.link import messages as wire
from hil.physics.rotations import rotation_matrix
from hil.physics.vectors import FloatArray, transform_back, vector

_NO_SUN = (0.0, 0.0)
_TILT_rad = 0.25


class SunAngleSensor(SensorModel):
    """A [[sun_angle_sensor]] table: its z axis looks out, its x and y axes lie in its face."""

    boresight_body: Axis
    """Its own z axis, in which it looks."""
    x_axis_body: Axis
    """Its own x axis, from which alpha is measured; y completes the right-handed frame."""
    field_of_view_deg: float = Field(gt=0.0, lt=180.0)
    """Full angle of the square field, about each axis."""
    noise_deg: NonNegative
    """1 sigma of each angle."""
    error_sigma_deg: NonNegative = 0.0
    """What calibration and mounting leave, a turn drawn once a run: 1 sigma an axis."""

    @model_validator(mode="after")
    def _has_square_axes(self) -> SunAngleSensor:
        across = float(np.dot(self.boresight_body, self.x_axis_body))
        if abs(across) > 1e-6:
            off_deg = math.degrees(math.acos(max(-1.0, min(1.0, across))))
            raise ValueError(f"x_axis_body is {off_deg:.6g} degrees from boresight_body, not 90")
        return self

    def sensor_from_body(self) -> FloatArray:
        """Rotation matrix (3, 3): rows are its axes."""
        z, x = np.array(self.boresight_body), np.array(self.x_axis_body)
        return np.array([x, np.cross(z, x), z])


class SunAngleSensorUnit(Sensor):
    """Such a sensor on the bench. Without the Sun its sample is invalid: two zeros."""

    message: ClassVar[wire.Message] = wire.sample(
        "sun_angles",
        0x12D,
        "Direction to the Sun in the sensor's own axes: atan2(x, z) and atan2(y, z).",
        wire.Field("alpha_rad", "f32", unit="rad"),
        wire.Field("beta_rad", "f32", unit="rad"),
    )

    def __init__(self, model: SunAngleSensor, instance: int, installation: Installation) -> None:
        """Draw this unit's fixed error."""
        super().__init__(model, instance, installation)
        self._at = starts(installation.truth_columns)["sun_eci"]
        turn = np.array(drawn_turn(self.fixed_errors, model.error_sigma_deg))
        self._shown_from_body = model.sensor_from_body() @ turn
        self._widest_rad = math.radians(0.5 * model.field_of_view_deg)
        self._noise_rad = math.radians(model.noise_deg)

    def measure(self, row: FloatArray) -> tuple[tuple[float, ...], bool]:
        """Return both angles; invalid in eclipse and when the Sun is outside the field."""
        i = self.normals.take(2)
        axes = rotation_matrix((row[0], row[1], row[2], row[3]))
        sun_body = transform_back(axes, vector(row[self._at : self._at + 3]))
        x, y, z = (self._shown_from_body @ sun_body).tolist()
        alpha, beta = math.atan2(x, z), math.atan2(y, z)
        if row[self._at + 3] < NEEDED_LIGHT or max(abs(alpha), abs(beta)) > self._widest_rad:
            return _NO_SUN, False
        noise = self._noise_rad * self.normals.block[i : i + 2]
        return (float(np.float32(alpha + noise[0])), float(np.float32(beta + noise[1]))), True


def _suns(stage: Stage, model: SunAngleSensor) -> Stimuli:
    """The Sun to each side of the boresight, about one axis of the sensor and then the other."""
    x, y, z = model.sensor_from_body()
    tilt_rad = min(_TILT_rad, math.radians(0.4 * model.field_of_view_deg))
    for axis, tilts in ((x, (1.0, 0.0)), (y, (0.0, 1.0))):
        for sign in (1.0, -1.0):
            sun = z + sign * math.tan(tilt_rad) * axis
            row = stage.row(sun_eci=sun / np.linalg.norm(sun), position_eci_m=FAR_M * y)
            yield row, sign * tilt_rad / _TILT_rad * np.array(tilts)


KINDS = (
    SensorKind(
        heading="sun_angle_sensor",
        model=SunAngleSensor,
        unit=SunAngleSensorUnit,
        phasing=Phasing(
            _suns,
            lambda views: views / _TILT_rad,
            shown=2,
            labels=("alpha", "beta"),
            size=_TILT_rad,
            unit="rad",
        ),
    ),
)

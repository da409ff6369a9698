"""An Earth camera, as another package brings it: this one file and its entry point.

It tells one number, by how much the horizon in its picture is rolled.
"""

import math
from typing import ClassVar

import numpy as np

from hil.config import Axis, NonNegative
from hil.devices.kinds import SensorKind
from hil.devices.rounding import quantized
from hil.devices.sensor import Installation, Sensor, SensorModel, starts
from hil.devices.stimuli import FAR_M, Phasing, Stage, Stimuli
from hil.link import messages as wire
from hil.physics.rotations import from_rotation_vector, rotation_matrix
from hil.physics.vectors import FloatArray, transform_back, vector

_ROLL_rad = 0.3  # of a stimulus


class EarthCamera(SensorModel):
    """An [[earth_camera]] table. It looks along its boresight, its picture's top is up_body."""

    boresight_body: Axis
    """Direction in which it looks."""
    up_body: Axis
    """Direction in the body that is up in its picture, across the boresight."""
    noise_deg: NonNegative = 0.0
    """1 sigma of the roll."""


class EarthCameraUnit(Sensor):
    """An Earth camera on the bench."""

    message: ClassVar[wire.Message] = wire.sample(
        "earth_camera",
        0x190,
        "Roll of the horizon in the picture.",
        wire.Field("horizon_roll_rad", "f32", unit="rad", doc="positive: the body rolled positive"),
    )

    def __init__(self, model: EarthCamera, instance: int, installation: Installation) -> None:
        """Know where in a row of truth the planet is."""
        super().__init__(model, instance, installation)
        self._at = starts(installation.truth_columns)["position_eci_m"]
        self._up = np.array(model.up_body)
        self._side = np.cross(model.boresight_body, model.up_body)
        self._noise_rad = math.radians(model.noise_deg)

    def measure(self, row: FloatArray) -> tuple[tuple[float, ...], bool]:
        """Return the roll about the boresight that takes the zenith to the picture's top."""
        i = self.normals.take(1)
        axes = rotation_matrix((row[0], row[1], row[2], row[3]))
        zenith = transform_back(axes, vector(row[self._at : self._at + 3]))
        roll = math.atan2(float(-self._side @ zenith), float(self._up @ zenith))
        return (quantized(roll + self._noise_rad * self.normals.block[i], 0.0),), True


def _rolls(stage: Stage, model: EarthCamera) -> Stimuli:
    zenith = FAR_M * np.array(model.up_body)
    for sign in (1.0, -1.0):
        turn = from_rotation_vector(sign * _ROLL_rad * np.array(model.boresight_body))
        yield stage.row(q_eci_from_body=turn, position_eci_m=zenith), np.array([sign])


KINDS = SensorKind(
    heading="earth_camera",
    model=EarthCamera,
    unit=EarthCameraUnit,
    phasing=Phasing(_rolls, lambda views: views / _ROLL_rad, shown=1, labels=("roll",)),
    central_bodies=("earth",),
)

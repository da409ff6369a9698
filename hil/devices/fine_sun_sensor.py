"""Fine sun sensor: the direction to the Sun while it shines into the field of view."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from pydantic import Field

from hil.config import Axis, NonNegative
from hil.devices.directions import drawn_turn, shown_direction
from hil.devices.kinds import SensorKind
from hil.devices.reading import CompiledReading, MeasuresCompiled, show
from hil.devices.sensor import Installation, Sensor, SensorModel, starts
from hil.devices.stimuli import FAR_M, Row, Stage, of_direction
from hil.link import messages as wire
from hil.physics.compiled import compiled
from hil.physics.records import RecordArray, records
from hil.physics.rotations import rotation_matrix
from hil.physics.vectors import FloatArray, dot, matrix, transform_back, vector

FINE_SUN_SENSOR = np.dtype(
    [
        ("shown_from_body", "f8", (3, 3)),
        ("boresight_body", "f8", (3,)),
        ("field_cos", "f8"),
        ("noise_rad", "f8"),
        ("sun_at", "i8"),  # where it begins in a row of truth
    ],
    align=True,
)
NEEDED_LIGHT = 0.5  # of the Sun's disc; in deeper penumbra the spot is too faint


class FineSunSensor(SensorModel):
    """A [[fine_sun_sensor]] table."""

    boresight_body: Axis
    """Direction in which it looks."""
    field_of_view_deg: float = Field(gt=0.0, le=180.0)
    """Full angle of the round field."""
    noise_deg: NonNegative
    """1 sigma an axis."""
    error_sigma_deg: NonNegative = 0.0
    """What calibration and mounting leave, a turn drawn once a run: 1 sigma an axis."""


@compiled
def read_fine_sun_sensor(
    row: FloatArray,
    rods: FloatArray,  # noqa: ARG001  all devices are asked alike
    sensors: RecordArray,
    normals: FloatArray,
    i: int,
    shown: FloatArray,
) -> bool:
    """Show the unit vector to the Sun, body frame, single precision; zeros when it sees none."""
    sensor = sensors[0]
    sun_at = sensor.sun_at
    axes = rotation_matrix((row[0], row[1], row[2], row[3]))
    sun = transform_back(axes, vector(row[sun_at : sun_at + 3]))
    if row[sun_at + 3] < NEEDED_LIGHT or dot(sun, vector(sensor.boresight_body)) < sensor.field_cos:
        return show(shown, 0.0, 0.0, 0.0)
    turn = matrix(sensor.shown_from_body)
    x, y, z = shown_direction(turn, sun, sensor.noise_rad, normals, i)
    return show(shown, x, y, z)


class FineSunSensorUnit(MeasuresCompiled, Sensor):
    """A fine sun sensor on the bench. Without the Sun its sample is invalid: three zeros."""

    message: ClassVar[wire.Message] = wire.sample(
        "fine_sun_sensor",
        0x125,
        "Direction to the Sun, unit vector.",
        wire.Field("sun_body", "f32", 3),
    )

    def __init__(self, model: FineSunSensor, instance: int, installation: Installation) -> None:
        """Draw this unit's fixed error."""
        super().__init__(model, instance, installation)
        self._record = records(FINE_SUN_SENSOR)
        self._record["sun_at"] = starts(installation.truth_columns)["sun_eci"]
        turn = drawn_turn(self.fixed_errors, model.error_sigma_deg)
        self._record["shown_from_body"] = turn
        self._record["boresight_body"] = model.boresight_body
        self._record["field_cos"] = math.cos(math.radians(0.5 * model.field_of_view_deg))
        self._record["noise_rad"] = math.radians(model.noise_deg)
        self.compiled = CompiledReading(
            FineSunSensorUnit, read_fine_sun_sensor, self._record, self.normals, draws=3, values=3
        )


def _sun_there(stage: Stage, direction: Row, across: Row) -> Row:
    return stage.row(sun_eci=direction, position_eci_m=FAR_M * across)


KINDS = (
    SensorKind(
        heading="fine_sun_sensor",
        model=FineSunSensor,
        unit=FineSunSensorUnit,
        phasing=of_direction(_sun_there),
    ),
)

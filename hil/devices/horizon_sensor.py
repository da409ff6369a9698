"""Horizon sensor: the direction to the planet's centre, found from the edge of its disc."""

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
from hil.physics.vectors import FloatArray, dot, matrix, scale, transform_back, unit, vector

HORIZON_SENSOR = np.dtype(
    [
        ("shown_from_body", "f8", (3, 3)),
        ("boresight_body", "f8", (3,)),
        ("nadir_cos", "f8"),
        ("sun_exclusion_cos", "f8"),
        ("noise_rad", "f8"),
        ("position_at", "i8"),  # where they begin in a row of truth
        ("sun_at", "i8"),
    ],
    align=True,
)


class HorizonSensor(SensorModel):
    """A [[horizon_sensor]] table."""

    boresight_body: Axis
    """Direction in which it looks."""
    nadir_range_deg: float = Field(gt=0.0, le=180.0)
    """Largest angle from the boresight to the planet's centre at which it sees enough of the
    horizon."""
    sun_exclusion_deg: float = Field(default=0.0, ge=0.0, lt=180.0)
    """Nearer to the boresight the Sun blinds it."""
    noise_deg: NonNegative
    """1 sigma an axis."""
    error_sigma_deg: NonNegative = 0.0
    """What calibration, mounting and the shape of the horizon leave, a turn drawn once a run: 1
    sigma an axis."""


@compiled
def read_horizon_sensor(
    row: FloatArray,
    rods: FloatArray,  # noqa: ARG001  all devices are asked alike
    sensors: RecordArray,
    normals: FloatArray,
    i: int,
    shown: FloatArray,
) -> bool:
    """Show the unit vector to the nadir, body frame, single precision; zeros when it has none."""
    sensor = sensors[0]
    position_at, sun_at = sensor.position_at, sensor.sun_at
    axes = rotation_matrix((row[0], row[1], row[2], row[3]))
    boresight = vector(sensor.boresight_body)
    nadir = scale(-1.0, unit(vector(row[position_at : position_at + 3])))
    nadir = transform_back(axes, nadir)
    if dot(nadir, boresight) < sensor.nadir_cos:
        return show(shown, 0.0, 0.0, 0.0)
    sun = transform_back(axes, vector(row[sun_at : sun_at + 3]))
    if row[sun_at + 3] > 0.0 and dot(sun, boresight) > sensor.sun_exclusion_cos:
        return show(shown, 0.0, 0.0, 0.0)
    turn = matrix(sensor.shown_from_body)
    x, y, z = shown_direction(turn, nadir, sensor.noise_rad, normals, i)
    return show(shown, x, y, z)


class HorizonSensorUnit(MeasuresCompiled, Sensor):
    """A horizon sensor on the bench. What it cannot see comes as an invalid sample of zeros."""

    message: ClassVar[wire.Message] = wire.sample(
        "horizon_sensor",
        0x127,
        "Direction to the Earth's centre, unit vector.",
        wire.Field("nadir_body", "f32", 3),
    )

    def __init__(self, model: HorizonSensor, instance: int, installation: Installation) -> None:
        """Draw this unit's fixed error."""
        super().__init__(model, instance, installation)
        at = starts(installation.truth_columns)
        self._record = records(HORIZON_SENSOR)
        self._record["position_at"], self._record["sun_at"] = at["position_eci_m"], at["sun_eci"]
        turn = drawn_turn(self.fixed_errors, model.error_sigma_deg)
        self._record["shown_from_body"] = turn
        self._record["boresight_body"] = model.boresight_body
        self._record["nadir_cos"] = math.cos(math.radians(model.nadir_range_deg))
        blinding = math.radians(model.sun_exclusion_deg)
        self._record["sun_exclusion_cos"] = math.cos(blinding) if blinding > 0.0 else 2.0
        self._record["noise_rad"] = math.radians(model.noise_deg)
        self.compiled = CompiledReading(
            HorizonSensorUnit, read_horizon_sensor, self._record, self.normals, draws=3, values=3
        )


def _planet_there(stage: Stage, direction: Row, _: Row) -> Row:
    return stage.row(position_eci_m=-FAR_M * direction)


KINDS = (
    SensorKind(
        heading="horizon_sensor",
        model=HorizonSensor,
        unit=HorizonSensorUnit,
        phasing=of_direction(_planet_there),
    ),
)

"""GPS receiver: position and velocity relative to the turning Earth, while it hears satellites."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from pydantic import Field

from hil.config import Axis, NonNegative, Positive
from hil.devices.kinds import SensorKind
from hil.devices.reading import CompiledReading, MeasuresCompiled, acquired, samples_needed
from hil.devices.rounding import single
from hil.devices.sensor import Installation, Sensor, SensorModel, starts
from hil.devices.stimuli import FAR_M, Phasing, Stage, Stimuli, facing
from hil.link import messages as wire
from hil.physics.compiled import compiled
from hil.physics.constants import EARTH
from hil.physics.leap import GPS_EPOCH
from hil.physics.records import Record, RecordArray, records
from hil.physics.rotations import rotation_matrix
from hil.physics.sky import EARTH_SPIN_rad_s
from hil.physics.vectors import FloatArray, dot, norm, transform, transform_back, vector

GPS = np.dtype(
    [
        ("antenna_body", "f8", (3,)),
        ("zenith_cos", "f8"),
        ("farthest_m", "f8"),
        ("noise_m", "f8"),
        ("noise_m_s", "f8"),
        ("drift_memory", "f8"),
        ("drift_kick_m", "f8"),
        ("spin_rad_s", "f8"),
        ("drift_m", "f8", (3,)),
        ("samples_needed", "i8"),
        ("samples_had", "i8"),
        ("position_at", "i8"),  # where they begin in a row of truth
        ("turn_at", "i8"),
    ],
    align=True,
)


class Gps(SensorModel):
    """A [[gps]] table. The time of a fix is its sample's time."""

    antenna_body: Axis
    """Direction in which the antenna looks."""
    zenith_range_deg: float = Field(gt=0.0, le=180.0)
    """Largest angle from the antenna's axis to the zenith at which it hears enough satellites."""
    position_noise_m: NonNegative
    """1 sigma an axis."""
    velocity_noise_m_s: NonNegative
    """1 sigma an axis."""
    position_drift_sigma_m: NonNegative = 0.0
    """1 sigma an axis of slow errors (ephemerides, ionosphere), first-order Gauss-Markov."""
    position_drift_correlation_s: Positive = 600.0
    """How long the slow errors remember."""
    height_max_m: Positive = 3.0e6
    """Above the Earth's equatorial radius; higher up there is no fix."""
    acquisition_s: NonNegative = 0.0
    """From hearing enough satellites again to the next fix."""


@compiled
def hears_satellites(row: FloatArray, gps: Record) -> bool:
    """Return whether the receiver is low enough and its antenna looks up."""
    position_at = gps.position_at
    r = vector(row[position_at : position_at + 3])
    antenna = transform(rotation_matrix((row[0], row[1], row[2], row[3])), vector(gps.antenna_body))
    return not (norm(r) > gps.farthest_m or dot(antenna, r) < gps.zenith_cos * norm(r))


@compiled
def read_gps(
    row: FloatArray,
    rods: FloatArray,  # noqa: ARG001  all devices are asked alike
    receivers: RecordArray,
    normals: FloatArray,
    i: int,
    shown: FloatArray,
) -> bool:
    """Show position and velocity, ECEF, single precision; zeros when there is no fix."""
    gps = receivers[0]
    drift, position_at, turn_at = gps.drift_m, gps.position_at, gps.turn_at
    for axis in range(3):
        drift[axis] = gps.drift_memory * drift[axis] + gps.drift_kick_m * normals[i + 6 + axis]
    if not acquired(gps, hears_satellites(row, gps)):
        shown[:] = 0.0
        return False
    r = vector(row[position_at : position_at + 3])
    axes = rotation_matrix((row[turn_at], row[turn_at + 1], row[turn_at + 2], row[turn_at + 3]))
    x, y, z = transform_back(axes, r)
    v = transform_back(axes, vector(row[position_at + 3 : position_at + 6]))
    noise, speed_noise, spin = gps.noise_m, gps.noise_m_s, gps.spin_rad_s
    place = single(
        (
            x + drift[0] + noise * normals[i],
            y + drift[1] + noise * normals[i + 1],
            z + drift[2] + noise * normals[i + 2],
        )
    )
    speed = single(
        (
            v[0] + spin * y + speed_noise * normals[i + 3],
            v[1] - spin * x + speed_noise * normals[i + 4],
            v[2] + speed_noise * normals[i + 5],
        )
    )
    for axis in range(3):
        shown[axis], shown[3 + axis] = place[axis], speed[axis]
    return True


class GpsUnit(MeasuresCompiled, Sensor):
    """A GPS receiver on the bench. Without a fix its sample is invalid: six zeros."""

    message: ClassVar[wire.Message] = wire.sample(
        "gps",
        0x126,
        "Position and velocity relative to the rotating Earth.",
        wire.Field("position_ecef_m", "f32", 3, "m"),
        wire.Field("velocity_ecef_m_s", "f32", 3, "m/s"),
    )

    def __init__(self, model: Gps, instance: int, installation: Installation) -> None:
        """Draw the slow error that the run begins with."""
        super().__init__(model, instance, installation)
        at = starts(installation.truth_columns)
        drift_m = model.position_drift_sigma_m * self.fixed_errors.standard_normal(3)
        record = _record(model)
        record["position_at"], record["turn_at"] = at["position_eci_m"], at["q_eci_from_ecef"]
        record["drift_m"] = drift_m
        needed = samples_needed(model.acquisition_s, model.rate_hz)
        record["samples_needed"] = record["samples_had"] = needed
        self.compiled = CompiledReading(GpsUnit, read_gps, record, self.normals, draws=9, values=6)


def _record(model: Gps) -> RecordArray:
    record = records(GPS)
    memory = math.exp(-1.0 / (model.rate_hz * model.position_drift_correlation_s))
    record["antenna_body"] = model.antenna_body
    record["zenith_cos"] = math.cos(math.radians(model.zenith_range_deg))
    record["farthest_m"] = EARTH.radius_m + model.height_max_m
    record["noise_m"], record["noise_m_s"] = model.position_noise_m, model.velocity_noise_m_s
    record["drift_memory"] = memory
    record["drift_kick_m"] = model.position_drift_sigma_m * math.sqrt(1.0 - memory * memory)
    record["spin_rad_s"] = EARTH_SPIN_rad_s
    return record


def _positions(stage: Stage, model: Gps) -> Stimuli:
    for unit in np.eye(3):
        # The antenna towards the zenith: elsewhere it would hear no satellites.
        towards = facing(np.array(model.antenna_body), unit)
        yield stage.row(position_eci_m=FAR_M * unit, q_eci_from_body=towards), unit


KINDS = (
    SensorKind(
        heading="gps",
        model=Gps,
        unit=GpsUnit,
        phasing=Phasing(
            _positions,
            lambda views: views[:, :3] / FAR_M,
            offset_free=False,
            size=FAR_M,
            unit="m",
        ),
        central_bodies=(EARTH.name,),
        works_from=GPS_EPOCH,
    ),
)

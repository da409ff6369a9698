"""Coarse sun sensor: six photodiodes, one a face, read by a 12-bit converter."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from hil.config import NonNegative
from hil.devices.albedo import earthshine, view_factor
from hil.devices.kinds import SensorKind
from hil.devices.reading import CompiledReading, MeasuresCompiled
from hil.devices.sensor import Installation, Sensor, SensorModel, starts
from hil.devices.stimuli import of_vector
from hil.link import messages as wire
from hil.physics.compiled import compiled
from hil.physics.records import Record, RecordArray, records
from hil.physics.rotations import rotation_matrix
from hil.physics.vectors import FloatArray, Matrix, Vector, transform_back, vector

FULL_SCALE_ADC = 4095
COARSE_SUN_SENSOR = np.dtype(
    [
        ("gain_adc", "f8", (6,)),
        ("dark_adc", "f8"),
        ("noise_adc", "f8"),
        ("albedo", "f8"),
        ("planet_radius_m", "f8"),
        ("sun_at", "i8"),  # where they begin in a row of truth
        ("position_at", "i8"),
    ],
    align=True,
)


class CoarseSunSensor(SensorModel):
    """A [[coarse_sun_sensor]] table: diodes facing +x, -x, +y, -y, +z, -z of the body."""

    full_sun_adc: float = Field(gt=0.0, le=FULL_SCALE_ADC)
    """Of a diode in normal incidence."""
    gain_error_sigma: NonNegative = 0.0
    """1 sigma, relative, one a diode, drawn once a run."""
    dark_adc: NonNegative = 0.0
    """Of a diode without light."""
    noise_adc: NonNegative = 0.0
    """1 sigma of a diode."""


@compiled
def counts(light: float, gain: float, noise: float, unit: Record) -> float:
    """Return whole converter counts of a diode that gets ``light`` (1: the Sun, straight on)."""
    signal = unit.dark_adc + gain * light + unit.noise_adc * noise
    return float(max(0.0, min(4095.0, np.floor(signal + 0.5))))


@compiled
def diode_pair(
    axis: int,
    sun: Vector,
    nadir: Vector,
    distance: float,
    glow: float,
    normals: FloatArray,
    i: int,
    unit: Record,
) -> tuple[float, float]:
    """Return the counts of the diodes on the + and - side of an axis: cosine law and albedo."""
    plus, minus = max(0.0, sun[axis]), max(0.0, -sun[axis])
    if glow > 0.0:
        plus += glow * view_factor(nadir[axis], distance)
        minus += glow * view_factor(-nadir[axis], distance)
    first = 2 * axis
    return (
        counts(plus, unit.gain_adc[first], normals[i + first], unit),
        counts(minus, unit.gain_adc[first + 1], normals[i + first + 1], unit),
    )


@compiled
def read_coarse_sun_sensor(
    row: FloatArray,
    rods: FloatArray,  # noqa: ARG001  all devices are asked alike
    units: RecordArray,
    normals: FloatArray,
    i: int,
    shown: FloatArray,
) -> bool:
    """Show the counts of the six diodes, always valid; in eclipse they do not see the Sun."""
    unit = units[0]
    sun_at, position_at = unit.sun_at, unit.position_at
    lit = row[sun_at + 3]
    axes: Matrix = rotation_matrix((row[0], row[1], row[2], row[3]))
    sun_eci = vector(row[sun_at : sun_at + 3])
    sun = transform_back(axes, sun_eci)
    sun = (lit * sun[0], lit * sun[1], lit * sun[2])
    nadir, distance, glow = (0.0, 0.0, 0.0), 2.0, 0.0
    if unit.albedo > 0.0:
        position = vector(row[position_at : position_at + 3])
        nadir_eci, distance, glow = earthshine(position, sun_eci, unit.planet_radius_m, unit.albedo)
        nadir = transform_back(axes, nadir_eci)
    for axis in range(3):
        plus, minus = diode_pair(axis, sun, nadir, distance, glow, normals, i, unit)
        shown[2 * axis], shown[2 * axis + 1] = plus, minus
    return True


class CoarseSunSensorUnit(MeasuresCompiled, Sensor):
    """A set of six diodes on the bench."""

    message: ClassVar[wire.Message] = wire.sample(
        "coarse_sun_sensor",
        0x124,
        "Photocurrents of up to six cells, as converter counts 0..4095.",
        wire.Field("illumination_adc", "u16", 6),
    )

    def __init__(self, model: CoarseSunSensor, instance: int, installation: Installation) -> None:
        """Draw each diode's gain."""
        super().__init__(model, instance, installation)
        at = starts(installation.truth_columns)
        self._record = records(COARSE_SUN_SENSOR)
        self._record["sun_at"], self._record["position_at"] = at["sun_eci"], at["position_eci_m"]
        spread = 1.0 + model.gain_error_sigma * self.fixed_errors.standard_normal(6)
        self._record["gain_adc"] = model.full_sun_adc * spread
        self._record["dark_adc"], self._record["noise_adc"] = model.dark_adc, model.noise_adc
        self._record["albedo"] = installation.albedo
        self._record["planet_radius_m"] = installation.central_body.radius_m
        self.compiled = CompiledReading(
            CoarseSunSensorUnit,
            read_coarse_sun_sensor,
            self._record,
            self.normals,
            draws=6,
            values=6,
            whole=True,
        )


KINDS = (
    SensorKind(
        heading="coarse_sun_sensor",
        model=CoarseSunSensor,
        unit=CoarseSunSensorUnit,
        phasing=of_vector("sun_eci", 1.0, gain_most=0.15),
    ),
)

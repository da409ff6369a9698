"""Coarse sun sensor: six photodiodes, one a face, read by a 12-bit converter."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from hil.devices.sensor import Columns, Sensor, SensorModel, starts
from hil.physics.compiled import compiled
from hil.physics.records import Record, RecordArray, records
from hil.physics.rotations import rotation_matrix
from hil.physics.spacecraft import NonNegative
from hil.physics.vectors import FloatArray, transform_back

FULL_SCALE_ADC = 4095
COARSE_SUN_SENSOR = np.dtype(
    [("gain_adc", "f8", (6,)), ("dark_adc", "f8"), ("noise_adc", "f8")], align=True
)


class CoarseSunSensor(SensorModel):
    """A [[coarse_sun_sensor]] table: diodes facing +x, -x, +y, -y, +z, -z of the body."""

    full_sun_adc: float = Field(gt=0.0, le=FULL_SCALE_ADC)  # counts in normal incidence
    gain_error_sigma: NonNegative = 0.0  # relative, one a diode, drawn once a run
    dark_adc: NonNegative = 0.0
    noise_adc: NonNegative = 0.0


@compiled
def counts(light: float, gain: float, noise: float, unit: Record) -> float:
    """Return whole converter counts of a diode that sees the cosine ``light``, 0 to full scale."""
    signal = unit.dark_adc + gain * max(0.0, light) + unit.noise_adc * noise
    return float(max(0.0, min(4095.0, np.floor(signal + 0.5))))


@compiled
def read_coarse_sun_sensor(
    row: FloatArray, sun_at: int, normals: FloatArray, i: int, units: RecordArray
) -> tuple[float, float, float, float, float, float]:
    """Return the counts of the six diodes; in eclipse they see nothing."""
    unit = units[0]
    axes = rotation_matrix((row[0], row[1], row[2], row[3]))
    sun = transform_back(axes, (row[sun_at], row[sun_at + 1], row[sun_at + 2]))
    lit, gain = row[sun_at + 3], unit.gain_adc
    return (
        counts(lit * sun[0], gain[0], normals[i], unit),
        counts(-lit * sun[0], gain[1], normals[i + 1], unit),
        counts(lit * sun[1], gain[2], normals[i + 2], unit),
        counts(-lit * sun[1], gain[3], normals[i + 3], unit),
        counts(lit * sun[2], gain[4], normals[i + 4], unit),
        counts(-lit * sun[2], gain[5], normals[i + 5], unit),
    )


class CoarseSunSensorUnit(Sensor):
    """A set of six diodes on the bench."""

    kind: ClassVar[str] = "coarse_sun_sensor"
    columns: ClassVar[Columns] = (("illumination_adc", 6),)

    def __init__(
        self,
        model: CoarseSunSensor,
        instance: int,
        *,
        truth_columns: Columns,
        step_s: float,
        seed: int,
    ) -> None:
        """Draw each diode's gain."""
        super().__init__(model, instance, step_s, seed)
        self._at = starts(truth_columns)["sun_eci"]
        self._record = records(COARSE_SUN_SENSOR)
        spread = 1.0 + model.gain_error_sigma * self.fixed_errors.standard_normal(6)
        self._record["gain_adc"] = model.full_sun_adc * spread
        self._record["dark_adc"], self._record["noise_adc"] = model.dark_adc, model.noise_adc

    def measure(self, row: FloatArray) -> tuple[tuple[float, ...], bool]:
        """Return six whole numbers, 0 to 4095, always valid."""
        i = self.normals.take(6)
        adc = read_coarse_sun_sensor(row, self._at, self.normals.block, i, self._record)
        return tuple(map(int, adc)), True

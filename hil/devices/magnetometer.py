"""Magnetometer: the field in the body frame with noise, a hard-iron bias and as-built axes."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from hil.devices.gyro import quantized
from hil.devices.sensor import Columns, Sensor, SensorModel, as_built, starts
from hil.physics.compiled import compiled
from hil.physics.records import RecordArray, records
from hil.physics.rotations import rotation_matrix
from hil.physics.spacecraft import NonNegative, Positive
from hil.physics.vectors import FloatArray, matrix, transform, transform_back, vector

MAGNETOMETER = np.dtype(
    [
        ("response", "f8", (3, 3)),
        ("bias_T", "f8", (3,)),
        ("noise_T", "f8"),
        ("resolution_T", "f8"),
    ],
    align=True,
)


class Magnetometer(SensorModel):
    """A [[magnetometer]] table; sigmas give one value an axis, drawn once a run."""

    noise_nT: NonNegative
    bias_sigma_nT: NonNegative = 0.0
    scale_error_sigma_ppm: NonNegative = 0.0
    misalignment_sigma_mrad: NonNegative = 0.0
    resolution_nT: NonNegative = 0.0
    range_nT: Positive = 800_000.0


@compiled
def read_magnetometer(
    row: FloatArray, at: int, normals: FloatArray, i: int, magnetometers: RecordArray
) -> tuple[float, float, float]:
    """Return the field in T, body frame, in single precision."""
    unit = magnetometers[0]
    axes = rotation_matrix((row[0], row[1], row[2], row[3]))
    field = transform_back(axes, (row[at], row[at + 1], row[at + 2]))
    seen = transform(matrix(unit.response), field)
    bias = vector(unit.bias_T)
    return (
        quantized(seen[0] + bias[0] + unit.noise_T * normals[i], unit.resolution_T),
        quantized(seen[1] + bias[1] + unit.noise_T * normals[i + 1], unit.resolution_T),
        quantized(seen[2] + bias[2] + unit.noise_T * normals[i + 2], unit.resolution_T),
    )


class MagnetometerUnit(Sensor):
    """A magnetometer on the bench."""

    kind: ClassVar[str] = "magnetometer"
    columns: ClassVar[Columns] = (("field_body_T", 3),)

    def __init__(
        self,
        model: Magnetometer,
        instance: int,
        *,
        truth_columns: Columns,
        step_s: float,
        seed: int,
    ) -> None:
        """Draw this unit's fixed errors."""
        super().__init__(model, instance, step_s, seed)
        self._at = starts(truth_columns)["field_eci_T"]
        self._range_T = 1e-9 * model.range_nT
        self._record = _record(model, self.fixed_errors)

    def measure(self, row: FloatArray) -> tuple[tuple[float, ...], bool]:
        """Return the field; invalid beyond the range."""
        i = self.normals.take(3)
        field = read_magnetometer(row, self._at, self.normals.block, i, self._record)
        return field, -self._range_T < min(field) and max(field) < self._range_T


def _record(model: Magnetometer, source: np.random.Generator) -> RecordArray:
    record = records(MAGNETOMETER)
    record["response"] = as_built(
        source, 1e-6 * model.scale_error_sigma_ppm, 1e-3 * model.misalignment_sigma_mrad
    )
    record["bias_T"] = 1e-9 * model.bias_sigma_nT * source.standard_normal(3)
    record["noise_T"] = 1e-9 * model.noise_nT
    record["resolution_T"] = 1e-9 * model.resolution_nT
    return record

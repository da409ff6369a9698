"""Magnetometer: the Earth's field, and what the spacecraft around the sensor makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from hil.config import NonNegative, Positive
from hil.devices.kinds import SensorKind
from hil.devices.reading import CompiledReading, MeasuresCompiled
from hil.devices.rounding import limited, quantized
from hil.devices.sensor import Installation, Sensor, SensorModel, as_built, starts
from hil.devices.stimuli import of_vector
from hil.link import messages as wire
from hil.physics.compiled import compiled
from hil.physics.records import RecordArray, records
from hil.physics.rotations import rotation_matrix
from hil.physics.spacecraft import ORIGIN
from hil.physics.vectors import FloatArray, Vector, add, matrix, transform, transform_back, vector

MAGNETOMETER = np.dtype(
    [
        ("response", "f8", (3, 3)),
        ("rods_T_per_A_m2", "f8", (3, 3)),  # as the sensor shows it
        ("bias_T", "f8", (3,)),
        ("noise_T", "f8"),
        ("resolution_T", "f8"),
        ("range_T", "f8"),
        ("field_at", "i8"),  # where the field begins in a row of truth
    ],
    align=True,
)
Matrix3 = tuple[Vector, Vector, Vector]
IDENTITY: Matrix3 = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
NONE: Matrix3 = (ORIGIN, ORIGIN, ORIGIN)


class Magnetometer(SensorModel):
    """A [[magnetometer]] table; sigmas give one value an axis, drawn once a run.

    Shown is R (S B + H + C m) + b: the field B at the sensor after soft iron S (soft_iron), hard
    iron H (hard_iron_body_nT) and the rods' dipole m (rod_coupling_nT_per_A_m2 C), read with the
    sensor's own scale errors and misalignment R and bias b.
    """

    noise_nT: NonNegative
    """1 sigma an axis."""
    bias_sigma_nT: NonNegative = 0.0
    """1 sigma an axis of its own bias b, drawn once a run."""
    scale_error_sigma_ppm: NonNegative = 0.0
    """1 sigma an axis of its own scale, in R; drawn once a run."""
    misalignment_sigma_mrad: NonNegative = 0.0
    """1 sigma an axis of its alignment, in R; drawn once a run."""
    resolution_nT: NonNegative = 0.0
    """What samples are whole multiples of; 0: single precision."""
    range_nT: Positive = 800_000.0
    """Beyond it an axis shows the end of its range, and the sample is invalid."""
    hard_iron_body_nT: Vector = ORIGIN
    """Field H of the spacecraft's own magnets, body axes."""
    soft_iron: Matrix3 = IDENTITY
    """Matrix S, rows in brackets, by which the spacecraft's iron turns and stretches the field."""
    rod_coupling_nT_per_A_m2: Matrix3 = NONE
    """Matrix C, rows in brackets: field at the sensor for each A m2 of the rods' dipole."""


@compiled
def read_magnetometer(
    row: FloatArray,
    rod_dipole_body_A_m2: FloatArray,
    magnetometers: RecordArray,
    normals: FloatArray,
    i: int,
    shown: FloatArray,
) -> bool:
    """Show the field in T, body frame, in single precision; invalid at an end of the range."""
    unit, valid = magnetometers[0], True
    at = unit.field_at
    axes = rotation_matrix((row[0], row[1], row[2], row[3]))
    field = transform_back(axes, (row[at], row[at + 1], row[at + 2]))
    seen = transform(matrix(unit.response), field)
    stray = transform(matrix(unit.rods_T_per_A_m2), vector(rod_dipole_body_A_m2))
    bias = add(vector(unit.bias_T), stray)
    noise, resolution, limit = unit.noise_T, unit.resolution_T, unit.range_T
    for axis in range(3):
        felt = seen[axis] + bias[axis] + noise * normals[i + axis]
        shown[axis] = limited(quantized(felt, resolution), limit)
        valid = valid and -limit < shown[axis] < limit
    return valid


class MagnetometerUnit(MeasuresCompiled, Sensor):
    """A magnetometer on the bench; ``bias_body_T`` (3,) is its reading in no field, for judging."""

    message: ClassVar[wire.Message] = wire.sample(
        "magnetometer", 0x123, "Magnetic field.", wire.Field("field_body_T", "f32", 3, "T")
    )

    def __init__(self, model: Magnetometer, instance: int, installation: Installation) -> None:
        """Draw this unit's fixed errors; the rods' dipole (3,) is read at every measurement."""
        super().__init__(model, instance, installation)
        self._record = _record(model, self.fixed_errors)
        self._record["field_at"] = starts(installation.truth_columns)["field_eci_T"]
        self.bias_body_T: FloatArray = np.array(self._record["bias_T"][0])
        rods = installation.rod_dipole_body_A_m2
        self.compiled = CompiledReading(
            MagnetometerUnit, read_magnetometer, self._record, self.normals, 3, 3, rods=rods
        )

    def field_of_rods_T(self, dipole_body_A_m2: Sequence[float]) -> FloatArray:
        """Return the field (3,) that a dipole (3,) of the rods makes in this unit's readings."""
        return np.asarray(self._record["rods_T_per_A_m2"][0] @ np.asarray(dipole_body_A_m2))


def _record(model: Magnetometer, source: np.random.Generator) -> RecordArray:
    record = records(MAGNETOMETER)
    own = as_built(source, 1e-6 * model.scale_error_sigma_ppm, 1e-3 * model.misalignment_sigma_mrad)
    drawn_T = 1e-9 * model.bias_sigma_nT * source.standard_normal(3)
    record["response"] = own @ np.array(model.soft_iron)
    record["rods_T_per_A_m2"] = 1e-9 * own @ np.array(model.rod_coupling_nT_per_A_m2)
    record["bias_T"] = drawn_T + 1e-9 * own @ np.array(model.hard_iron_body_nT)
    record["noise_T"] = 1e-9 * model.noise_nT
    record["resolution_T"] = 1e-9 * model.resolution_nT
    record["range_T"] = np.float32(1e-9 * model.range_nT)
    return record


KINDS = (
    SensorKind(
        heading="magnetometer",
        model=Magnetometer,
        unit=MagnetometerUnit,
        phasing=of_vector("field_eci_T", 3e-5, "T", gain_most=0.10),
    ),
)

"""Rate gyro: white noise, a turn-on bias that wanders, scale and alignment errors, a range."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from hil.devices.sensor import Columns, Sensor, SensorModel, as_built, starts
from hil.physics.compiled import compiled
from hil.physics.records import Record, RecordArray, records
from hil.physics.spacecraft import NonNegative, Positive
from hil.physics.vectors import FloatArray

GYRO = np.dtype(
    [
        ("response", "f8", (3, 3)),
        ("noise_rad_s", "f8"),
        ("bias_memory", "f8"),  # how much of the wandering bias is kept from one sample to the next
        ("bias_kick_rad_s", "f8"),
        ("range_rad_s", "f8"),
        ("resolution_rad_s", "f8"),
    ],
    align=True,
)


class Gyro(SensorModel):
    """A [[gyro]] table in data-sheet units; sigmas give one value an axis, drawn once a run."""

    angle_random_walk_deg_sqrt_h: NonNegative
    turn_on_bias_sigma_deg_h: NonNegative = 0.0
    bias_instability_deg_h: NonNegative = 0.0
    bias_correlation_s: Positive = 1000.0
    scale_error_sigma_ppm: NonNegative = 0.0
    misalignment_sigma_mrad: NonNegative = 0.0
    range_deg_s: Positive = 400.0
    resolution_deg_s: NonNegative = 0.0


@compiled
def quantized(value: float, resolution: float) -> float:
    """Return the value rounded to a multiple of the resolution, and to single precision."""
    if resolution > 0.0:
        value = math.floor(value / resolution + 0.5) * resolution
    return float(np.float32(value))


@compiled
def read_axis(
    row: FloatArray,
    at: int,
    axis: int,
    bias: FloatArray,
    noise: float,
    wander: float,
    gyro: Record,
) -> float:
    """Return one axis, inside the range; its bias wanders on."""
    bias[3 + axis] = gyro.bias_memory * bias[3 + axis] + gyro.bias_kick_rad_s * wander
    response = gyro.response[axis]
    rate = response[0] * row[at] + response[1] * row[at + 1] + response[2] * row[at + 2]
    rate += bias[axis] + bias[3 + axis] + gyro.noise_rad_s * noise
    rate = max(-gyro.range_rad_s, min(gyro.range_rad_s, rate))
    return quantized(rate, gyro.resolution_rad_s)


@compiled
def read_gyro(
    row: FloatArray, at: int, bias: FloatArray, normals: FloatArray, i: int, gyros: RecordArray
) -> tuple[float, float, float]:
    """Return the three rates in rad/s; bias (6,) holds the turn-on bias and the wandering one."""
    gyro = gyros[0]
    return (
        read_axis(row, at, 0, bias, normals[i], normals[i + 3], gyro),
        read_axis(row, at, 1, bias, normals[i + 1], normals[i + 4], gyro),
        read_axis(row, at, 2, bias, normals[i + 2], normals[i + 5], gyro),
    )


class GyroUnit(Sensor):
    """A gyro on the bench; ``bias_body_rad_s`` (3,) is its true bias, for judging only."""

    kind: ClassVar[str] = "gyro"
    columns: ClassVar[Columns] = (("rate_body_rad_s", 3),)

    def __init__(
        self, model: Gyro, instance: int, *, truth_columns: Columns, step_s: float, seed: int
    ) -> None:
        """Draw this unit's fixed errors."""
        super().__init__(model, instance, step_s, seed)
        self._at = starts(truth_columns)["rate_body_rad_s"]
        self._record = _record(model, self.fixed_errors)
        deg_h = math.radians(1.0) / 3600.0
        turn_on = model.turn_on_bias_sigma_deg_h * deg_h * self.fixed_errors.standard_normal(3)
        wander = model.bias_instability_deg_h * deg_h * self.fixed_errors.standard_normal(3)
        self._bias = np.concatenate([turn_on, wander])
        self._limit = float(self._record["range_rad_s"][0]) * (1.0 - 1e-7)

    @property
    def bias_body_rad_s(self) -> FloatArray:
        """True bias (3,) at the last sample."""
        return np.asarray(self._bias[:3] + self._bias[3:])

    def measure(self, row: FloatArray) -> tuple[tuple[float, ...], bool]:
        """Return the rates; invalid when an axis is at the end of its range."""
        normals = self.normals
        i = normals.take(6)
        rates = read_gyro(row, self._at, self._bias, normals.block, i, self._record)
        limit = self._limit
        return rates, -limit < min(rates) and max(rates) < limit


def _record(model: Gyro, source: np.random.Generator) -> RecordArray:
    record = records(GYRO)
    memory = math.exp(-1.0 / (model.rate_hz * model.bias_correlation_s))
    record["response"] = as_built(
        source, 1e-6 * model.scale_error_sigma_ppm, 1e-3 * model.misalignment_sigma_mrad
    )
    arw = math.radians(model.angle_random_walk_deg_sqrt_h) / 60.0  # rad / sqrt(s)
    record["noise_rad_s"] = arw * math.sqrt(model.rate_hz)
    record["bias_memory"] = memory
    instability = math.radians(model.bias_instability_deg_h) / 3600.0
    record["bias_kick_rad_s"] = instability * math.sqrt(1.0 - memory * memory)
    record["range_rad_s"] = math.radians(model.range_deg_s)
    record["resolution_rad_s"] = math.radians(model.resolution_deg_s)
    return record

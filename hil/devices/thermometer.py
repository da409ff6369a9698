"""Thermometer on a part that the Sun warms and the shadow cools."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from pydantic import model_validator

from hil.config import NonNegative, Positive
from hil.devices.kinds import SensorKind
from hil.devices.reading import CompiledReading, MeasuresCompiled
from hil.devices.rounding import quantized
from hil.devices.sensor import Installation, Sensor, SensorModel, starts
from hil.link import messages as wire
from hil.physics.compiled import compiled
from hil.physics.records import RecordArray, records
from hil.physics.vectors import FloatArray

THERMOMETER = np.dtype(
    [
        ("cold_K", "f8"),
        ("warm_K", "f8"),
        ("kept", "f8"),  # of what is left to the temperature aimed at, from sample to sample
        ("error_K", "f8"),
        ("noise_K", "f8"),
        ("resolution_K", "f8"),
        ("range_min_K", "f8"),
        ("range_max_K", "f8"),
        ("lit", "f8"),  # at the last sample; negative: there was none
        ("temperature_K", "f8"),
        ("sunlit_at", "i8"),  # where it is in a row of truth
    ],
    align=True,
)


class Thermometer(SensorModel):
    """A [[thermometer]] table: the part that it is on, and its own errors."""

    initial_temperature_K: Positive
    """Of the part that it is on, at the start."""
    sunlit_temperature_K: Positive
    """To which the part drifts in the Sun."""
    eclipse_temperature_K: Positive
    """To which the part drifts in the shadow."""
    time_constant_s: Positive
    """Of that drift: one lump of heat, no conduction."""
    noise_K: NonNegative = 0.0
    """1 sigma."""
    error_sigma_K: NonNegative = 0.0
    """1 sigma of a fixed error, drawn once a run."""
    resolution_K: NonNegative = 0.0
    """What samples are whole multiples of; 0: single precision."""
    range_min_K: Positive = 200.0
    """Lowest reading."""
    range_max_K: Positive = 420.0
    """Highest reading."""

    @model_validator(mode="after")
    def _has_a_range(self) -> Thermometer:
        if self.range_min_K >= self.range_max_K:
            raise ValueError(
                f"range_min_K {self.range_min_K:g} must be below range_max_K {self.range_max_K:g}"
            )
        return self


@compiled
def read_thermometer(
    row: FloatArray,
    rods: FloatArray,  # noqa: ARG001  all devices are asked alike
    units: RecordArray,
    normals: FloatArray,
    i: int,
    shown: FloatArray,
) -> bool:
    """Show the temperature, inside the range; invalid at its ends.

    The part goes on from the last sample, in the light that there was on average since.
    """
    unit = units[0]
    lit = row[unit.sunlit_at]
    if unit.lit >= 0.0:
        mean = 0.5 * (unit.lit + lit)
        target = unit.cold_K + mean * (unit.warm_K - unit.cold_K)
        unit.temperature_K = target + unit.kept * (unit.temperature_K - target)
    unit.lit = lit
    noise_K = unit.noise_K * normals[i]
    felt = quantized(unit.temperature_K + unit.error_K + noise_K, unit.resolution_K)
    if unit.range_min_K < felt < unit.range_max_K:
        shown[0] = felt
        return True
    end = unit.range_min_K if felt <= unit.range_min_K else unit.range_max_K
    shown[0] = float(np.float32(end))
    return False


class ThermometerUnit(MeasuresCompiled, Sensor):
    """A thermometer on the bench."""

    message: ClassVar[wire.Message] = wire.sample(
        "thermometer", 0x128, "Temperature of a part.", wire.Field("temperature_K", "f32", unit="K")
    )

    def __init__(self, model: Thermometer, instance: int, installation: Installation) -> None:
        """Draw this unit's fixed error."""
        super().__init__(model, instance, installation)
        record = records(THERMOMETER)
        record["sunlit_at"] = starts(installation.truth_columns)["sunlit"]
        record["kept"] = math.exp(-1.0 / (model.rate_hz * model.time_constant_s))
        record["error_K"] = model.error_sigma_K * float(self.fixed_errors.standard_normal())
        record["cold_K"] = model.eclipse_temperature_K
        record["warm_K"] = model.sunlit_temperature_K
        record["noise_K"], record["resolution_K"] = model.noise_K, model.resolution_K
        record["range_min_K"], record["range_max_K"] = model.range_min_K, model.range_max_K
        record["temperature_K"], record["lit"] = model.initial_temperature_K, -1.0
        self.compiled = CompiledReading(
            ThermometerUnit, read_thermometer, record, self.normals, draws=1, values=1
        )


KINDS = (
    SensorKind(
        heading="thermometer",
        model=Thermometer,
        unit=ThermometerUnit,
    ),
)

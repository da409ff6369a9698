"""Thermometer on a part that the Sun warms and the shadow cools."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from pydantic import model_validator

from hil.config import NonNegative, Positive
from hil.devices.kinds import SensorKind
from hil.devices.rounding import quantized
from hil.devices.sensor import Installation, Sensor, SensorModel, starts
from hil.link import messages as wire
from hil.physics.vectors import FloatArray


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


class ThermometerUnit(Sensor):
    """A thermometer on the bench; ``true_temperature_K`` is that of its part at the last sample."""

    message: ClassVar[wire.Message] = wire.sample(
        "thermometer", 0x128, "Temperature of a part.", wire.Field("temperature_K", "f32", unit="K")
    )

    def __init__(self, model: Thermometer, instance: int, installation: Installation) -> None:
        """Draw this unit's fixed error."""
        super().__init__(model, instance, installation)
        self._model = model
        self._at = starts(installation.truth_columns)["sunlit"]
        self._kept = math.exp(-1.0 / (model.rate_hz * model.time_constant_s))
        self._error_K = model.error_sigma_K * float(self.fixed_errors.standard_normal())
        self._lit: float | None = None  # at the last sample
        self.true_temperature_K = model.initial_temperature_K

    def measure(self, row: FloatArray) -> tuple[tuple[float, ...], bool]:
        """Return the temperature, inside the range; invalid at its ends."""
        model = self._model
        self._warm(float(row[self._at]))
        i = self.normals.take(1)
        noise_K = model.noise_K * float(self.normals.block[i])
        shown = quantized(self.true_temperature_K + self._error_K + noise_K, model.resolution_K)
        if model.range_min_K < shown < model.range_max_K:
            return (shown,), True
        end = model.range_min_K if shown <= model.range_min_K else model.range_max_K
        return (float(np.float32(end)),), False

    def _warm(self, lit: float) -> None:
        """Go on from the last sample, in the light that there was on average since."""
        if self._lit is not None:
            model, mean = self._model, 0.5 * (self._lit + lit)
            cold, warm = model.eclipse_temperature_K, model.sunlit_temperature_K
            target = cold + mean * (warm - cold)
            self.true_temperature_K = target + self._kept * (self.true_temperature_K - target)
        self._lit = lit


KINDS = (
    SensorKind(
        heading="thermometer",
        model=Thermometer,
        unit=ThermometerUnit,
    ),
)

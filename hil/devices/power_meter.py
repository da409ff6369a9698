"""Power meter: the current of one solar panel, and the voltage of the battery that it feeds."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from hil.config import Axis, NonNegative, Positive
from hil.devices.kinds import SensorKind
from hil.devices.rounding import quantized
from hil.devices.sensor import Installation, Sensor, SensorModel, starts
from hil.link import messages as wire
from hil.physics.rotations import rotation_matrix
from hil.physics.vectors import FloatArray, dot, transform_back, vector


class PowerMeter(SensorModel):
    """A [[power_meter]] table: a panel, and a battery with one load."""

    normal_body: Axis
    """Where the panel looks."""
    full_sun_A: Positive
    """The panel's current in normal incidence."""
    load_A: NonNegative
    """What the spacecraft draws, all the time."""
    initial_voltage_V: Positive
    """Of the battery at the start."""
    empty_voltage_V: Positive
    """Of the empty battery, below which it does not fall."""
    full_voltage_V: Positive
    """Of the full battery, above which it does not rise."""
    capacity_A_h: Positive
    """Of the battery; its voltage is a straight line from empty to full."""
    current_noise_A: NonNegative = 0.0
    """1 sigma."""
    voltage_noise_V: NonNegative = 0.0
    """1 sigma."""
    current_resolution_A: NonNegative = 0.0
    """What samples are whole multiples of; 0: single precision."""
    voltage_resolution_V: NonNegative = 0.0
    """What samples are whole multiples of; 0: single precision."""


class PowerMeterUnit(Sensor):
    """Such a meter on the bench."""

    message: ClassVar[wire.Message] = wire.sample(
        "power_meter",
        0x12F,
        "Current of a solar panel and voltage of the battery.",
        wire.Field("panel_current_A", "f32", unit="A"),
        wire.Field("battery_voltage_V", "f32", unit="V"),
    )

    def __init__(self, model: PowerMeter, instance: int, installation: Installation) -> None:
        """Start with the battery as the table has it."""
        super().__init__(model, instance, installation)
        self._model, self._at = model, starts(installation.truth_columns)["sun_eci"]
        self._voltage_V = model.initial_voltage_V
        span_V = model.full_voltage_V - model.empty_voltage_V
        self._V_per_A = span_V / (3600.0 * model.capacity_A_h * model.rate_hz)
        self._last_A = math.nan

    def measure(self, row: FloatArray) -> tuple[tuple[float, ...], bool]:
        """Return the panel's current by the cosine law and the battery's voltage, always valid."""
        model, i = self._model, self.normals.take(2)
        axes = rotation_matrix((row[0], row[1], row[2], row[3]))
        sun_body = transform_back(axes, vector(row[self._at : self._at + 3]))
        light = row[self._at + 3] * max(0.0, dot(vector(np.array(model.normal_body)), sun_body))
        current_A = float(model.full_sun_A * light)
        if not math.isnan(self._last_A):
            flow_A = 0.5 * (current_A + self._last_A) - model.load_A
            voltage_V = self._voltage_V + self._V_per_A * flow_A
            self._voltage_V = max(model.empty_voltage_V, min(model.full_voltage_V, voltage_V))
        self._last_A = current_A
        noise = self.normals.block[i : i + 2]
        return (
            quantized(current_A + model.current_noise_A * noise[0], model.current_resolution_A),
            quantized(
                self._voltage_V + model.voltage_noise_V * noise[1], model.voltage_resolution_V
            ),
        ), True


KINDS = (SensorKind(heading="power_meter", model=PowerMeter, unit=PowerMeterUnit),)

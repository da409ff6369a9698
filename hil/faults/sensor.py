"""A fault of a sensor: it sits between what the sensor reads off the truth and the wire."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from hil.devices.sensor import Reading, Sensor
from hil.faults.model import Fault

_INTEGERS = {"u8": 0xFF, "u16": 0xFFFF, "u32": 0xFFFF_FFFF}


Round = Callable[[Sequence[float]], tuple[float, ...]]


def rounding(sensor: Sensor) -> Round:
    """Return what makes of values what the sensor's message can carry."""
    most: list[int | None] = []
    for field in sensor.message.fields[2:]:
        most += [_INTEGERS.get(field.type)] * field.count

    def rounded(values: Sequence[float]) -> tuple[float, ...]:
        return tuple(
            float(np.float32(value)) if limit is None else int(min(max(round(value), 0), limit))
            for value, limit in zip(values, most, strict=True)
        )

    return rounded


class SensorFault:
    """A fault of one sensor; ``active`` says whether it is in force."""

    sizes: ClassVar[tuple[int, ...]] = ()
    """Numbers of values in a sample that the kind can change; empty: any."""
    devices: ClassVar[tuple[str, ...]] = ()
    """Kinds of sensors that can have it; empty: any."""

    def __init__(self, fault: Fault, sensor: Sensor, source: np.random.Generator) -> None:
        """Sit between the sensor and the wire, without effect until it is active.

        source: the fault's own random numbers.
        """
        self.active = False
        self._fault, self._sensor, self._source = fault, sensor, source
        self._rounded = rounding(sensor)
        self._began_step: int | None = None
        self._healthy: Reading | None = None
        sensor.put_between(self._between)

    def _between(self, step: int, reading: Reading) -> Reading:
        if not self.active:
            self._began_step, self._healthy = None, reading
            return reading
        if self._began_step is None:
            self._began_step = step
        values, valid = self.reading(*reading, step)
        return self._rounded(values), valid

    def reading(self, values: Sequence[float], valid: bool, step: int) -> Any:
        """Return (values, valid) as the failed sensor has them; the healthy ones are given."""
        raise NotImplementedError

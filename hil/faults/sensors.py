"""Faults of sensors: between what a sensor reads off the truth and what goes on the wire."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hil.devices.sensor import Sample, Sensor
from hil.faults.model import Fault
from hil.faults.sensor import SensorFault
from hil.physics.rotations import apply, from_rotation_vector, multiply
from hil.physics.vectors import FloatArray

_AXES = "xyz"
_WEEK_S = 604_800.0


class Held(SensorFault):
    """The last healthy reading goes on."""

    def reading(self, values: Sequence[float], valid: bool, step: int) -> Any:  # noqa: ARG002
        return self._healthy or (values, valid)


class Stuck(SensorFault):
    """The value of the fault's table, always valid."""

    def reading(self, values: Sequence[float], valid: bool, step: int) -> Any:  # noqa: ARG002
        return self._fault.value, True


class Bias(SensorFault):
    """An offset on each value."""

    def reading(self, values: Sequence[float], valid: bool, step: int) -> Any:  # noqa: ARG002
        return np.add(values, self._fault.offset or 0.0), valid


class Drift(SensorFault):
    """An offset that grows evenly from zero."""

    def reading(self, values: Sequence[float], valid: bool, step: int) -> Any:
        since_s = (step - (self._began_step or 0)) * self._sensor.step_s
        return np.add(values, np.multiply(self._fault.drift_per_s or 0.0, since_s)), valid


class Noise(SensorFault):
    """White noise on each value, as well as the sensor's own."""

    def reading(self, values: Sequence[float], valid: bool, step: int) -> Any:  # noqa: ARG002
        drawn = self._source.standard_normal(len(values))
        return np.add(values, (self._fault.sigma or 0.0) * drawn), valid


class Scale(SensorFault):
    """Each value multiplied."""

    def reading(self, values: Sequence[float], valid: bool, step: int) -> Any:  # noqa: ARG002
        return np.multiply(values, self._fault.factor or 0.0), valid


class Swapped(SensorFault):
    """Each of three values shows the axis that the table names."""

    sizes = (3,)

    def reading(self, values: Sequence[float], valid: bool, step: int) -> Any:  # noqa: ARG002
        axes = self._fault.axes or ()
        return [_shown(axis, values) for axis in axes], valid


def _shown(axis: str, values: Sequence[float]) -> float:
    value = values[_AXES.index(axis[-1])]
    return -value if axis.startswith("-") else value


class Turned(SensorFault):
    """A direction or an attitude turned by a rotation vector in body axes."""

    sizes = (3, 4)

    def reading(self, values: Sequence[float], valid: bool, step: int) -> Any:  # noqa: ARG002
        turn = from_rotation_vector(np.radians(self._fault.turn_deg or (0.0, 0.0, 0.0)))
        if not any(values):  # nothing is seen
            return values, valid
        if len(values) == 4:
            return multiply(np.asarray(values), turn), valid
        return apply(turn, np.asarray(values)), valid


class Spikes(SensorFault):
    """Now and then one value is off by the size, either way."""

    def reading(self, values: Sequence[float], valid: bool, step: int) -> Any:  # noqa: ARG002
        hit, which, sign = self._source.random(3)
        shown = list(values)
        if hit < (self._fault.probability or 0.0):
            shown[int(which * len(shown))] += (self._fault.size or 0.0) * (1 if sign < 0.5 else -1)
        return shown, valid


class Coarse(SensorFault):
    """Values in steps of the resolution."""

    def reading(self, values: Sequence[float], valid: bool, step: int) -> Any:  # noqa: ARG002
        resolution = self._fault.resolution or 1.0
        return np.floor(np.divide(values, resolution) + 0.5) * resolution, valid


class SaidInvalid(SensorFault):
    """Good values that the flag calls none."""

    def reading(self, values: Sequence[float], valid: bool, step: int) -> Any:  # noqa: ARG002
        return values, False


class SaidValid(SensorFault):
    """Whatever stands in the sample is called valid."""

    def reading(self, values: Sequence[float], valid: bool, step: int) -> Any:  # noqa: ARG002
        return values, True


class Dark(SensorFault):
    """One value is zero."""

    def reading(self, values: Sequence[float], valid: bool, step: int) -> Any:  # noqa: ARG002
        shown = list(values)
        shown[self._fault.cell or 0] = 0.0
        return shown, valid


class Latched(SensorFault):
    """The field that a dipole of the rods makes at the sensor stays in the iron about it."""

    devices = ("magnetometer",)

    def __init__(self, fault: Fault, sensor: Any, source: np.random.Generator) -> None:
        """Take the field from the sensor's own coupling to the rods."""
        super().__init__(fault, sensor, source)
        self._field_T = sensor.field_of_rods_T(fault.dipole_body_A_m2)

    def reading(self, values: Sequence[float], valid: bool, step: int) -> Any:  # noqa: ARG002
        return np.add(values, self._field_T), valid


class _Failing:
    """A sensor's ``sample`` with faults, one after the other."""

    def __init__(self, sample: Callable[[int, FloatArray], Sample | None]) -> None:
        self._sample = sample
        self.faults: list[SampleFault] = []

    def __call__(self, step: int, row: FloatArray) -> Sample | None:
        sample = self._sample(step, row)
        for fault in self.faults:
            sample = fault.passed_on(step, sample)
        return sample


class SampleFault(SensorFault):
    """A fault of samples as they go out, with their time; their values stay."""

    def __init__(self, fault: Fault, sensor: Sensor, source: np.random.Generator) -> None:
        """Stand in for the sensor's ``sample``, after the faults that do so already."""
        super().__init__(fault, sensor, source)
        if not isinstance(sensor.sample, _Failing):
            sensor.sample = _Failing(sensor.sample)  # type: ignore[method-assign]
        sensor.sample.faults.append(self)

    def reading(self, values: Sequence[float], valid: bool, step: int) -> Any:  # noqa: ARG002
        return values, valid

    def passed_on(self, step: int, sample: Sample | None) -> Sample | None:
        """Return what goes out at a step at which this would have gone out."""
        raise NotImplementedError


class Silent(SampleFault):
    """Nothing goes out."""

    def passed_on(self, step: int, sample: Sample | None) -> Sample | None:  # noqa: ARG002
        return None if self.active else sample


class Late(SampleFault):
    """Samples wait; when the fault ends, those that still wait are lost."""

    def __init__(self, fault: Fault, sensor: Sensor, source: np.random.Generator) -> None:
        """Round the delay up to control steps, as a sensor's latency is."""
        super().__init__(fault, sensor, source)
        self._delay = max(1, int(np.ceil((fault.delay_s or 0.0) / sensor.step_s - 1e-9)))
        self._waiting: deque[tuple[int, Sample]] = deque()

    def passed_on(self, step: int, sample: Sample | None) -> Sample | None:
        if not self.active:
            self._waiting.clear()
            return sample
        if sample is not None:
            self._waiting.append((step, sample))
        if self._waiting and self._waiting[0][0] + self._delay <= step:
            since, late = self._waiting.popleft()
            return late._replace(age_s=late.age_s + (step - since) * self._sensor.step_s)
        return None


class TimeStamp(SampleFault):
    """The time that goes with a sample is not when it was taken."""

    def passed_on(self, step: int, sample: Sample | None) -> Sample | None:
        if not self.active or sample is None:
            return sample
        oldest_s = step * self._sensor.step_s  # a time code cannot say what was before the start
        return sample._replace(age_s=min(sample.age_s - self._offset_s, oldest_s))

    @property
    def _offset_s(self) -> float:
        return self._fault.offset_s or 0.0


class WeekRollover(TimeStamp):
    """The count of GPS weeks has run over: stamps are off by whole weeks, positions are right."""

    devices = ("gps",)

    @property
    def _offset_s(self) -> float:
        return _WEEK_S * (self._fault.weeks or 0)

"""Reaction wheels: the drive that takes torque commands, and the tachometer on its shaft."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

import numpy as np
from pydantic import Field

from hil.config import NonNegative, Positive
from hil.devices.drives import Drives
from hil.devices.kinds import ActuatorKind, Craft, SensorKind, Trial, Trials
from hil.devices.rounding import quantized
from hil.devices.sensor import Installation, Sensor, SensorModel, starts
from hil.devices.stimuli import Phasing, Stage, Stimuli
from hil.link import messages as wire
from hil.physics.compiled import compiled
from hil.physics.spacecraft import WheelModel
from hil.physics.vectors import FloatArray

_SPEED_rad_s = 50.0  # of a stimulus
_A_MOMENT_s = 1e-9  # what sums of steps may be off by


class Wheel(WheelModel):
    """A [[wheel]] table: mechanics, drive and tachometer."""

    name: str = Field(min_length=1)
    """In messages; each wheel has its own."""
    torque_gain: Positive = 1.0
    """True torque over commanded torque."""
    torque_resolution_Nm: NonNegative = 0.0
    """What the drive rounds commands to; 0: nothing."""
    dead_time_s: NonNegative = 0.0
    """From a command until the motor begins to follow it; rounded up to the truth's steps."""
    time_constant_s: NonNegative = 0.0
    """Of the first-order approach to a new torque; 0: at once."""
    tachometer_rate_hz: Positive
    """Samples a second; a whole number of control periods lies between two."""
    tachometer_latency_s: NonNegative = 0.0
    """From the measurement until the sample goes out; rounded up to control periods."""
    tachometer_noise_rad_s: NonNegative = 0.0
    """1 sigma."""
    tachometer_resolution_rad_s: NonNegative = 0.0
    """What samples are whole multiples of; 0: single precision."""
    protocol: str | None = None
    """What it speaks on a line of its own, see `[[line]]`."""


class WheelDrives(Drives):
    """The drives of all wheels: they keep a command until the next, and refuse NaN."""

    def __init__(self, wheels: Sequence[Wheel], step_s: float = math.inf) -> None:  # noqa: ARG002
        """Start with zero torque; ``rejected`` counts refused values."""
        self._limits = [(w.torque_max_Nm, w.torque_resolution_Nm, w.torque_gain) for w in wheels]
        self._slow = [
            (i, _SlowMotor(wheel.dead_time_s, wheel.time_constant_s))
            for i, wheel in enumerate(wheels)
            if wheel.dead_time_s > 0.0 or wheel.time_constant_s > 0.0
        ]
        self.follows_slowly = self.moves = bool(self._slow)
        self.applied_Nm: FloatArray = np.zeros(len(self._limits))
        self.rejected = 0

    @property
    def held(self) -> Mapping[str, FloatArray]:
        """The motor torques."""
        return {"wheel_torque_Nm": self.applied_Nm}

    def command(self, torque_Nm: Sequence[float]) -> FloatArray:
        """Return the motor torques (n wheels,) that follow from commands for at least n wheels.

        Limited to torque_max_Nm and rounded to the drive's resolution. A NaN or infinite value is
        counted in ``rejected`` and leaves that wheel's torque as it was. A motor with a dead time
        or a time constant keeps its torque here, and follows in ``move``.
        """
        before = [self.applied_Nm[i] for i, _ in self._slow]
        for i, (limit, resolution, gain) in enumerate(self._limits):
            wanted = torque_Nm[i]
            if not math.isfinite(wanted):
                self.rejected += 1
                continue
            wanted = max(-limit, min(limit, wanted))
            if resolution > 0.0:
                wanted = math.floor(wanted / resolution + 0.5) * resolution
            self.applied_Nm[i] = gain * wanted
        for (i, motor), torque in zip(self._slow, before, strict=True):
            if math.isfinite(torque_Nm[i]):
                motor.want(float(self.applied_Nm[i]))
            self.applied_Nm[i] = torque
        return self.applied_Nm

    def move(self, duration_s: float) -> FloatArray:
        """Let the motors follow for a time; return the mean torques (n wheels,) over it."""
        for i, motor in self._slow:
            self.applied_Nm[i] = motor.mean_Nm(duration_s)
        return self.applied_Nm


class _SlowMotor:
    """A motor that begins to follow a command after a dead time, with a first-order lag."""

    def __init__(self, dead_time_s: float, time_constant_s: float) -> None:
        self._dead_time_s, self._tau_s = dead_time_s, time_constant_s
        self._underway: deque[tuple[float, float]] = deque()  # (time until it is felt, torque)
        self._wanted_Nm = self._torque_Nm = 0.0

    def want(self, torque_Nm: float) -> None:
        """Take a command."""
        self._underway.append((self._dead_time_s, torque_Nm))

    def mean_Nm(self, duration_s: float) -> float:
        """Let a time pass; return the mean torque over it."""
        while self._underway and self._underway[0][0] <= _A_MOMENT_s:
            self._wanted_Nm = self._underway.popleft()[1]
        self._underway = deque((left_s - duration_s, torque) for left_s, torque in self._underway)
        missing = self._torque_Nm - self._wanted_Nm
        left = math.exp(-duration_s / self._tau_s) if self._tau_s > 0.0 else 0.0
        self._torque_Nm = self._wanted_Nm + missing * left
        return self._wanted_Nm + missing * (1.0 - left) * self._tau_s / duration_s


@compiled
def read_tachometer(row: FloatArray, at: int, noise_rad_s: float, resolution_rad_s: float) -> float:
    """Return the speed that a tachometer shows."""
    return quantized(row[at] + noise_rad_s, resolution_rad_s)


class TachometerUnit(Sensor):
    """The tachometer of one wheel, on the bench."""

    message: ClassVar[wire.Message] = wire.sample(
        "tachometer",
        0x122,
        "Wheel speed relative to the body; the instance is the wheel's.",
        wire.Field("speed_rad_s", "f32", unit="rad/s"),
    )

    def __init__(self, wheel: Wheel, instance: int, installation: Installation) -> None:
        """Sit on the wheel that is number ``instance`` in the truth."""
        timing = SensorModel(rate_hz=wheel.tachometer_rate_hz, latency_s=wheel.tachometer_latency_s)
        super().__init__(timing, instance, installation)
        self._at = starts(installation.truth_columns)["wheel_speed_rad_s"] + instance
        self._draws = self.normals.draws(1)
        self._noise_rad_s = wheel.tachometer_noise_rad_s
        self._resolution_rad_s = wheel.tachometer_resolution_rad_s

    def measure(self, row: FloatArray) -> tuple[tuple[float, ...], bool]:
        """Return the speed, always valid."""
        noise = self._noise_rad_s * self.normals.block[next(self._draws)]
        return (read_tachometer(row, self._at, noise, self._resolution_rad_s),), True


def _speeds(stage: Stage, _: Wheel) -> Stimuli:
    for unit in np.eye(stage.sizes["wheel_speed_rad_s"]):
        for sign in (1.0, -1.0):
            yield stage.row(wheel_speed_rad_s=sign * _SPEED_rad_s * unit), sign * unit


def _torques(craft: Craft, step_s: float) -> Iterator[Trial]:
    """A quarter of each motor's torque, against the axis that the flight software believes in."""
    for i, wheel in enumerate(craft.tables("wheel")):
        usual = np.eye(3)[i % 3]
        axis = [
            craft.flight_software.get(f"wheel{i}_axis_{a}_body", usual[k])
            for k, a in enumerate("xyz")
        ]
        torque_Nm = 0.25 * wheel.torque_max_Nm
        yield Trial(wheel.name, torque_Nm, -torque_Nm, -np.array(axis), 2.0 * step_s * torque_Nm)


KINDS = (
    ActuatorKind(
        heading="wheel",
        number=0,
        model=Wheel,
        command=wire.COMMAND,
        field="wheel_torque_Nm",
        drives=WheelDrives,
        trials=Trials("wheel", "rate_body_rad_s", _torques),
    ),
    SensorKind(
        heading="wheel",
        model=Wheel,
        unit=TachometerUnit,
        rate_key="tachometer_rate_hz",
        phasing=Phasing(
            _speeds,
            lambda views: views / _SPEED_rad_s,
            shown=1,
            own_axis=True,
            size=_SPEED_rad_s,
            unit="rad/s",
        ),
    ),
)

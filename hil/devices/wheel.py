"""Reaction wheels: the drive that takes torque commands, and the tachometer on its shaft."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar

import numpy as np
from pydantic import Field

from hil.config import NonNegative, Positive
from hil.devices.drives import Drives
from hil.devices.kinds import ActuatorKind, Craft, Second, SensorKind, Trial, Trials
from hil.devices.reading import CompiledReading, MeasuresCompiled
from hil.devices.rounding import quantized
from hil.devices.sensor import Installation, Sensor, SensorModel, starts
from hil.devices.stimuli import Phasing, Stage, Stimuli
from hil.devices.wheel_motor import SlowMotor, SpeedLoop
from hil.link import messages as wire
from hil.physics.compiled import compiled
from hil.physics.records import RecordArray, records
from hil.physics.spacecraft import WheelModel
from hil.physics.vectors import FloatArray

WHEEL_DRIVE = np.dtype(
    [
        ("limit_Nm", "f8"),
        ("resolution_Nm", "f8"),
        ("gain", "f8"),
        ("rejected", "i8"),
    ],
    align=True,
)
TACHOMETER = np.dtype(
    [
        ("noise_rad_s", "f8"),
        ("resolution_rad_s", "f8"),
        ("speed_at", "i8"),  # where the wheel's speed is in a row of truth
    ],
    align=True,
)
_SPEED_rad_s = 50.0  # of a stimulus
WHEEL_SPEED_COMMAND = wire.Message(
    "wheel_speed_command",
    0x215,
    False,
    (
        wire.Field("step", "u32"),
        wire.Field("speed_rad_s", "f32", wire.WHEELS_MAX, "rad/s", "NaN: its torque holds"),
    ),
    doc="Speeds that wheels' own controllers hold, in place of the torques of the command of the "
    "same step, before which it is sent.",
)


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
    speed_time_constant_s: Positive | None = None
    """Of the drive's own speed controller, which `wheel_speed_command` tells a speed; none: it
    takes torques only."""
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


@compiled
def take_torques(wanted_Nm: FloatArray, drives: RecordArray, applied_Nm: FloatArray) -> None:
    """Let drives take commands: limited, rounded, and those that are no number refused."""
    for i in range(drives.shape[0]):
        drive, wanted = drives[i], wanted_Nm[i]
        if not math.isfinite(wanted):
            drive.rejected += 1
            continue
        wanted = max(-drive.limit_Nm, min(drive.limit_Nm, wanted))
        if drive.resolution_Nm > 0.0:
            wanted = math.floor(wanted / drive.resolution_Nm + 0.5) * drive.resolution_Nm
        applied_Nm[i] = drive.gain * wanted


class WheelDrives(Drives):
    """The drives of all wheels: they keep a command until the next, and refuse NaN."""

    def __init__(self, wheels: Sequence[Wheel], step_s: float = math.inf) -> None:  # noqa: ARG002
        """Start with zero torque."""
        self.records = records(WHEEL_DRIVE, len(wheels))
        self.records["limit_Nm"] = [wheel.torque_max_Nm for wheel in wheels]
        self.records["resolution_Nm"] = [wheel.torque_resolution_Nm for wheel in wheels]
        self.records["gain"] = [wheel.torque_gain for wheel in wheels]
        self._slow = [
            (i, SlowMotor(wheel.dead_time_s, wheel.time_constant_s))
            for i, wheel in enumerate(wheels)
            if wheel.dead_time_s > 0.0 or wheel.time_constant_s > 0.0
        ]
        self._speeds = [(i, each) for i, each in enumerate(map(_speed_loop, wheels)) if each]
        self.follows_slowly = self.moves = bool(self._slow or self._speeds)
        self.applied_Nm: FloatArray = np.zeros(len(wheels))
        self._told: FloatArray = np.zeros(len(wheels))
        self._speeds_refused = 0

    @property
    def rejected(self) -> int:  # type: ignore[override]
        """How many values were no command."""
        return self._speeds_refused + int(self.records["rejected"].sum())

    def look(self, truth_of: Callable[[str], FloatArray]) -> None:
        """Have the speed controllers see the wheels' speeds."""
        self._speed_rad_s = truth_of("wheel_speed_rad_s")

    @property
    def held(self) -> Mapping[str, FloatArray]:
        """The motor torques."""
        return {"wheel_torque_Nm": self.applied_Nm}

    def command(self, torque_Nm: Sequence[float]) -> FloatArray:
        """Return the motor torques (n wheels,) that follow from commands for at least n wheels.

        Behind the torques of WHEELS_MAX wheels there may be as many speeds; NaN is none.

        Limited to torque_max_Nm and rounded to the drive's resolution. A NaN or infinite value is
        counted in ``rejected`` and leaves that wheel's torque as it was. A motor with a dead time
        or a time constant keeps its torque here, and follows in ``move``.
        """
        if self._speeds:
            self._hold_speeds(torque_Nm[wire.WHEELS_MAX :])
        before = self.applied_Nm.copy() if self._slow else self.applied_Nm
        self._told[:] = torque_Nm[: self._told.size]
        take_torques(self._told, self.records, self.applied_Nm)
        for i, motor in self._slow:
            if math.isfinite(torque_Nm[i]):
                motor.want(float(self.applied_Nm[i]))
            self.applied_Nm[i] = before[i]
        return self.applied_Nm

    def _hold_speeds(self, speed_rad_s: Sequence[float]) -> None:
        """Have each wheel hold the speed that it was told, or none."""
        told = [speed for speed in speed_rad_s[: self._told.size] if not math.isnan(speed)]
        self._speeds_refused += len(told)
        for i, loop in self._speeds:
            speed = speed_rad_s[i] if speed_rad_s else math.nan
            self._speeds_refused -= math.isfinite(speed)
            if not math.isinf(speed):
                loop.hold(speed)

    def move(self, duration_s: float) -> FloatArray:
        """Let the motors follow for a time; return the mean torques (n wheels,) over it."""
        for i, motor in self._slow:
            self.applied_Nm[i] = motor.mean_Nm(duration_s)
        for i, loop in self._speeds:
            if not math.isnan(loop.wanted_rad_s):
                self.applied_Nm[i] = loop.mean_Nm(float(self._speed_rad_s[i]), duration_s)
        return self.applied_Nm


def _speed_loop(wheel: Wheel) -> SpeedLoop | None:
    return SpeedLoop(wheel) if wheel.speed_time_constant_s is not None else None


@compiled
def read_tachometer(
    row: FloatArray,
    rods: FloatArray,  # noqa: ARG001  all devices are asked alike
    tachometers: RecordArray,
    normals: FloatArray,
    i: int,
    shown: FloatArray,
) -> bool:
    """Show a wheel's speed, always valid."""
    unit = tachometers[0]
    noise_rad_s = unit.noise_rad_s * normals[i]
    shown[0] = quantized(row[unit.speed_at] + noise_rad_s, unit.resolution_rad_s)
    return True


class TachometerUnit(MeasuresCompiled, Sensor):
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
        record = records(TACHOMETER)
        record["speed_at"] = starts(installation.truth_columns)["wheel_speed_rad_s"] + instance
        record["noise_rad_s"] = wheel.tachometer_noise_rad_s
        record["resolution_rad_s"] = wheel.tachometer_resolution_rad_s
        self.compiled = CompiledReading(
            TachometerUnit, read_tachometer, record, self.normals, draws=1, values=1
        )


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
        second=Second(WHEEL_SPEED_COMMAND, "speed_rad_s", "speed_time_constant_s"),
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

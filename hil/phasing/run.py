"""Running the phasing test: one axis at a time, open loop, with the firmware in mode test."""

import time
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from hil.bench.codec import command_of
from hil.bench.uplink import send, telecommands
from hil.bench.world import World
from hil.devices.kinds import RATE, VELOCITY, ActuatorKind, SensorKind, Trial, Trials
from hil.devices.registry import registry
from hil.devices.sensor import Sensor
from hil.devices.stimuli import Phasing, Stage
from hil.errors import ObcError
from hil.link import messages as m
from hil.link.clock import Clock, exact_s
from hil.link.events import Reply
from hil.link.session import Session
from hil.obc.driver import Driver
from hil.obc.place import Obc
from hil.obc.tap import Tap
from hil.phasing.judge import NOT_PHASED, Finding, judge, judge_axes
from hil.physics.rotations import apply, conjugate
from hil.rig import Rig

_ACQUISITION_SAMPLES, _SETTLING_SAMPLES = 1000, 4
_TEST = "test"
Matrix = NDArray[np.float64]


class PhaseError(ObcError):
    """The firmware does not take part in the test."""


class _Silence:
    """A tap that keeps nothing: the phasing test makes no recording."""

    def to_obc(self, time_ns: int, data: bytes) -> None: ...
    def from_obc(self, time_ns: int, data: bytes) -> None: ...
    def event(self, time_ns: int, source: str, name: str, text: str = "", **_: object) -> None: ...


def phase(rig: Rig, obc: Obc, tap: Tap | None = None) -> list[Finding]:
    """Stimulate every axis of every device of a rig; judge what firmware and truth make of it.

    Raises PhaseError when the firmware has no mode test, LinkError when it does not answer.
    """
    clock = Clock(exact_s(rig.step_s))
    session = Session(clock, registry().table, rig.obc.pass_over_apids)
    driver = Driver(
        obc,
        session,
        tap or _Silence(),
        rig.obc.reply_timeout_s,
        boot_s=rig.obc.boot_s,
        quiet_s=rig.obc.quiet_before_hello_s,
    )
    test = _PhaseTest(rig, clock, session, driver)
    return [*test.sensors(), *test.actuators()]


class _PhaseTest:
    def __init__(self, rig: Rig, clock: Clock, session: Session, driver: Driver) -> None:
        self._rig, self._clock, self._session, self._driver = rig, clock, session, driver
        self._world = World(rig)
        self._stage = Stage(self._world.truth.columns)
        self._handles = driver.hello(self._world.device_count).handles
        for telecommand in telecommands(rig, self._world):
            if telecommand.message is m.SET_PARAMETER:
                send(driver, telecommand)
        if _TEST not in rig.obc.modes:
            raise PhaseError(f"[obc] modes has no {_TEST}: hil phase needs a firmware with it")
        self._set(m.SET_MODE, (rig.obc.modes.index(_TEST),), "mode test")

    def _set(self, message: m.Message, values: Sequence[float], what: str) -> None:
        answer = self._driver.set(message, values)
        if answer != "accepted":
            raise PhaseError(
                f"the firmware refused {what}: {answer}; hil phase needs it (docs/"
                "bring_your_own_firmware.md says what set_mode and set_actuator ask of a firmware)"
            )

    # -- sensors -------------------------------------------------------------------------------

    def sensors(self) -> Iterator[Finding]:
        """A finding for every axis of every sensor that has a sign."""
        for sensor in self._world.sensors:
            kind = registry().by_name[sensor.kind]
            if kind.phasing is None:
                yield Finding(_name(sensor), "all", NOT_PHASED, "it has no sign to get wrong")
            elif kind.name not in self._handles:
                yield Finding(_name(sensor), "all", NOT_PHASED, "the firmware does not handle it")
            else:
                yield from self._sensor(sensor, kind, kind.phasing)

    def _sensor(self, sensor: Sensor, kind: SensorKind, phasing: Phasing) -> Iterator[Finding]:
        name, tables = _name(sensor), self._rig.spacecraft.tables(kind.heading)
        if phasing.prepare is not None:
            phasing.prepare(sensor)
        stimuli, views = [], []
        for row, stimulus in phasing.stimuli(self._stage, tables[sensor.instance]):
            shown = self._view(sensor, row, phasing.shown)
            if shown is None:
                yield Finding(name, "all", "dead", "the firmware shows no sample of it")
                return
            instance, view = shown
            if instance != sensor.instance:
                yield Finding(name, "all", "swapped", f"shown as {sensor.kind} {instance}")
                return
            stimuli.append(stimulus)
            views.append(view)
        matrix = phasing.response(np.array(stimuli), np.array(views))
        ppm = getattr(tables[sensor.instance], "scale_error_sigma_ppm", 0.0)
        gain_most = phasing.gain_most + 5e-6 * ppm
        if phasing.own_axis:  # one number a device: it must follow its own stimulus and no other
            labels, own = [table.name for table in tables], sensor.instance
            measure = (phasing.size, phasing.unit, gain_most)
            yield judge(name, labels, own, matrix[0], np.eye(len(labels)), *measure)
        else:
            yield from judge_axes(name, phasing, matrix, gain_most)

    def _view(self, sensor: Sensor, row: Matrix, size: int) -> tuple[int, Matrix] | None:
        """Which instance the firmware takes a measurement for, and what it takes from it."""
        values, valid = _acquired(sensor, row)
        flags = 0 if valid else m.FLAG_INVALID
        framer = self._session.framer
        sample = framer.frame(sensor.message, (flags, sensor.instance, *values))
        for kind, instance, *shown in self._exchange(sample).sensed:
            if kind == m.kind_number(sensor.message):
                return int(instance), np.array(shown[:size], dtype=float)
        return None

    def _exchange(self, frames: bytes) -> Reply:
        deadline_s = time.monotonic() + self._rig.obc.reply_timeout_s
        self._driver.begin(deadline_s)
        self._driver.send(frames + self._session.sync(), deadline_s)
        reply = self._driver.reply(deadline_s)
        self._clock.go_to(self._clock.step + 1)
        if reply.command is None:
            raise PhaseError(f"no reply to a sample{self._session.last_frames()}")
        return reply

    def _advance(self) -> None:
        """Let the world follow what the firmware commands now."""
        self._world.advance(command_of(self._exchange(b"")), 0.0)

    # -- actuators -----------------------------------------------------------------------------

    def actuators(self) -> Iterator[Finding]:
        """A finding for every actuator, or axis that several make together."""
        craft = self._rig.spacecraft
        for kind in registry().actuators:
            for how in (kind.trials, kind.pushes):
                trials = list(how.trials(craft, self._rig.step_s)) if how else []
                for own in range(len(trials)):
                    assert how is not None
                    yield self._tried(kind, how, trials, own)

    def _tried(self, kind: ActuatorKind, how: Trials, trials: Sequence[Trial], own: int) -> Finding:
        """What truth shows of a command, against what is believed to follow."""
        trial, device = trials[own], how.device
        unit = float(np.linalg.norm(trial.expected))
        if not unit:
            moves = "push" if how.column == VELOCITY else "turn"
            return Finding(device, trial.label, "dead", f"believed to {moves} nothing")
        if how.may_be_refused:
            answer = self._driver.set(m.SET_ACTUATOR, (kind.number, own, trial.value))
            if answer != "accepted":
                return Finding(device, trial.label, "dead", f"the firmware refuses it: {answer}")
        response = self._response(kind, how, own, trial) / trial.size
        self._set(m.SET_ACTUATOR, (kind.number, own, 0.0), "an actuator command")
        self._advance()
        expected = np.array([each.expected for each in trials])
        labels = [each.label for each in trials]
        shown_in = (unit * trial.size, how.unit, how.gain_most)
        return judge(device, labels, own, response / unit, expected / unit, *shown_in)

    def _response(self, kind: ActuatorKind, how: Trials, own: int, trial: Trial) -> Matrix:
        """The difference between what a command and another one lead to."""
        before = None
        if how.column == VELOCITY:
            before = self._shown_after(kind, how, own, trial.opposite)
        shown = self._shown_after(kind, how, own, trial.value)
        after = self._shown_after(kind, how, own, trial.opposite)
        if before is None:
            return shown - after
        # gravity changes along the orbit, and evenly from before to after
        return np.asarray(shown - 0.5 * (before + after))

    def _shown_after(self, kind: ActuatorKind, how: Trials, instance: int, value: float) -> Matrix:
        """The momentum (3,) that a command gave the body, or the column that it led to."""
        self._set(m.SET_ACTUATOR, (kind.number, instance, value), "an actuator command")
        before = self._world.truth_of(how.column).copy()
        for _ in range(how.steps):
            self._advance()
        after = self._world.truth_of(how.column).copy()
        if how.column == VELOCITY:
            q = conjugate(self._world.truth_of("q_eci_from_body"))
            return apply(q, self._rig.spacecraft.body.mass_kg * (after - before))
        return self._turned_inertia() @ (after - before) if how.column == RATE else after

    def _turned_inertia(self) -> Matrix:
        """What a torque on the body turns: all but the wheels about their axes, which are free."""
        inertia = np.array(self._rig.spacecraft.body.inertia_body_kg_m2)
        for wheel in self._rig.spacecraft.wheel:
            axis = np.array(wheel.axis_body)
            inertia = inertia - wheel.spin_inertia_kg_m2 * np.outer(axis, axis)
        return inertia


def _name(sensor: Sensor) -> str:
    return f"{sensor.kind} {sensor.instance}"


def _acquired(sensor: Sensor, row: Matrix) -> tuple[tuple[float, ...], bool]:
    """Measure until the sensor has found what it looks for; some take many samples to.

    The first samples are passed over: a low-pass has to settle.
    """
    for sample in range(_ACQUISITION_SAMPLES):
        values, valid = sensor.measure(row)
        if valid and sample >= _SETTLING_SAMPLES:
            break
    return values, valid

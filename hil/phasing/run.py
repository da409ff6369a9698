"""Running the phasing test: one axis at a time, open loop, with the firmware in mode test."""

import time
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from hil.bench.codec import command_of
from hil.bench.uplink import send, telecommands
from hil.bench.world import World
from hil.devices.kinds import SensorKind
from hil.devices.registry import registry
from hil.devices.sensor import Sensor
from hil.devices.stimuli import AXES, Phasing, Stage
from hil.errors import ObcError
from hil.link import messages as m
from hil.link.clock import Clock, exact_s
from hil.link.events import Reply
from hil.link.session import Session
from hil.obc.driver import Driver, Tap
from hil.obc.place import Obc
from hil.phasing.judge import NOT_PHASED, Finding, judge
from hil.rig import Rig

_DIPOLE_A_m2 = 0.1
_ACQUISITION_SAMPLES = 1000
_RISE_STEPS = 10  # rods take tens of milliseconds to reach what they are told
Matrix = NDArray[np.float64]


class PhaseError(ObcError):
    """The firmware does not take part in the test."""


class _Silence:
    """A tap that keeps nothing: the phasing test makes no recording."""

    def to_obc(self, data: bytes) -> None: ...
    def from_obc(self, data: bytes) -> None: ...
    def event(self, source: str, name: str, text: str = "", **_: object) -> None: ...


def phase(rig: Rig, obc: Obc, tap: Tap | None = None) -> list[Finding]:
    """Stimulate every axis of every device of a rig; judge what firmware and truth make of it.

    Raises PhaseError when the firmware has no mode test, LinkError when it does not answer.
    """
    clock = Clock(exact_s(rig.step_s))
    session = Session(clock, registry().table, rig.obc.pass_over_apids)
    driver = Driver(obc, session, tap or _Silence(), rig.obc.reply_timeout_s)
    test = _PhaseTest(rig, clock, session, driver)
    return [*test.sensors(), *test.wheels(), *test.rods(), *test.thrusters()]


class _PhaseTest:
    def __init__(self, rig: Rig, clock: Clock, session: Session, driver: Driver) -> None:
        self._rig, self._clock, self._session, self._driver = rig, clock, session, driver
        self._world = World(rig)
        self._stage = Stage(self._world.truth.columns)
        driver.hello(self._world.device_count)
        for telecommand in telecommands(rig, self._world):
            if telecommand.message is m.SET_PARAMETER:
                send(driver, telecommand)
        self._set(m.SET_MODE, (m.MODES.index("test"),), "mode test")

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
            else:
                yield from self._sensor(sensor, kind, kind.phasing)

    def _sensor(self, sensor: Sensor, kind: SensorKind, phasing: Phasing) -> Iterator[Finding]:
        name, tables = _name(sensor), self._rig.spacecraft.tables(kind.heading)
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
        if phasing.own_axis:  # one number a device: it must follow its own stimulus and no other
            labels, own = [table.name for table in tables], sensor.instance
            yield judge(name, labels, own, matrix[0], np.eye(len(labels)))
        else:
            for axis in range(matrix.shape[1]):
                yield judge(name, phasing.labels, axis, matrix[:, axis], np.eye(len(matrix)))

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

    def wheels(self) -> Iterator[Finding]:
        """A finding for every wheel: the torque that truth feels, against the one believed in."""
        craft = self._rig.spacecraft
        labels = [f"{wheel.name}" for wheel in craft.wheel]
        expected = -np.array([self._believed_axis(i) for i in range(len(labels))]).reshape(-1, 3)
        inertia = self._turned_inertia()
        for i, wheel in enumerate(craft.wheel):
            torque_Nm = 0.25 * wheel.torque_max_Nm
            turned = self._both_ways(
                "rate_body_rad_s", m.ACTUATOR_KINDS.index("wheel"), i, torque_Nm
            )
            felt = inertia @ turned / (self._rig.step_s * torque_Nm)
            yield judge("wheel", labels, i, felt, expected)

    def _turned_inertia(self) -> Matrix:
        """What a torque on the body turns: all but the wheels about their axes, which are free."""
        inertia = np.array(self._rig.spacecraft.body.inertia_body_kg_m2)
        for wheel in self._rig.spacecraft.wheel:
            axis = np.array(wheel.axis_body)
            inertia = inertia - wheel.spin_inertia_kg_m2 * np.outer(axis, axis)
        return inertia

    def _believed_axis(self, wheel: int) -> list[float]:
        own = self._rig.spacecraft.flight_software
        usual = np.eye(3)[wheel % 3]
        return [own.get(f"wheel{wheel}_axis_{a}_body", usual[k]) for k, a in enumerate(AXES)]

    def rods(self) -> Iterator[Finding]:
        """A finding for every axis of the dipole that the rods make together."""
        if not self._rig.spacecraft.rod:
            return
        for axis in range(3):
            kind = m.ACTUATOR_KINDS.index("rod")
            made = self._both_ways("rod_dipole_body_A_m2", kind, axis, _DIPOLE_A_m2)
            yield judge("rods", AXES, axis, made / _DIPOLE_A_m2, np.eye(3))

    def thrusters(self) -> Iterator[Finding]:
        """A finding for every thruster: its torque about the centre of mass, as for the wheels."""
        valves = self._rig.spacecraft.thruster
        labels = [valve.name for valve in valves]
        expected = np.array([self._believed_torque_Nm(i) for i in range(len(valves))])
        kind, inertia = m.ACTUATOR_KINDS.index("thruster"), self._turned_inertia()
        for i, valve in enumerate(valves):
            unit_Nm = float(np.linalg.norm(expected[i]))
            if not unit_Nm:
                yield Finding("thruster", labels[i], "dead", "believed to turn nothing")
                continue
            open_s = max(0.5 * self._rig.step_s, valve.minimum_on_time_s)
            answer = self._driver.set(m.SET_ACTUATOR, (kind, i, open_s))
            if answer != "accepted":
                yield Finding("thruster", labels[i], "dead", f"the firmware refuses it: {answer}")
                continue
            gained = [
                self._shown_after("rate_body_rad_s", kind, i, value) for value in (open_s, 0.0)
            ]
            felt_Nm = inertia @ (gained[0] - gained[1]) / open_s
            yield judge("thruster", labels, i, felt_Nm / unit_Nm, expected / unit_Nm)

    def _believed_torque_Nm(self, thruster: int) -> list[float]:
        """By the flight software's parameters, or what the design gives where it has none."""
        craft = self._rig.spacecraft
        valve, own = craft.thruster[thruster], craft.flight_software
        lever = np.subtract(valve.position_body_m, craft.body.centre_of_mass_body_m)
        design = valve.thrust_N * np.cross(lever, valve.direction_body)
        names = [f"thruster{thruster}_torque_{axis}_body_Nm" for axis in AXES]
        if not any(name in own for name in names):
            return [float(part) for part in design]
        return [own.get(name, 0.0) for name in names]

    def _both_ways(self, column: str, kind: int, instance: int, value: float) -> Matrix:
        """Half the difference between what truth shows after a command and after its opposite."""
        shown = [self._shown_after(column, kind, instance, sign * value) for sign in (1.0, -1.0)]
        self._set(m.SET_ACTUATOR, (kind, instance, 0.0), "an actuator command")
        self._advance()
        return np.asarray((shown[0] - shown[1]) / 2.0)

    def _shown_after(self, column: str, kind: int, instance: int, value: float) -> Matrix:
        self._set(m.SET_ACTUATOR, (kind, instance, value), "an actuator command")
        if column.startswith("rate"):  # a rate is what has been gained, a dipole what is reached
            before = self._world.truth_of(column).copy()
            self._advance()
            return self._world.truth_of(column) - before
        for _ in range(_RISE_STEPS):
            self._advance()
        return self._world.truth_of(column).copy()


def _name(sensor: Sensor) -> str:
    return f"{sensor.kind} {sensor.instance}"


def _acquired(sensor: Sensor, row: Matrix) -> tuple[tuple[float, ...], bool]:
    """Measure until the sensor has found what it looks for; some take many samples to."""
    for _ in range(_ACQUISITION_SAMPLES):
        values, valid = sensor.measure(row)
        if valid:
            break
    return values, valid

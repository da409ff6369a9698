"""The phasing test of an image that knows no bench: shown one axis at a time by its own devices.

What it makes of it is told by its own telemetry, or by what it tells its wheels and rods.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hil.bench.riglines import sensors_named
from hil.bench.world import World
from hil.devices.kinds import SensorKind
from hil.devices.registry import registry
from hil.devices.sensor import Sensor
from hil.devices.stimuli import Phasing, Stage
from hil.errors import RigError
from hil.obc.names import LINES_ONLY
from hil.obc.place import Obc
from hil.phasing.judge import NOT_PHASED, Finding, judge, judge_axes
from hil.phasing.lineactuators import idle, opposed_rates
from hil.phasing.lineclosed import ClosedRun, rods_on, wheels_on
from hil.phasing.linerun import AWAITED_s, HELD_s, LineRun, Matrix, Open, Shown, Told, Which
from hil.rig import Rig

_TOLD = {
    "gyro": "rate",
    "star_tracker": "attitude",
    "gps": "position_ecef",
    "tachometer": "wheel_speed",
}
_NO_PLACE_m = 1e6  # nearer to the Earth's centre a told place is none: zeros before the first fix


def phase_on_lines(rig: Rig, open_it: Open, place: str) -> list[Finding]:
    """Stimulate every axis of every device whose answer is told; judge it.

    open_it: opens the OBC; it is started anew for each attitude of a star tracker and each place of
    a receiver, which flight software would otherwise not believe. Raises RigError for a place where
    time goes on by itself.
    """
    if place not in LINES_ONLY:
        raise RigError(
            f"a phasing test on devices' lines needs lockstep: use --obc {' or '.join(LINES_ONLY)}"
        )
    return list(_LinesTest(rig, open_it, place).findings())


class _LinesTest:
    def __init__(self, rig: Rig, open_it: Open, place: str) -> None:
        self._rig, self._open, self._place = rig, open_it, place
        self._world = World(rig)
        self._stage = Stage(self._world.truth.columns)
        self._axes = np.array([wheel.axis_body for wheel in rig.spacecraft.wheel])
        telemetry = next((line.telemetry for line in rig.line if line.telemetry), None)
        self._tells = {
            kind for kind, what in _TOLD.items() if telemetry and getattr(telemetry, what)
        }
        self._gyros_alone: list[str] = []
        off = sensors_named(rig, rig.obc.not_connected)
        self._on_lines = [
            each for each in self._world.sensors if (each.kind, each.instance) not in off
        ]

    def findings(self) -> Iterator[Finding]:
        """A finding for every axis of what is stimulated."""
        for sensor in self._world.sensors:
            kind = registry().by_name[sensor.kind]
            if sensor not in self._on_lines:
                yield _not(sensor, "it is on no line")
            elif kind.phasing is None:
                yield _not(sensor, "it has no sign to get wrong")
            elif kind.name == "gyro":
                yield from self._gyro(sensor, kind, kind.phasing)
            elif kind.name not in self._tells:
                yield _not(sensor, _untold(kind.name))
            elif kind.name == "star_tracker":
                yield from self._started_anew(sensor, kind, kind.phasing, _attitude, "attitude")
            elif kind.name == "gps":
                yield from self._started_anew(sensor, kind, kind.phasing, _place, "place")
            elif sensor.instance == 0:
                yield from self._tachometers(kind, kind.phasing)
        yield from self._in_closed_loop()

    def _run(self, obc: Obc) -> LineRun:
        return LineRun(self._rig, obc, self._world.sensors, self._axes)

    def _table(self, sensor: Sensor, kind: SensorKind) -> object:
        return self._rig.spacecraft.tables(kind.heading)[sensor.instance]

    # -- sensors whose answer the telemetry tells --------------------------------------------------

    def _gyro(self, sensor: Sensor, kind: SensorKind, phasing: Phasing) -> Iterator[Finding]:
        """Of its rate, as the telemetry tells it, and of the wheels that have to oppose it."""
        rows = list(phasing.stimuli(self._stage, self._table(sensor, kind)))
        which = _rate if "gyro" in self._tells else _torque
        with self._open() as obc:
            run = self._run(obc)
            run.go({sensor: self._stage.row()}, HELD_s)
            told = [run.until_settled({sensor: row}, which, phasing.size) for row, _ in rows]
        stimuli = np.array([stimulus for _, stimulus in rows])
        if "gyro" in self._tells:
            rates = np.array([each.rate for each in told])
            yield from _judged(_name(sensor), phasing, stimuli, rates)
        else:
            yield _not(sensor, _untold("gyro"))
        torques = np.array([_torque(each) for each in told])
        if idle(torques) and self._all_of("tachometer"):
            self._gyros_alone.append(_name(sensor))
        else:
            yield from opposed_rates(_name(sensor), stimuli, torques)

    def _started_anew(
        self, sensor: Sensor, kind: SensorKind, phasing: Phasing, which: Which, what: str
    ) -> Iterator[Finding]:
        """Of a sensor that flight software does not believe when it jumps."""
        rest = self._stage.row()
        others = {each: rest for each in self._on_lines if each.kind == "gyro"}
        stimuli, views = [], []
        for row, stimulus in phasing.stimuli(self._stage, self._table(sensor, kind)):
            with self._open() as obc:
                told = self._run(obc).until_known({**others, sensor: row}, which)
            if told is None:
                why = f"the telemetry has no {what} within {AWAITED_s:g} s"
                yield Finding(_name(sensor), "all", "dead", why)
                return
            stimuli.append(stimulus)
            views.append(which(told))
        yield from _judged(_name(sensor), phasing, np.array(stimuli), np.array(views))

    def _tachometers(self, kind: SensorKind, phasing: Phasing) -> Iterator[Finding]:
        """All of them together: each must follow its own wheel and no other."""
        tables = self._rig.spacecraft.tables(kind.heading)
        rows = list(phasing.stimuli(self._stage, tables[0]))
        with self._open() as obc:
            run = self._run(obc)
            run.until_known(self._speeds(self._stage.row()), _speed)
            told = [run.until_settled(self._speeds(row), _speed, phasing.size) for row, _ in rows]
        stimuli = np.array([stimulus for _, stimulus in rows])
        views = np.array([each.wheel_speed_rad_s for each in told])
        labels = [table.name for table in tables]
        for own, sensor in enumerate(self._all_of("tachometer")):
            if np.isnan(views[:, own]).any():
                yield Finding(_name(sensor), "all", "dead", "the telemetry has no value for it")
                continue
            response = phasing.response(stimuli, views[:, own : own + 1])[0]
            how = (phasing.size, phasing.unit, phasing.gain_most)
            yield judge(_name(sensor), labels, own, response, np.eye(len(labels)), *how)

    def _all_of(self, kind: str) -> list[Sensor]:
        return [each for each in self._on_lines if each.kind == kind]

    def _speeds(self, row: Matrix) -> Shown:
        shown = dict.fromkeys(self._all_of("tachometer"), row)
        return shown | dict.fromkeys(self._all_of("gyro"), self._stage.row())

    def _in_closed_loop(self) -> Iterator[Finding]:
        """Of rods on pins, and of wheels that do nothing while a gyro alone speaks."""
        craft, why = self._rig.spacecraft, self._rods_are_out()
        if craft.rod and why:
            yield Finding("rods", "all", NOT_PHASED, why)
        if self._gyros_alone or (craft.rod and not why):
            with self._open() as obc:
                run = ClosedRun(self._rig, obc)
                for gyro in self._gyros_alone:
                    yield from wheels_on(run, gyro)
                if craft.rod and not why:
                    yield from rods_on(run, [wheel.name for wheel in craft.wheel], self._axes)

    def _rods_are_out(self) -> str:
        """Return why rods cannot be judged, or nothing."""
        if not any(each.device.startswith("rod ") for each in self._rig.pin):
            return "no [[pin]] leads to them"
        if self._place != "qemu-lines":
            return "they hang on pins of the board, which only qemu-lines has"
        if not self._all_of("tachometer"):
            return "they are judged by the wheels' speeds, and no tachometer is on a line"
        return ""


def _name(sensor: Sensor) -> str:
    return f"{sensor.kind} {sensor.instance}"


def _not(sensor: Sensor, why: str) -> Finding:
    return Finding(_name(sensor), "all", NOT_PHASED, why)


def _untold(kind: str) -> str:
    """Return why a sensor on a line is not phased: what of the telemetry's table is missing."""
    if kind in _TOLD:
        return f"no [line.telemetry] names its {_TOLD[kind]}"
    return "[line.telemetry] has no key for this kind of sensor"


def _judged(name: str, phasing: Phasing, stimuli: Matrix, views: Matrix) -> Iterator[Finding]:
    if np.isnan(views).any():
        yield Finding(name, "all", "dead", "the telemetry has no value for it")
        return
    yield from judge_axes(name, phasing, phasing.response(stimuli, views), phasing.gain_most)


def _torque(told: Told) -> Matrix:
    return told.wheels_Nm


def _rate(told: Told) -> Matrix:
    return told.rate


def _attitude(told: Told) -> Matrix:
    return told.attitude


def _place(told: Told) -> Matrix:
    far = np.linalg.norm(told.position_ecef_m) > _NO_PLACE_m
    return told.position_ecef_m if far else np.full(3, np.nan)


def _speed(told: Told) -> Matrix:
    return told.wheel_speed_rad_s

"""The phasing test of an image that knows no bench: shown one axis at a time by its own devices.

What it makes of it is told by its own telemetry, or by what it tells its wheels.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import numpy as np
from numpy.typing import NDArray

from hil.bench.deck import Deck, sensors_named, telemetry_of
from hil.bench.world import World
from hil.devices.kinds import SensorKind
from hil.devices.registry import registry
from hil.devices.sensor import Sample, Sensor
from hil.devices.stimuli import Phasing, Stage
from hil.errors import RigError
from hil.link.clock import Clock, exact_s
from hil.obc.names import LINES_ONLY
from hil.obc.place import Obc
from hil.phasing.judge import NOT_PHASED, Finding, judge, judge_axes
from hil.rig import Rig

Matrix = NDArray[np.float64]
Open = Callable[[], AbstractContextManager[Obc]]
_AWAITED_s, _HELD_s = 30.0, 1.0
_SETTLED = 2e-3  # of a stimulus, in the time that it is held
_LEAST_Nm = 1e-7
_TOLD = {"gyro": "rate", "star_tracker": "attitude"}


def phase_on_lines(rig: Rig, open_it: Open, place: str) -> list[Finding]:
    """Stimulate every axis of every device whose answer is told; judge it.

    open_it: opens the OBC; it is started anew for each star tracker's attitude, which flight
    software would otherwise not believe. Raises RigError for a place where time goes on by itself.
    """
    if place not in LINES_ONLY:
        raise RigError(
            f"a phasing test on devices' lines needs lockstep: use --obc {' or '.join(LINES_ONLY)}"
        )
    return list(_LinesTest(rig, open_it).findings())


class _Told:
    """What was told at the end of a stimulus. wheels: the torque (3,) that they give the body."""

    def __init__(self, deck: Deck, wheels_axes: Matrix, now_ns: int) -> None:
        nothing = ((math.nan,) * 4, (math.nan,) * 3, math.nan)
        told = deck.believed
        q, rate, _ = nothing if told is None else told.at(now_ns)
        known = told is not None and not told.disowned
        self.attitude = np.array(q if known else (math.nan,) * 4)
        self.rate = np.array(rate)
        torques = np.nan_to_num(deck.wheel_torques_Nm[: len(wheels_axes)])
        self.wheels = -(wheels_axes.T @ torques) if len(wheels_axes) else np.zeros(3)


class _LinesTest:
    def __init__(self, rig: Rig, open_it: Open) -> None:
        self._rig, self._open = rig, open_it
        self._world = World(rig)
        self._stage = Stage(self._world.truth.columns)
        self._axes = np.array([wheel.axis_body for wheel in rig.spacecraft.wheel])
        telemetry = next((line.telemetry for line in rig.line if line.telemetry), None)
        self._tells = {
            kind for kind, what in _TOLD.items() if telemetry and getattr(telemetry, what)
        }
        off = sensors_named(rig, rig.obc.not_connected)
        self._on_lines = [
            each for each in self._world.sensors if (each.kind, each.instance) not in off
        ]

    def findings(self) -> Iterator[Finding]:
        """A finding for every axis of what is stimulated."""
        for sensor in self._world.sensors:
            name, kind = f"{sensor.kind} {sensor.instance}", registry().by_name[sensor.kind]
            if sensor not in self._on_lines:
                yield Finding(name, "all", NOT_PHASED, "it is on no line")
            elif kind.phasing is None:
                yield Finding(name, "all", NOT_PHASED, "it has no sign to get wrong")
            elif kind.name == "gyro":
                yield from self._gyro(sensor, kind, kind.phasing)
            elif kind.name in self._tells:
                yield from self._star_tracker(sensor, kind, kind.phasing)
            else:
                yield Finding(name, "all", NOT_PHASED, "no telemetry tells what is made of it")

    # -- a gyro: its rate is told, and wheels answer it --------------------------------------------

    def _gyro(self, sensor: Sensor, kind: SensorKind, phasing: Phasing) -> Iterator[Finding]:
        name = f"{sensor.kind} {sensor.instance}"
        table = self._rig.spacecraft.tables(kind.heading)[sensor.instance]
        rows = list(phasing.stimuli(self._stage, table))
        with self._open() as obc:
            run = _Run(self, obc)
            run.go({sensor: self._rest}, _HELD_s)
            told = [run.until_settled({sensor: row}, phasing.size) for row, _ in rows]
        stimuli = np.array([stimulus for _, stimulus in rows])
        if "gyro" in self._tells:
            yield from self._judged(name, phasing, stimuli, np.array([each.rate for each in told]))
        else:
            yield Finding(name, "all", NOT_PHASED, "no telemetry tells what is made of it")
        yield from self._opposed(name, stimuli, np.array([each.wheels for each in told]))

    def _opposed(self, name: str, stimuli: Matrix, torques: Matrix) -> Iterator[Finding]:
        """Wheels are to give the body a torque against its rate, of whatever size."""
        device = f"wheels on {name}"
        if np.abs(torques).max(initial=0.0) < _LEAST_Nm:
            yield Finding(device, "all", NOT_PHASED, "they answer it with no torque")
            return
        known = np.hstack([stimuli, np.ones((len(stimuli), 1))])
        matrix = np.asarray(np.linalg.lstsq(known, torques, rcond=None)[0][:3].T, dtype=np.float64)
        for axis in range(3):
            size = float(np.linalg.norm(matrix[:, axis])) or 1.0
            yield judge(device, "xyz", axis, matrix[:, axis] / size, -np.eye(3), size, "N m")

    # -- a star tracker: the attitude is told ------------------------------------------------------

    def _star_tracker(
        self, sensor: Sensor, kind: SensorKind, phasing: Phasing
    ) -> Iterator[Finding]:
        name = f"{sensor.kind} {sensor.instance}"
        table = self._rig.spacecraft.tables(kind.heading)[sensor.instance]
        others = {each: self._rest for each in self._on_lines if each.kind == "gyro"}
        stimuli, views = [], []
        for row, stimulus in phasing.stimuli(self._stage, table):
            with self._open() as obc:
                told = _Run(self, obc).until_known({**others, sensor: row})
            if told is None:
                yield Finding(name, "all", "dead", f"no attitude is told within {_AWAITED_s:g} s")
                return
            stimuli.append(stimulus)
            views.append(told.attitude)
        yield from self._judged(name, phasing, np.array(stimuli), np.array(views))

    def _judged(
        self, name: str, phasing: Phasing, stimuli: Matrix, views: Matrix
    ) -> Iterator[Finding]:
        if np.isnan(views).any():
            yield Finding(name, "all", "dead", "the telemetry told nothing of it")
            return
        yield from judge_axes(name, phasing, phasing.response(stimuli, views), phasing.gain_most)

    @property
    def _rest(self) -> Matrix:
        return self._stage.row()

    @property
    def rig(self) -> Rig:
        """Whose devices are tested."""
        return self._rig

    @property
    def sensors(self) -> list[Sensor]:
        """All of the rig's."""
        return list(self._world.sensors)

    @property
    def axes(self) -> Matrix:
        """Of the wheels (n, 3), body axes."""
        return self._axes


class _Run:
    """One start of the OBC, with devices that are just switched on."""

    def __init__(self, test: _LinesTest, obc: Obc) -> None:
        self._test, rig = test, test.rig
        self._clock = Clock(exact_s(rig.step_s))
        self._deck = Deck(
            rig, obc, test.sensors, self._clock, lambda *_, **__: None,
            realtime=False, telemetry=telemetry_of(rig),
        )  # fmt: skip
        self._deck.power_on()

    def go(self, shown: dict[Sensor, Matrix], duration_s: float) -> _Told:
        """Have sensors measure rows of truth for a while; return what is told at its end."""
        for _ in range(max(1, round(duration_s / self._test.rig.step_s))):
            self._step(shown)
        return _Told(self._deck, self._test.axes, self._clock.now_ns)

    def until_settled(self, shown: dict[Sensor, Matrix], size: float) -> _Told:
        """The same, until what is told changes no more: flight software filters what it hears."""
        told = self.go(shown, _HELD_s)
        for _ in range(round(_AWAITED_s / _HELD_s)):
            before, told = told, self.go(shown, _HELD_s)
            if not np.abs(told.rate - before.rate).max() > _SETTLED * size:
                break
        return told

    def until_known(self, shown: dict[Sensor, Matrix]) -> _Told | None:
        """The same, until an attitude is told and then a little longer; None if none is."""
        for _ in range(round(_AWAITED_s / self._test.rig.step_s)):
            if not np.isnan(self.go(shown, 0.0).attitude).any():
                return self.go(shown, _HELD_s)
        return None

    def _step(self, shown: dict[Sensor, Matrix]) -> None:
        samples: list[Sample | None] = []
        for sensor in self._test.sensors:
            row = shown.get(sensor)
            sample = None
            if row is not None and self._clock.step % sensor.period_steps == 0:
                values, valid = sensor.measure(row)
                sample = Sample(values, valid, 0.0)
            samples.append(sample)
        self._deck.begin(samples, 0.0)
        self._deck.go_through()
        self._deck.commands()
        self._clock.go_to(self._clock.step + 1)

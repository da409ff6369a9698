"""One start of an OBC that has devices' own lines only, and what it tells of what it is shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager

import numpy as np
from numpy.typing import NDArray

from hil.bench.deck import Deck
from hil.bench.riglines import telemetry_of
from hil.devices.sensor import Sample, Sensor
from hil.link.clock import Clock, exact_s
from hil.obc.place import Obc
from hil.rig import Rig

Matrix = NDArray[np.float64]
Shown = Mapping[Sensor, Matrix]
"""The row of truth that each sensor measures; a sensor without one is silent."""
Open = Callable[[], AbstractContextManager[Obc]]
AWAITED_s, HELD_s = 30.0, 1.0
_SETTLED = 2e-3  # of a stimulus, in the time that it is held


class Told:
    """What was told at the end of a stimulus.

    wheels_Nm: the torque (3,) that the wheels give the body.
    """

    def __init__(self, deck: Deck, wheel_axes: Matrix, now_ns: int) -> None:
        nothing = ((math.nan,) * 4, (math.nan,) * 3, math.nan)
        told = deck.believed
        q, rate, _ = nothing if told is None else told.at(now_ns)
        known = told is not None and not told.disowned
        self.attitude = np.array(q if known else (math.nan,) * 4)
        self.rate = np.array(rate)
        self.position_ecef_m = np.array((math.nan,) * 3 if told is None else told.position_ecef_m)
        self.wheel_speed_rad_s = np.array(() if told is None else told.wheel_speed_rad_s)
        self.wheels_Nm = wheels_Nm(deck, wheel_axes)


def wheels_Nm(deck: Deck, axes: Matrix) -> Matrix:
    """Return the torque (3,) that the wheels give the body; axes: (n, 3), of the wheels."""
    torques = np.nan_to_num(deck.actuators.wheel_torques_Nm[: len(axes)])
    return np.asarray(-(axes.T @ torques)) if len(axes) else np.zeros(3)


Which = Callable[[Told], Matrix]
"""Picks what matters of what was told."""


class LineRun:
    """One start of the OBC, with devices that are just switched on."""

    def __init__(self, rig: Rig, obc: Obc, sensors: Sequence[Sensor], wheel_axes: Matrix) -> None:
        """wheel_axes: (n, 3), body axes."""
        self._sensors, self._wheel_axes, self._step_s = sensors, wheel_axes, rig.step_s
        self._clock = Clock(exact_s(rig.step_s))
        self._deck = Deck(
            rig, obc, sensors, self._clock, lambda *_, **__: None,
            realtime=False, telemetry=telemetry_of(rig),
        )  # fmt: skip
        self._deck.power_on()

    def go(self, shown: Shown, duration_s: float) -> Told:
        """Have sensors measure rows of truth for a while; return what is told at its end."""
        for _ in range(max(1, round(duration_s / self._step_s))):
            self._step(shown)
        return Told(self._deck, self._wheel_axes, self._clock.now_ns)

    def until_settled(self, shown: Shown, which: Which, size: float) -> Told:
        """The same, until what is told changes no more: flight software filters what it hears."""
        told = self.go(shown, HELD_s)
        for _ in range(round(AWAITED_s / HELD_s)):
            before, told = told, self.go(shown, HELD_s)
            change = np.abs(which(told) - which(before)).max()
            if change <= _SETTLED * size or self._never(which(told)):
                break
        return told

    def _never(self, values: Matrix) -> bool:
        """Whether nothing was told of it in all the time that it may take."""
        return bool(np.isnan(values).any()) and self._clock.now_ns > 1e9 * AWAITED_s

    def until_known(self, shown: Shown, which: Which) -> Told | None:
        """The same, until something is told and then a little longer; None if nothing is."""
        for _ in range(round(AWAITED_s / self._step_s)):
            if not np.isnan(which(self.go(shown, 0.0))).any():
                return self.go(shown, HELD_s)
        return None

    def _step(self, shown: Shown) -> None:
        samples: list[Sample | None] = []
        for sensor in self._sensors:
            row = shown.get(sensor)
            sample = None
            if row is not None and self._clock.step % sensor.period_steps == 0:
                values, valid = sensor.measure(row)
                sample = Sample(values, valid, 0.0)
            samples.append(sample)
        self._deck.begin(samples, 0.0)
        self._deck.go_through()
        self._deck.actuators.commands()
        self._clock.go_to(self._clock.step + 1)

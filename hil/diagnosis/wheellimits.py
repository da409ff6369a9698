"""How often wheels were at their limits, and going through zero speed, in good and bad steps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hil.devices.wheel import Wheel
from hil.diagnosis.finding import Finding
from hil.diagnosis.trouble import Marked
from hil.diagnosis.units import amount, number, share
from hil.judge.rows import FloatArray, Rows
from hil.rig import Rig

AT_LIMIT = 0.98
"""From this share of a limit on a wheel counts as at it."""
_NEAR_ZERO_rad_s = 8.0
_SPEED_MAX, _TORQUE_MAX = "wheel_speed_max_rad_s", "wheel_torque_max_Nm"
_BEYOND, _FAR_BEYOND = 1.5, 8.0  # times a wheel's torque
_SETTLES_s = 20.0  # after a wheel went through zero


class WheelLimits:
    """Counts of all wheels."""

    def __init__(self, rig: Rig) -> None:
        self._wheels: tuple[Wheel, ...] = rig.spacecraft.wheel
        self._beliefs = rig.spacecraft.flight_software
        # Flight software that believes in less does not ask for more.
        torque, speed = (self._beliefs.get(name, np.inf) for name in (_TORQUE_MAX, _SPEED_MAX))
        self._most = np.array([min(torque, wheel.torque_max_Nm) for wheel in self._wheels])
        self._fastest = np.array([min(speed, wheel.speed_max_rad_s) for wheel in self._wheels])
        n = len(self._wheels)
        self._counts = {what: np.zeros((2, n)) for what in ("torque", "speed", "zero")}
        self._steps = np.zeros(2)  # good and bad
        self._crossed_s = np.full(n, -np.inf)
        self._fastest_seen = np.zeros(n)
        self._given = np.array([wheel.torque_max_Nm for wheel in self._wheels])
        self._asked = np.zeros((3, n))  # steps, of them beyond the torque, the largest

    def feed(self, rows: Rows, command: FloatArray, start: int, marked: Marked) -> None:
        """Take the next steps and the commands in force; those before ``start`` were taken."""
        speed, time_s = rows["truth_wheel_speed_rad_s"], rows["time_s"][start:]
        crossing = np.zeros(speed.shape, dtype=bool)
        crossing[1:] = np.sign(speed[1:]) != np.sign(speed[:-1])
        crossed = np.where(crossing[start:], time_s[:, None], -np.inf)
        last = np.maximum.accumulate(np.concatenate([self._crossed_s[None], crossed]))[1:]
        if len(last):
            self._crossed_s = last[-1]
        asked = np.abs(command[start:]) / self._given
        self._asked[0] += len(asked)
        self._asked[1] += (asked > _BEYOND).sum(axis=0)
        self._asked[2] = np.maximum(self._asked[2], asked.max(axis=0, initial=0.0))
        held = {
            "torque": np.abs(command[start:]) >= AT_LIMIT * self._most,
            "speed": np.abs(speed[start:]) >= AT_LIMIT * self._fastest,
            "zero": (time_s[:, None] - last < _SETTLES_s)
            | (np.abs(speed[start:]) < _NEAR_ZERO_rad_s),
        }
        good = marked.asked & ~marked.bad
        for what, mask in held.items():
            self._counts[what] += np.stack(
                [(mask & m[:, None]).sum(axis=0) for m in (good, marked.bad)]
            )
        self._steps += [np.count_nonzero(good), np.count_nonzero(marked.bad)]
        most = np.abs(speed[start:]).max(axis=0, initial=0.0)
        self._fastest_seen = np.maximum(self._fastest_seen, most)

    def findings(self, *, sticks: bool = True) -> Iterator[Finding]:
        """Yield at which limit a wheel was when it mattered.

        sticks: whether what was missed can come of friction that changes its sign.
        """
        for i, wheel in enumerate(self._wheels):
            speed, torque = wheel.speed_max_rad_s, wheel.torque_max_Nm
            fastest = f"{self._fastest[i]:g} rad/s"
            strongest = amount(1e3 * self._most[i], "mNm", 3)
            yield from self._at_limit(i, "speed", fastest, self._believed(_SPEED_MAX, speed))
            yield from self._at_limit(i, "torque", strongest, self._believed(_TORQUE_MAX, torque))
            yield from self._speed(i, sticks=sticks)
            yield from self._beyond(i)

    def _beyond(self, i: int) -> Iterator[Finding]:
        """Yield a wheel that is commanded far more than it gives, which no limit tells of."""
        steps, beyond, most = self._asked[:, i]
        if most < _FAR_BEYOND or beyond < 0.5 * steps:
            return
        name = f"wheel {self._wheels[i].name}"
        words = (
            f"{name} is commanded up to {number(most, 2)} times the torque that it gives, "
            f"{amount(1e3 * self._given[i], 'mNm', 3)}, and more than it gives in "
            f"{share(beyond / steps)} of all steps: torques on the wire are in N m, rates in rad/s"
        )
        yield Finding(words, 84.0, "control", name)

    def _shares(self, what: str, i: int) -> tuple[float, float]:
        """In which share of the bad steps, and of the others, this was so of a wheel."""
        good, bad = self._counts[what][:, i] / np.maximum(self._steps, 1.0)
        return float(bad), float(good)

    def _believed(self, name: str, true: float) -> str:
        """What the flight software believes, where that is another limit."""
        believed = self._beliefs.get(name)
        if believed is None or 0.8 < believed / true < 1.25:
            return ""
        return f"; [flight_software] believes {believed / true:.2g} times as much"

    def _at_limit(self, i: int, what: str, size: str, believed: str) -> Iterator[Finding]:
        then, else_ = self._shares(what, i)
        if then < 0.25 or then < 1.5 * else_:
            return
        name = f"wheel {self._wheels[i].name}"
        words = f"{name} is at its {what} limit of {size} in {share(then)} of the bad steps"
        weight = 70.0 + 10.0 * then + (8.0 if believed else 0.0)
        yield Finding(f"{words}{believed}", weight, "control", name)

    def _speed(self, i: int, *, sticks: bool) -> Iterator[Finding]:
        name, part = f"wheel {self._wheels[i].name}", self._fastest_seen[i] / self._fastest[i]
        then, else_ = self._shares("zero", i)
        if sticks and then > 0.5 and then > 2.0 * else_:
            words = (
                f"{name} is going through zero speed in {share(then)} of the bad "
                f"steps and in {share(else_)} of the others"
            )
            yield Finding(words, 55.0 + 8.0 * then, "control", name)
        elif self._fastest_seen[i] >= AT_LIMIT * self._fastest[i]:
            words = f"{name} came to its speed limit of {self._fastest[i]:g} rad/s"
            yield Finding(words, 58.0, "control", name)
        elif self._fastest_seen[i] > 0.9 * self._fastest[i]:
            words = f"{name} came to {share(part)} of its speed limit"
            yield Finding(words, 14.0, "control", name, cause=False)

"""What the wheels make of their commands: direction, gain, friction, limits, zero speed."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hil.devices.wheel import Wheel
from hil.diagnosis.finding import Finding
from hil.diagnosis.samples import CARRY
from hil.diagnosis.trouble import Marked, Trouble
from hil.diagnosis.units import amount, number, span_words
from hil.diagnosis.wheellimits import AT_LIMIT, WheelLimits
from hil.diagnosis.wheelresponse import Response, fitted, response_words
from hil.diagnosis.windows import WindowSums
from hil.judge.rows import FloatArray, Mask, Rows
from hil.rig import Rig

COLUMNS = {
    "time_s",
    "truth_rate_body_rad_s",
    "truth_wheel_speed_rad_s",
    "truth_external_torque_body_Nm",
    "command_wheel_torque_Nm",
}
_STICKS_MOST_rad = math.radians(1.0)  # no wheel's friction turns a body farther
_FITS = 0.97  # of the body's torque explained: one response fits the whole time


class Wheels:
    """All wheels, from their commands and the truth of body and rotors."""

    def __init__(self, rig: Rig, latency_s: float) -> None:
        self._wheels: tuple[Wheel, ...] = rig.spacecraft.wheel
        self._craft = rig.spacecraft
        late = latency_s / rig.step_s  # periods until a command is felt
        self._whole, self._part = int(late), late % 1.0
        self._axes = np.array([wheel.axis_body for wheel in self._wheels])
        self._spin = np.array([wheel.spin_inertia_kg_m2 for wheel in self._wheels])
        self._most = np.array([wheel.torque_max_Nm for wheel in self._wheels])
        self._fastest = np.array([wheel.speed_max_rad_s for wheel in self._wheels])
        self._inertia = np.array(rig.spacecraft.body.inertia_body_kg_m2)
        self._without_spin = self._inertia - np.einsum(
            "i,ij,ik->jk", self._spin, self._axes, self._axes
        )
        self._sums = WindowSums(8)
        self._limits = WheelLimits(rig)
        self._last_commands = np.zeros((1, len(self._wheels)))

    def feed(self, rows: Rows, start: int, marked: Marked) -> None:
        """Take the next steps; those before ``start`` have been taken before."""
        command = self._held(rows["command_wheel_torque_Nm"][:, : len(self._wheels)], start)
        self._limits.feed(rows, command, start, marked)
        begin = max(start - 1, self._whole + 1)
        time_s = rows["time_s"]
        if len(time_s) > begin + 1:
            self._sums.add(time_s[begin:-1], self._sampled(rows, command, begin))

    def _held(self, command: FloatArray, start: int) -> FloatArray:
        """Return the commands, those of steps without a reply as before."""
        new = command[start:]
        known: Mask = np.asarray(np.isfinite(new).all(axis=1))
        rows = np.concatenate([self._last_commands[-1:], np.where(known[:, None], new, 0.0)])
        at = np.where(known, np.arange(1, len(rows)), 0)
        held = np.concatenate([self._last_commands, rows[np.maximum.accumulate(at)]])
        self._last_commands = held[-max(CARRY, 1) :]
        return held[len(held) - len(command) :]

    def _sampled(self, rows: Rows, command: FloatArray, begin: int) -> FloatArray:
        """Return what the response is made of, a period each.

        That is the torques commanded, less the friction of the tables, and the torque that the
        wheels gave the body; then what was lost between command and rotor, and that friction.
        """
        period_s = np.diff(rows["time_s"][begin:])
        limited = np.clip(command, -self._most, self._most)
        at = np.arange(begin, len(command) - 1) - self._whole
        torque = (1.0 - self._part) * limited[at] + self._part * limited[at - 1]
        rate = rows["truth_rate_body_rad_s"][begin:]
        speed = rows["truth_wheel_speed_rad_s"][begin:]
        gained = np.diff(rate, axis=0) / period_s[:, None]
        mean_rate = 0.5 * (rate[1:] + rate[:-1])
        mean_speed = 0.5 * (speed[1:] + speed[:-1])
        momentum = mean_rate @ self._inertia + (mean_speed * self._spin) @ self._axes
        load = rows["truth_external_torque_body_Nm"][begin:]
        body = gained @ self._without_spin + np.cross(mean_rate, momentum)
        body = body - 0.5 * (load[1:] + load[:-1])
        rotor = self._spin * (np.diff(speed, axis=0) / period_s[:, None] + gained @ self._axes.T)
        lost = torque - rotor
        told = self._friction(mean_speed)
        driven = torque - told
        below = np.abs(mean_speed) < AT_LIMIT * self._fastest
        lost = np.where(below, lost, told)  # at its limit the drive brakes a wheel, not friction
        free = below.all(axis=1)
        n, k = len(self._wheels), len(period_s)
        one = free.astype(float)[:, None]
        squares = (driven[:, :, None] * driven[:, None, :]).reshape(k, n * n)
        shared = (driven[:, :, None] * body[:, None, :]).reshape(k, n * 3)
        values = [one, driven, body, body**2, squares, shared]
        return np.column_stack([*(one * each for each in values), np.ones((k, 1)), lost, told])

    def _friction(self, speed: FloatArray) -> FloatArray:
        """Return the friction that the wheels' tables tell of."""
        found = np.zeros_like(speed)
        for i, wheel in enumerate(self._wheels):
            v = speed[:, i]
            slip = v / np.hypot(v, wheel.friction_transition_rad_s)
            found[:, i] = wheel.coulomb_friction_Nm * slip + wheel.viscous_friction_Nm_s * v
        return found

    def findings(self, trouble: Trouble) -> Iterator[Finding]:
        """Yield what is wrong with a wheel, and at which limit it was when it mattered."""
        yield from self._responses(trouble)
        yield from self._rubbing(trouble)
        yield from self._limits.findings(sticks=trouble.error_rad < _STICKS_MOST_rad)

    def _believed(self) -> FloatArray:
        """Return the axes (wheels, 3) that the flight software believes in."""
        beliefs = self._craft.flight_software
        if not beliefs:
            return self._axes
        usual = np.concatenate([np.eye(3), np.zeros((1, 3))])
        usual[3, 0] = 1.0
        return np.array(
            [
                [beliefs.get(f"wheel{i}_axis_{a}_body", usual[i, k]) for k, a in enumerate("xyz")]
                for i in range(len(self._wheels))
            ]
        )

    def _responses(self, trouble: Trouble) -> Iterator[Finding]:
        begin_s, end_s, sums = self._sums.table()
        if not len(begin_s):
            return
        odd = self._odd(sums)
        first = end_s <= (end_s[odd][0] + 20.0 if odd.any() else math.inf)
        fits = []  # where it does not fit what is believed comes first
        pools = [odd, odd & first, np.ones(len(end_s), dtype=bool)]
        for pool in pools:
            response = fitted(sums[pool].sum(axis=0), len(self._wheels)) if pool.any() else None
            if response is not None and response.fit > _FITS:
                fits.append((response, begin_s[pool][0], end_s[pool][-1]))
        for response, begin, end in fits:
            when = span_words(begin, end, trouble.end_s, trouble.begin_s)
            found = list(self._wrong(response, when))
            if found:
                yield from found
                return

    def _odd(self, sums: FloatArray) -> Mask:
        """Return in which windows the body does not feel what is believed that it should."""
        n = len(self._wheels)
        driven, body = sums[:, 1 : 1 + n], sums[:, 1 + n : 4 + n]
        off = np.linalg.norm(body + driven @ self._believed(), axis=1)
        little = 3e-3 * self._most.max()
        return np.asarray(
            off > np.maximum(0.2 * np.linalg.norm(driven, axis=1), sums[:, 0] * little)
        )

    def _wrong(self, response: Response, when: str) -> Iterator[Finding]:
        for i, (wheel, axis) in enumerate(zip(self._wheels, self._believed(), strict=True)):
            turned, error = -response.torque[i], response.error[i]
            gain, size = float(turned @ axis), float(np.linalg.norm(turned))
            deviation = float(np.linalg.norm(turned - axis))
            if not error < 0.12 or deviation < max(6.0 * error, 0.15):
                continue
            yield Finding(
                f"wheel {wheel.name} {response_words(gain, size, turned, axis)} {when}",
                100.0 if deviation > 0.7 else 80.0 + 10.0 * deviation,
                "control",
                f"wheel {wheel.name}",
            )

    def _rubbing(self, trouble: Trouble) -> Iterator[Finding]:
        begin_s, end_s, sums = self._sums.table()
        n = len(self._wheels)
        if not len(begin_s):
            return
        count = sums[:, -2 * n - 1]
        lost, told = sums[:, -2 * n : -n] / count[:, None], sums[:, -n:] / count[:, None]
        for i, wheel in enumerate(self._wheels):
            more = np.abs(lost[:, i]) - np.abs(told[:, i])
            windows = more > np.maximum(np.abs(told[:, i]), 0.02 * wheel.torque_max_Nm)
            same_way = np.sign(lost[:, i]) == np.sign(told[:, i])
            windows &= same_way
            if np.count_nonzero(windows) < max(2, 0.05 * len(windows)):
                continue
            at = np.flatnonzero(windows)
            size = float(np.median(np.abs(lost[windows, i])))
            usual = float(np.median(np.abs(told[windows, i])))
            when = span_words(begin_s[at[0]], end_s[at[-1]], trouble.end_s, trouble.begin_s)
            words = (
                f"wheel {wheel.name} loses {amount(1e3 * size, 'mNm', 2)} to friction {when}: "
                f"{number(size / max(usual, 1e-9), 2)} times what its table says"
            )
            yield Finding(words, 86.0, "control", f"wheel {wheel.name}")

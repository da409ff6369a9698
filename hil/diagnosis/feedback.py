"""Whether a wheel's commands drive a rotation on that they should brake: a sign in the firmware."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hil.diagnosis.finding import Finding
from hil.diagnosis.trouble import Trouble
from hil.diagnosis.units import amount
from hil.judge.rows import FloatArray, Mask, Rows
from hil.rig import Rig

COLUMNS = {"truth_rate_body_rad_s", "truth_wheel_speed_rad_s", "command_wheel_torque_Nm"}
_CORRELATED, _GREW = 0.8, 1.5
_AT_LIMIT, _STEPS = 0.98, 10
_TURNS_rad_s = 1e-3
_AXES, _FITS, _COND = 3, 0.9, 1e4


class Feedback:
    """All wheels: their commands beside the body's rate about their axes.

    A loop that brakes has torques against the rate. A torque that has the rate's sign all the time,
    while the rate grows, is feedback with the wrong sign, unless the body follows a target that
    turns faster and faster, as near a perigee, or against air that brakes it.
    """

    def __init__(self, rig: Rig) -> None:
        self._wheels = rig.spacecraft.wheel
        n = len(self._wheels)
        self._axes = np.array([wheel.axis_body for wheel in self._wheels])
        self._fastest = np.array([wheel.speed_max_rad_s for wheel in self._wheels])
        self._sums = np.zeros((3, n))  # of torque squared, their product, rate squared
        self._counts = np.zeros(n)
        self._turns = max(_TURNS_rad_s, 2.0 * _orbit_rate_rad_s(rig))
        # of torque by rate, of rate by rate, and torque squared, each step by its rate's size
        self._by_rate, self._rates, self._torques = np.zeros((n, n)), np.zeros((n, n)), np.zeros(n)
        self._first, self._most = np.full(n, np.nan), np.zeros(n)

    def feed(self, rows: Rows) -> None:
        """Take the next steps; those of a wheel at its speed limit, which obeys no more, not."""
        command = rows["command_wheel_torque_Nm"][:, : len(self._wheels)]
        rate = rows["truth_rate_body_rad_s"] @ self._axes.T
        free: Mask = np.abs(rows["truth_wheel_speed_rad_s"]) < _AT_LIMIT * self._fastest
        free &= np.isfinite(command) & np.isfinite(rate)
        torque: FloatArray = np.where(free, -command, 0.0)  # on the body
        rate = np.where(free, rate, 0.0)
        whole = free.all(axis=1) & (np.linalg.norm(rate, axis=1) > _TURNS_rad_s)
        one, size = rate[whole], np.linalg.norm(rate[whole], axis=1, keepdims=True)
        pushed = torque[whole] / size
        self._by_rate += pushed.T @ (one / size)
        self._rates += (one / size).T @ (one / size)
        self._torques += (pushed**2).sum(axis=0)
        self._sums += [(torque**2).sum(axis=0), (torque * rate).sum(axis=0), (rate**2).sum(axis=0)]
        self._counts += free.sum(axis=0)
        for i in np.flatnonzero(free.any(axis=0)):
            if np.isnan(self._first[i]):
                self._first[i] = abs(rate[free[:, i], i][0])
            self._most[i] = max(self._most[i], np.abs(rate[:, i]).max())

    def findings(self, trouble: Trouble) -> Iterator[Finding]:
        """Yield each wheel whose commands drive the body's rotation on, or brake another axis."""
        if trouble.follows:
            return
        swapped = list(self._swapped())
        if swapped:
            yield from swapped
            return
        torques, products, rates = self._sums
        for i, wheel in enumerate(self._wheels):
            size = float(np.sqrt(torques[i] * rates[i]))
            first, most = float(self._first[i]), float(self._most[i])
            grew = most > _GREW * first and most > self._turns
            if self._counts[i] < _STEPS or not size or not grew:
                continue
            correlation = float(products[i]) / size
            if correlation > _CORRELATED:
                words = (
                    f"wheel {wheel.name} is commanded with the wrong sign: its torque drives the "
                    f"body's rotation on instead of braking it, from "
                    f"{amount(np.degrees(first), 'deg/s', 2)} to "
                    f"{amount(np.degrees(most), 'deg/s', 2)} (`hil phase` tells the wheel's sign "
                    "from the gyro's; if both pass, it is the control law's)"
                )
                yield Finding(words, 85.0, "control", f"wheel {wheel.name}")

    def _swapped(self) -> Iterator[Finding]:
        """Yield that wheels are commanded by the rates about each other's axes.

        Torques that a matrix makes of the rates all the time are those of a controller of rates.
        """
        n = len(self._wheels)
        if n != _AXES or np.linalg.cond(self._rates) > _COND:
            return
        gains = self._by_rate @ np.linalg.inv(self._rates)
        made = np.einsum("ij,ij->i", gains, self._by_rate)
        order = [int(np.argmax(np.abs(row))) for row in gains]
        moved = [i for i in range(n) if order[i] != i]
        if not moved or sorted(order) != list(range(n)) or (made < _FITS * self._torques).any():
            return
        if any(abs(gains[i, order[i]]) < 3.0 * abs(gains[i, i]) for i in moved):
            return
        names = [wheel.name for wheel in self._wheels]
        pairs = ", ".join(f"{names[i]} by the rate about {names[order[i]]}" for i in moved)
        words = (
            f"wheels are commanded by the rate about another wheel's axis, {pairs}: the wire has "
            f"torques in the rig's order of wheels, {', '.join(names)}"
        )
        yield Finding(words, 92.0, "control", "order of wheels")


def _orbit_rate_rad_s(rig: Rig) -> float:
    """Return how fast the nadir turns at the orbit's lowest point: h / r^2."""
    r, v = rig.orbit.state()
    lowest_m = rig.orbit.lowest_height_m + rig.orbit.body.radius_m
    return float(np.linalg.norm(np.cross(r, v))) / lowest_m**2

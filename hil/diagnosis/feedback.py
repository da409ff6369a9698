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
        self._first, self._most = np.full(n, np.nan), np.zeros(n)

    def feed(self, rows: Rows) -> None:
        """Take the next steps; those of a wheel at its speed limit, which obeys no more, not."""
        command = rows["command_wheel_torque_Nm"][:, : len(self._wheels)]
        rate = rows["truth_rate_body_rad_s"] @ self._axes.T
        free: Mask = np.abs(rows["truth_wheel_speed_rad_s"]) < _AT_LIMIT * self._fastest
        free &= np.isfinite(command) & np.isfinite(rate)
        torque: FloatArray = np.where(free, -command, 0.0)  # on the body
        rate = np.where(free, rate, 0.0)
        self._sums += [(torque**2).sum(axis=0), (torque * rate).sum(axis=0), (rate**2).sum(axis=0)]
        self._counts += free.sum(axis=0)
        for i in np.flatnonzero(free.any(axis=0)):
            if np.isnan(self._first[i]):
                self._first[i] = abs(rate[free[:, i], i][0])
            self._most[i] = max(self._most[i], np.abs(rate[:, i]).max())

    def findings(self, trouble: Trouble) -> Iterator[Finding]:
        """Yield each wheel whose commands drive the body's rotation on."""
        if trouble.follows:
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
                    f"{amount(np.degrees(most), 'deg/s', 2)} (`hil phase` tells whether it is the "
                    "wheel's sign or the gyro's)"
                )
                yield Finding(words, 85.0, "control", f"wheel {wheel.name}")


def _orbit_rate_rad_s(rig: Rig) -> float:
    """Return how fast the nadir turns at the orbit's lowest point: h / r^2."""
    r, v = rig.orbit.state()
    lowest_m = rig.orbit.lowest_height_m + rig.orbit.body.radius_m
    return float(np.linalg.norm(np.cross(r, v))) / lowest_m**2

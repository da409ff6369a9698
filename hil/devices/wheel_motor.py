"""What a wheel's motor makes of a command in time: dead time, approach, its own speed control."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hil.devices.wheel import Wheel

_A_MOMENT_s = 1e-9  # what sums of steps may be off by


class SpeedLoop:
    """A drive's own speed controller: first-order approach, with an estimate of the friction.

    The torque over a step is the one that takes the exact part 1 - exp(-h/tau) of the error away,
    and what the last steps missed is taken for friction (disturbance observer; Franklin, Powell and
    Workman, Digital Control of Dynamic Systems, 8.5).
    """

    def __init__(self, wheel: Wheel) -> None:
        assert wheel.speed_time_constant_s is not None
        self._tau_s, self._inertia_kg_m2 = wheel.speed_time_constant_s, wheel.spin_inertia_kg_m2
        self._most_Nm, self._gain = wheel.torque_max_Nm, wheel.torque_gain
        self._fastest_rad_s = wheel.speed_max_rad_s
        self.wanted_rad_s = math.nan
        self._friction_Nm = 0.0
        self._last: tuple[float, float, float] | None = None  # speed, torque, duration

    def hold(self, speed_rad_s: float) -> None:
        """Hold a speed within the wheel's limit; NaN: none."""
        if math.isnan(speed_rad_s):
            self.wanted_rad_s, self._friction_Nm, self._last = math.nan, 0.0, None
            return
        self.wanted_rad_s = max(-self._fastest_rad_s, min(self._fastest_rad_s, speed_rad_s))

    def mean_Nm(self, speed_rad_s: float, duration_s: float) -> float:
        """Return the motor's torque over a time that begins with a speed."""
        part = 1.0 - math.exp(-duration_s / self._tau_s)
        if self._last is not None:
            before, torque, lasted_s = self._last
            missed = torque - self._inertia_kg_m2 * (speed_rad_s - before) / lasted_s
            self._friction_Nm += part * (missed - self._friction_Nm)
        error = self.wanted_rad_s - speed_rad_s
        wanted = self._inertia_kg_m2 * error * part / duration_s + self._friction_Nm
        torque = self._gain * max(-self._most_Nm, min(self._most_Nm, wanted))
        self._last = (speed_rad_s, torque, duration_s)
        return torque


class SlowMotor:
    """A motor that begins to follow a command after a dead time, with a first-order lag."""

    def __init__(self, dead_time_s: float, time_constant_s: float) -> None:
        self._dead_time_s, self._tau_s = dead_time_s, time_constant_s
        self._underway: deque[tuple[float, float]] = deque()  # (time until it is felt, torque)
        self._wanted_Nm = self._torque_Nm = 0.0

    def want(self, torque_Nm: float) -> None:
        """Take a command."""
        self._underway.append((self._dead_time_s, torque_Nm))

    def mean_Nm(self, duration_s: float) -> float:
        """Let a time pass; return the mean torque over it."""
        while self._underway and self._underway[0][0] <= _A_MOMENT_s:
            self._wanted_Nm = self._underway.popleft()[1]
        self._underway = deque((left_s - duration_s, torque) for left_s, torque in self._underway)
        missing = self._torque_Nm - self._wanted_Nm
        left = math.exp(-duration_s / self._tau_s) if self._tau_s > 0.0 else 0.0
        self._torque_Nm = self._wanted_Nm + missing * left
        return self._wanted_Nm + missing * (1.0 - left) * self._tau_s / duration_s

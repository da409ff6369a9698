"""Magnetic torque rods: current that rises in its time, a core that remembers, limits and gains."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from pydantic import model_validator

from hil.physics.spacecraft import Axis, Model, NonNegative, Positive
from hil.physics.vectors import FloatArray


class Rod(Model):
    """A [[rod]] table.

    drive_axis_body: along which the drive electronics believe the rod to lie; left out, its axis.
    rise_time_constant_s: of the first-order approach to a new command.
    remanence_A_m2: what the core keeps when the current is gone, after any swing of twice as much.
    """

    axis_body: Axis
    drive_axis_body: Axis | None = None
    dipole_max_A_m2: Positive
    dipole_gain: Positive = 1.0  # true dipole over commanded dipole
    dipole_resolution_A_m2: NonNegative = 0.0
    rise_time_constant_s: NonNegative = 0.0
    remanence_A_m2: NonNegative = 0.0

    @model_validator(mode="after")
    def _remembers_less_than_it_can(self) -> Rod:
        if self.remanence_A_m2 >= self.dipole_max_A_m2:
            raise ValueError(
                f"remanence_A_m2 {self.remanence_A_m2:g} must be below dipole_max_A_m2 "
                f"{self.dipole_max_A_m2:g}; of a good rod it is a hundredth of that"
            )
        return self


class Core:
    """One rod's dipole along its axis, in A m2, before its gain.

    Hysteresis: the play operator (Visintin, Differential Models of Hysteresis, chapter III), a loop
    as wide as twice the remanence.
    """

    def __init__(self, rise_time_constant_s: float, remanence_A_m2: float) -> None:
        """Begin without current and demagnetised."""
        self._tau_s, self._remanence = rise_time_constant_s, remanence_A_m2
        self._wanted = self._current = self._play = 0.0

    def want(self, dipole_A_m2: float) -> None:
        """Take a new command, which a rod without rise time follows at once."""
        self._wanted = dipole_A_m2
        if self._tau_s == 0.0:
            self._follow(dipole_A_m2)

    def move(self, duration_s: float) -> tuple[float, float]:
        """Let time pass, and return the dipole's mean over it and its value at its end."""
        if self._tau_s == 0.0:
            return self.dipole, self.dipole
        left = math.exp(-duration_s / self._tau_s)
        missing = self._current - self._wanted
        mean = self._wanted + missing * (1.0 - left) * self._tau_s / duration_s
        self._follow(self._wanted + missing * left)
        return mean + self._kept, self.dipole

    @property
    def dipole(self) -> float:
        """Dipole now."""
        return self._current + self._kept

    @property
    def _kept(self) -> float:
        return self._play - self._current if self._remanence else 0.0

    def _follow(self, current: float) -> None:
        self._current, width = current, self._remanence
        self._play = max(current - width, min(current + width, self._play))


class RodDrives:
    """The drives of all rods: a dipole vector is shared among them along their drive axes.

    ``applied_body_A_m2`` (3,): mean dipole of the time that the last ``move`` covered.
    ``dipole_body_A_m2`` (3,): dipole at the end of that time. Both are refreshed in place.
    ``rejected`` counts refused commands.
    """

    def __init__(self, rods: Sequence[Rod]) -> None:
        """Start with zero dipole."""
        believed = [rod.drive_axis_body or rod.axis_body for rod in rods]
        axes = np.array(believed, dtype=float).reshape(-1, 3)
        share = np.linalg.pinv(axes.T)  # least dipole in every rod
        self._rods = [
            (tuple(share[i]), r.dipole_max_A_m2, r.dipole_resolution_A_m2)
            for i, r in enumerate(rods)
        ]
        self._along = [(tuple(r.axis_body), r.dipole_gain) for r in rods]
        self._cores = [Core(r.rise_time_constant_s, r.remanence_A_m2) for r in rods]
        self._at_once = all(r.rise_time_constant_s == 0.0 for r in rods)
        self.applied_body_A_m2: FloatArray = np.zeros(3)
        self.dipole_body_A_m2: FloatArray = np.zeros(3)
        self.rejected = 0

    def command(self, dipole_body_A_m2: Sequence[float]) -> FloatArray:
        """Take a commanded dipole, body frame; return ``applied_body_A_m2``, which ``move`` fills.

        Each rod is limited and rounded by itself; rods without a rise time follow at once. A NaN or
        infinite component is counted in ``rejected`` and leaves the dipole as it was.
        """
        x, y, z = dipole_body_A_m2[0], dipole_body_A_m2[1], dipole_body_A_m2[2]
        if not math.isfinite(x + y + z):
            self.rejected += 1
            return self.applied_body_A_m2
        for core, (share, limit, resolution) in zip(self._cores, self._rods, strict=True):
            wanted = share[0] * x + share[1] * y + share[2] * z
            wanted = max(-limit, min(limit, wanted))
            if resolution > 0.0:
                wanted = math.floor(wanted / resolution + 0.5) * resolution
            core.want(wanted)
        if self._at_once:
            self._show([core.dipole for core in self._cores], self.applied_body_A_m2)
            self.dipole_body_A_m2[:] = self.applied_body_A_m2
        return self.applied_body_A_m2

    def move(self, duration_s: float) -> FloatArray:
        """Let the rods follow their command for a time; return the mean dipole (3,) over it."""
        if not self._at_once:
            passed = [core.move(duration_s) for core in self._cores]
            self._show([mean for mean, _ in passed], self.applied_body_A_m2)
            self._show([end for _, end in passed], self.dipole_body_A_m2)
        return self.applied_body_A_m2

    def _show(self, dipoles: Sequence[float], total: FloatArray) -> None:
        """Put the rods' dipoles, along their axes and with their gains, into a body vector (3,)."""
        x = y = z = 0.0
        for dipole, (axis, gain) in zip(dipoles, self._along, strict=True):
            x += gain * dipole * axis[0]
            y += gain * dipole * axis[1]
            z += gain * dipole * axis[2]
        total[0], total[1], total[2] = x, y, z

"""Devices whose answer is one number or one vector beside the true one: tachometers and rods."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hil.diagnosis.finding import Finding
from hil.diagnosis.units import AXES, number, vector_words
from hil.judge.rows import Rows
from hil.rig import Rig

_RPM = 30.0 / np.pi
_SCALE, _ENOUGH = 0.05, 20
_COMMAND, _DIPOLE = "command_dipole_body_A_m2", "truth_rod_dipole_body_A_m2"
_HELD = 0.02  # of the largest dipole: the command stayed as it was
_LEAST, _FITS, _COND = 0.05, 0.97, 300.0
_OF_WHAT_STAYS = 10.0  # smaller commands do not tell a rod's axis from its remanence


class Tachometers:
    """What each shows beside the speed of its wheel."""

    def __init__(self, rig: Rig) -> None:
        self._wheels = rig.spacecraft.wheel
        self._sums = np.zeros((len(self._wheels), 3))  # samples, product, true squared
        self._errors = np.zeros(len(self._wheels))

    @property
    def columns(self) -> set[str]:
        """The columns that it reads."""
        own = {f"tachometer{i}_{what}" for i in range(len(self._wheels)) for what in _SHOWN}
        return own | {"truth_wheel_speed_rad_s"}

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""
        for i in range(len(self._wheels)):
            shown = rows[f"tachometer{i}_speed_rad_s"].reshape(-1)
            true = rows["truth_wheel_speed_rad_s"][:, i]
            good = (rows[f"tachometer{i}_valid"] > 0.5) & np.isfinite(shown) & (np.abs(true) > 1.0)
            shown, true = shown[good], true[good]
            self._sums[i] += (len(true), float(shown @ true), float(true @ true))
            self._errors[i] += float(((shown - true) ** 2).sum())

    def findings(self) -> Iterator[Finding]:
        """Yield each that shows another speed than its wheel has."""
        for i, (count, product, square) in enumerate(self._sums):
            if count < _ENOUGH or self._errors[i] < _SCALE**2 * square:
                continue
            scale = product / square
            unit = " (rpm for rad/s)" if abs(scale / _RPM - 1.0) < 0.02 else ""
            words = (
                f"tachometer {i} shows {number(scale, 3)} times the speed of wheel "
                f"{self._wheels[i].name}{unit}"
            )
            yield Finding(words, 87.0, "any", f"tachometer {i}")


_SHOWN = ("speed_rad_s", "valid")


class Rods:
    """The dipole that the rods make beside the one that was commanded."""

    columns = frozenset({_COMMAND, _DIPOLE})

    def __init__(self, rig: Rig) -> None:
        self._late = 1 + math.ceil(rig.obc.latency_s / rig.step_s)  # periods until it is felt
        rods = rig.spacecraft.rod
        self._most = min(rod.dipole_max_A_m2 for rod in rods)
        stays = max(rod.remanence_A_m2 + rod.dipole_resolution_A_m2 for rod in rods)
        self._least = max(_LEAST * self._most, _OF_WHAT_STAYS * stays)
        self._commands, self._both = np.zeros((3, 3)), np.zeros((3, 3))
        self._square, self._counts = 0.0, 0

    def feed(self, rows: Rows) -> None:
        """Take the next steps; of those with a steady command, as rods take time to follow."""
        command, dipole, late = rows[_COMMAND], rows[_DIPOLE], self._late
        end = len(command) - late
        if end < 2:
            return
        now, shown = command[1:end], dipole[1 + late :]
        steady = np.abs(now).max(axis=1, initial=0.0) > self._least
        for shift in range(-1, late):
            other = command[1 + shift : end + shift]
            steady &= np.abs(now - other).max(axis=1, initial=0.0) < _HELD * self._most
        now, shown = np.clip(now[steady], -self._most, self._most), shown[steady]
        self._square += float((shown**2).sum())
        self._commands += now.T @ now
        self._both += shown.T @ now
        self._counts += len(now)

    def findings(self) -> Iterator[Finding]:
        """Yield each axis about which they make another dipole than was commanded."""
        if self._counts < _ENOUGH or np.linalg.cond(self._commands) > _COND:
            return
        follows = self._both @ np.linalg.inv(self._commands)
        rest = max(self._square - float((follows * self._both).sum()), 0.0)
        if rest > (1.0 - _FITS) * self._square:
            return
        sigma = np.sqrt(rest / self._counts * np.diag(np.linalg.inv(self._commands)))
        for k in range(3):
            made = follows[:, k]
            if np.linalg.norm(made - np.eye(3)[k]) < max(0.3, 10.0 * sigma[k]):
                continue
            what = "is inverted" if made[k] < -0.5 else f"is {vector_words(made)} of it"
            words = f"a dipole commanded along {AXES[k]} comes out wrong: what the rods make {what}"
            yield Finding(words, 93.0, "control", f"rods {AXES[k]}")

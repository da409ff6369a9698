"""Whether each sensor shows the truth: its sign, axes, scale, offset and noise."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from hil.diagnosis.ages import Ages
from hil.diagnosis.finding import Finding, Side
from hil.diagnosis.readings import READINGS
from hil.diagnosis.trouble import Trouble
from hil.diagnosis.turns import TURNS
from hil.diagnosis.units import AXES, amount, angle_words, number, span_words, unit_words
from hil.diagnosis.windows import WindowSums
from hil.judge.rows import FloatArray, Mask, Rows
from hil.physics.rotations import conjugate, multiply, rotation_vector

CARRY = 40  # steps before a piece that its late samples may be of
_ONE, _OFF, _OFF2, _TRUE, _TRUE2, _SHOWN, _SHOWN2, _CROSS, _SAME = 0, 1, 4, 7, 10, 13, 16, 19, 28


class Samples:
    """One sensor's samples held against what an ideal one would have shown."""

    def __init__(
        self, kind: str, instance: int, table: Any, step_s: float, *, has_tracker: bool = True
    ) -> None:
        """has_tracker: whether a star tracker makes up for what this sensor spoils."""
        self._has_tracker = has_tracker
        self.name = f"{kind.replace('_', ' ')} {instance}"
        self.kind, self._table, self._step_s = kind, table, step_s
        self._reading = READINGS[kind]
        self._prefix = f"{kind}{instance}_"
        self._sums, self._ages = WindowSums(), Ages(self.name, table, step_s)
        self._before: FloatArray | None = None

    @property
    def columns(self) -> set[str]:
        """The columns that it reads."""
        own = {self._prefix + name for name in (self._reading.column, "valid", "age_s")}
        return own | set(self._reading.truth) | {"time_s"}

    def feed(self, rows: Rows, start: int) -> None:
        """Take the next steps; those before ``start`` have been taken, and are there for age."""
        valid, age_s = rows[self._prefix + "valid"], rows[self._prefix + "age_s"]
        back = np.round(np.nan_to_num(age_s) / self._step_s).astype(int)
        at = np.arange(len(valid))
        self._ages.feed(age_s[(valid > 0.5) & (at >= start)])
        known = (at - back >= 0) & (at - back < len(valid))  # stamps may be of any time
        take = np.flatnonzero((valid > 0.5) & (at >= start) & known)
        if not len(take):
            return
        shown = rows[self._prefix + self._reading.column][take]
        there = {name: rows[name][take - back[take]] for name in self._reading.truth}
        true = self._reading.expected(there)
        same = self._repeats(shown)
        if self._reading.rotates:
            off = rotation_vector(multiply(conjugate(true), shown))
            shown = true = off
        elif self._reading.direction:
            off = np.cross(true, shown)
        else:
            off = shown - true
        cross = (shown[:, :, None] * true[:, None, :]).reshape(len(take), 9)
        values = [np.ones(len(take)), off, off**2, true, true**2, shown, shown**2, cross, same]
        table = np.column_stack(values)
        good = np.isfinite(table).all(axis=1)
        self._sums.add(rows["time_s"][take][good], table[good])

    def _repeats(self, shown: FloatArray) -> FloatArray:
        """Return 1 at each sample that is the same as the one before it."""
        first = shown[:1] * np.nan if self._before is None else self._before
        self._before = shown[-1:]
        return np.asarray((np.concatenate([first, shown[:-1]]) == shown).all(axis=1), dtype=float)

    # ---- what it comes to ------------------------------------------------------------------------

    def findings(self, trouble: Trouble) -> Iterator[Finding]:
        """Yield the worst thing that is wrong with its samples, if anything is."""
        yield from self._ages.findings()
        begin_s, end_s, sums = self._sums.table()
        if not len(begin_s) or sums[:, _ONE].sum() < 8:
            return
        self._trouble, self._begin_s, self._end_s, self._sums_of = trouble, begin_s, end_s, sums
        if self._reading.rotates:
            found: list[Finding] = []
        else:
            found = list(self._turned())
        yield from found
        if not found:
            for look in (self._stuck, self._scaled, self._noisy, self._offset):
                yield from look()

    def _when(self, windows: Mask) -> str:
        at = np.flatnonzero(windows)
        begin, end = self._begin_s[at[0]], self._end_s[at[-1]]
        return span_words(begin, end, self._trouble.end_s, self._trouble.begin_s)

    def _turned(self) -> Iterator[Finding]:
        """Yield that its axes are inverted or swapped, where that explains what it shows."""
        if self.kind == "gps":
            return
        sums = self._sums_of
        power = sums[:, _TRUE2 : _TRUE2 + 3].sum(axis=1)
        off = sums[:, _SHOWN2 : _SHOWN2 + 3].sum(axis=1) + power
        off -= 2.0 * sums[:, [_CROSS, _CROSS + 4, _CROSS + 8]].sum(axis=1)
        windows = off > 0.1 * power
        if not windows.any():
            return
        pool = sums[windows].sum(axis=0)
        cross = pool[_CROSS : _CROSS + 9].reshape(3, 3)
        sizes = pool[_SHOWN2 : _SHOWN2 + 3].sum() + pool[_TRUE2 : _TRUE2 + 3].sum()
        costs = np.array([sizes - 2.0 * float(np.sum(turn.matrix * cross)) for turn in TURNS])
        if costs.min() > 0.3 * costs[0]:
            return
        best = TURNS[int(np.flatnonzero(costs <= costs.min() + 0.03 * costs[0])[0])]
        yield Finding(
            f"{self.name} has its axes wrong {self._when(windows)}: it shows {best.words} of the "
            f"true {self._what()}, not [x, y, z]",
            97.0,
            "any",
            self.name,
        )

    def _what(self) -> str:
        return {"gyro": "rate", "magnetometer": "field"}.get(self.kind, "direction")

    def _stuck(self) -> Iterator[Finding]:
        if self._sigma()[0] <= 0.0 or self.kind in ("fine_sun_sensor", "horizon_sensor"):
            return
        windows = self._sums_of[:, _SAME] > 0.95 * self._sums_of[:, _ONE]
        if windows.any() and self.kind == "gyro" and self._at_its_range(windows):
            most = self._table.range_deg_s
            words = (
                f"{self.name} is at the end of its range of {most:g} deg/s {self._when(windows)}: "
                "the body turns faster"
            )
            yield Finding(words, 95.0, "any", self.name)
        elif windows.any():
            words = f"{self.name} shows the same value again and again {self._when(windows)}"
            yield Finding(words, 92.0, self._spoils, self.name)

    def _at_its_range(self, windows: Mask) -> bool:
        pool = self._sums_of[windows].sum(axis=0)
        shown = np.abs(pool[_SHOWN : _SHOWN + 3]).max() / pool[_ONE]
        return bool(shown > 0.9 * math.radians(self._table.range_deg_s))

    @property
    def _spoils(self) -> Side:
        """A gyro's rate goes into the control torque, too."""
        return "any" if self.kind == "gyro" else "knowledge"

    def _scaled(self) -> Iterator[Finding]:
        """Yield the axis whose scale is off, where the motion was large enough to tell."""
        if self.kind == "magnetometer":
            yield from self._weak_field()
        if self.kind != "gyro":
            return
        pool = self._sums_of.sum(axis=0)
        n = pool[_ONE]
        for axis in range(3):
            mean_t, mean_s = pool[_TRUE + axis] / n, pool[_SHOWN + axis] / n
            spread = pool[_TRUE2 + axis] / n - mean_t**2
            shared = pool[_CROSS + 4 * axis] / n - mean_t * mean_s
            spread_s = pool[_SHOWN2 + axis] / n - mean_s**2
            if spread <= 0.0:
                continue
            scale = shared / spread
            rest = max(spread_s - scale**2 * spread, 0.0)
            sure = abs(scale - 1.0) / math.sqrt(rest / spread / n + 1e-12)
            allowed = max(0.02, 5e-6 * getattr(self._table, "scale_error_sigma_ppm", 0.0))
            if abs(scale - 1.0) > allowed and sure > 8.0:
                words = (
                    f"{self.name} shows {scale:.3f} of the true {self._what()} about {AXES[axis]}: "
                    f"its scale is off by {100 * (scale - 1.0):+.1f} %{unit_words(scale)}"
                )
                yield Finding(words, 88.0, "knowledge", self.name)
                return

    def _weak_field(self) -> Iterator[Finding]:
        pool = self._sums_of.sum(axis=0)
        shown, true = pool[_SHOWN2 : _SHOWN2 + 3].sum(), pool[_TRUE2 : _TRUE2 + 3].sum()
        scale = math.sqrt(shown / true) if true > 0.0 else 1.0
        if not 0.9 < scale < 1.1:
            words = f"{self.name} shows a field of {scale:.2f} times the true size"
            yield Finding(words, 45.0 if self._has_tracker else 75.0, "knowledge", self.name)

    def _offset(self) -> Iterator[Finding]:
        """Yield what it is off by on average, where that is beyond what its table says."""
        sums = self._sums_of
        noise, fixed = self._sigma()
        mean = sums[:, _OFF : _OFF + 3] / sums[:, _ONE, None]
        size = np.linalg.norm(mean, axis=1)
        of_noise = np.hypot(noise, self._spread()) / np.sqrt(sums[:, _ONE])
        windows = size > 4.0 * np.hypot(fixed, of_noise) + self._slack(sums)
        if np.count_nonzero(windows) < max(1, 0.02 * len(windows)):
            yield from self._off_as_expected()
            return
        at = int(np.argmax(size * windows))
        off = float(size[at])
        matters = self._matters(off)
        words = (
            f"{self.name} is off by {self._size_words(off)} (mostly "
            f"{AXES[int(np.argmax(np.abs(mean[at])))]}) {self._when(windows)}, more than its table "
            "lets expect"
        )
        yield Finding(words, matters, "knowledge", self.name)

    def _off_as_expected(self) -> Iterator[Finding]:
        """Yield a star tracker that is off by what its table allows, but a requirement does not."""
        pool = self._sums_of.sum(axis=0)
        mean = pool[_OFF : _OFF + 3] / pool[_ONE]
        off = float(np.linalg.norm(mean))
        if self.kind == "star_tracker" and self._trouble.matters(off):
            words = (
                f"{self.name} is off by {self._size_words(off)} (mostly "
                f"{AXES[int(np.argmax(np.abs(mean)))]}) in the whole run, which its table allows"
            )
            yield Finding(words, 90.0, "knowledge", self.name)

    def _slack(self, sums: FloatArray) -> FloatArray:
        """Return what an ordinary part may be off by besides: scale, alignment, stray fields."""
        table = self._table
        parts = 5e-6 * getattr(table, "scale_error_sigma_ppm", 0.0)
        parts += 5e-3 * getattr(table, "misalignment_sigma_mrad", 0.0)
        rms = np.sqrt(sums[:, _TRUE2 : _TRUE2 + 3].sum(axis=1) / sums[:, _ONE])
        slack = parts * rms
        if self.kind == "magnetometer":
            stray = np.abs(np.asarray(table.rod_coupling_nT_per_A_m2)).max() * 1e-9
            slack = slack + stray + 0.05 * rms
        return np.asarray(slack)

    def _matters(self, off: float) -> float:
        """Return the weight of an offset: whether it explains what was missed."""
        if self.kind == "star_tracker":
            return 94.0 if self._trouble.matters(off) else 20.0
        if self.kind == "gyro":
            return 84.0
        return 40.0 if self._has_tracker else 70.0

    def _noisy(self) -> Iterator[Finding]:
        sums = self._sums_of
        noise, _ = self._sigma()
        if noise <= 0.0:
            return
        sigma = self._spread()
        full = sums[:, _ONE] >= 8
        slack = self._slack(sums)
        windows = full & (sigma > 3.0 * noise + slack)
        if np.count_nonzero(windows) < max(2, 0.02 * len(windows)):
            return
        seen = float(np.median(sigma[windows]))
        words = (
            f"{self.name} is {number(seen / noise, 2)} times as noisy as its table says "
            f"{self._when(windows)}: {self._size_words(seen)} (1 sigma)"
        )
        yield Finding(
            words, 80.0 if self.kind in ("gyro", "star_tracker") else 45.0, "knowledge", self.name
        )

    def _spread(self) -> FloatArray:
        """Return 1 sigma of what it is off by within each window, of the worst axis."""
        n = self._sums_of[:, _ONE, None]
        mean, square = (self._sums_of[:, at : at + 3] / n for at in (_OFF, _OFF2))
        return np.asarray(np.sqrt(np.maximum(square - mean**2, 0.0).max(axis=1)))

    def _sigma(self) -> tuple[float, float]:
        return self._reading.sigma(self._table)

    def _size_words(self, size: float) -> str:
        unit = self._reading.unit
        if unit == "rad":
            return angle_words(size)
        if unit == "rad/s":
            return amount(math.degrees(size) * 3600.0, "deg/h", 3)
        return amount(size * 1e9, "nT", 3) if unit == "T" else amount(size, unit, 3)

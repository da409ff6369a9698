"""Sums over short windows of a run, in memory that does not grow with the run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
_FIRST, _MOST = 32, 2048  # samples in a window at first; windows kept


class WindowSums:
    """Sums (windows, k) of values (n, k) over windows of as many samples each.

    When there are too many windows each two become one, so that a long run has longer windows.
    """

    def __init__(self, samples: int = _FIRST) -> None:
        self._samples = samples
        self._rest: FloatArray | None = None  # time and values of what fills no window yet
        self._kept: list[FloatArray] = []  # of rows: begin, end, sums
        self._count = 0

    def add(self, time_s: FloatArray, values: FloatArray) -> None:
        """Take some more samples."""
        rows = np.column_stack([time_s, values])
        if self._rest is not None:
            rows = np.concatenate([self._rest, rows])
        whole = len(rows) // self._samples
        if whole:
            cut = rows[: whole * self._samples].reshape(whole, self._samples, -1)
            self._kept.append(_summed(cut))
            self._count += whole
        self._rest = rows[whole * self._samples :]
        if self._count > _MOST:
            self._halve()

    @property
    def samples(self) -> int:
        """How many samples a window holds; the last one may hold fewer."""
        return self._samples

    def table(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return where windows begin and end (w,), in seconds, and their sums (w, k)."""
        parts = list(self._kept)
        if self._rest is not None and len(self._rest):
            parts.append(_summed(self._rest[None]))
        if not parts:
            return np.empty(0), np.empty(0), np.empty((0, 1))
        rows = np.concatenate(parts)
        return rows[:, 0], rows[:, 1], rows[:, 2:]

    def _halve(self) -> None:
        rows = np.concatenate(self._kept)
        odd = rows[len(rows) // 2 * 2 :]
        pairs = rows[: len(rows) // 2 * 2].reshape(len(rows) // 2, 2, -1)
        joined = pairs.sum(axis=1)
        joined[:, 0], joined[:, 1] = pairs[:, 0, 0], pairs[:, 1, 1]
        self._kept = [joined, odd] if len(odd) else [joined]
        self._count = len(joined) + len(odd)
        self._samples *= 2


def _summed(windows: FloatArray) -> FloatArray:
    """Return rows (w, 2 + k) of begin, end and sums, from windows (w, n, 1 + k)."""
    time_s, values = windows[:, :, 0], windows[:, :, 1:]
    return np.column_stack([time_s[:, 0], time_s[:, -1], values.sum(axis=1)])

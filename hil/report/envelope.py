"""A curve and the distribution of its values, in memory that does not grow with the run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
_BINS_MOST = 3000
_EDGES = np.concatenate([[0.0], np.logspace(-12, 6, 3601), [np.inf]])  # 200 a decade
_JOINED = 8  # bins that are one in a plot


class Envelope:
    """Least and largest value in bins of time; when there are too many, each two become one."""

    def __init__(self) -> None:
        self._samples = 1
        self._rest = np.empty((0, 2))
        self._bins: list[FloatArray] = []
        self._count = 0

    def add(self, time_s: FloatArray, values: FloatArray) -> None:
        """Take some more values (n,); NaN where there is none."""
        rows = np.concatenate([self._rest, np.column_stack([time_s, values])])
        whole = len(rows) // self._samples
        if whole:
            self._bins.append(_bins(rows[: whole * self._samples].reshape(whole, -1, 2)))
            self._count += whole
        self._rest = rows[whole * self._samples :]
        while self._count > _BINS_MOST:
            self._halve()

    @property
    def curve(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Time (k,), least (k,) and largest (k,) of each bin; NaN where a bin has no value."""
        rest = [_bins(self._rest[None])] if len(self._rest) else []
        rows = np.concatenate([np.empty((0, 3)), *self._bins, *rest])
        return rows[:, 0], rows[:, 1], rows[:, 2]

    def _halve(self) -> None:
        rows = np.concatenate(self._bins)
        even = len(rows) // 2 * 2
        pairs = rows[:even].reshape(-1, 2, 3)
        least, largest = np.fmin.reduce(pairs[:, :, 1], 1), np.fmax.reduce(pairs[:, :, 2], 1)
        self._bins = [np.column_stack([pairs[:, 0, 0], least, largest]), rows[even:]]
        self._count = sum(len(each) for each in self._bins)
        self._samples *= 2


def _bins(rows: FloatArray) -> FloatArray:
    """Return (bins, 3) of time, least and largest, from rows (bins, n, 2) of time and value."""
    values = rows[:, :, 1]
    return np.column_stack([rows[:, 0, 0], np.fmin.reduce(values, 1), np.fmax.reduce(values, 1)])


class Distribution:
    """How often sizes occur, in bins of 1.2 %; their mean and mean square."""

    def __init__(self) -> None:
        self._counts = np.zeros(len(_EDGES) - 1)
        self.count = self.unknown = 0
        self._sum = self._sum2 = 0.0

    def add(self, sizes: FloatArray) -> None:
        """Take some sizes (n,); what is not a number is counted as not known."""
        known = sizes[np.isfinite(sizes)]
        self._counts += np.histogram(known, _EDGES)[0]
        self.count += len(known)
        self.unknown += len(sizes) - len(known)
        self._sum += float(known.sum())
        self._sum2 += float((known**2).sum())

    @property
    def mean(self) -> float:
        """The mean of those that are known."""
        return self._sum / max(self.count, 1)

    @property
    def rms(self) -> float:
        """The root of the mean square of those that are known."""
        return float(np.sqrt(self._sum2 / max(self.count, 1)))

    def quantile(self, probability: float) -> float:
        """Return about the size that so many are not above."""
        if not self.count:
            return float("nan")
        shares = np.cumsum(self._counts) / self.count
        at = int(np.searchsorted(shares, probability - 1e-12))
        return float(_EDGES[min(at + 1, len(_EDGES) - 2)])

    @property
    def table(self) -> tuple[FloatArray, FloatArray]:
        """Where bins begin and end (k + 1,), 25 a decade, and the share (k,) of values in each."""
        used = np.flatnonzero(self._counts)
        if not len(used):
            return np.zeros(1), np.empty(0)
        begin = max(1, used[0] - (used[0] - 1) % _JOINED)
        end = min(len(_EDGES) - 2, begin + -(-(used[-1] + 1 - begin) // _JOINED) * _JOINED)
        counts = np.add.reduceat(self._counts[begin:end], np.arange(0, end - begin, _JOINED))
        return _EDGES[begin : end + 1 : _JOINED], counts / self.count

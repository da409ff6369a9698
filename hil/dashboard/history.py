"""All that has been read of a run, ready to be drawn at any zoom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hil.dashboard.rows import FloatArray

DrawnArray = NDArray[np.float32]

_ROWS_AT_FIRST = 4096
_ROWS_AT_MOST = 2**19  # an hour and a half at 100 Hz


class History:
    """A growing table: instants (n,) in seconds, and ``width`` values each, kept by column.

    It holds about ``most`` rows (a power of two) and no more. Of a longer run each ``group`` of
    rows becomes two: the least and the greatest of each of the first ``drawn`` columns (of all, if
    it is not given), and of the others the values at the instants themselves.
    """

    def __init__(self, width: int, drawn: int | None = None, most: int = _ROWS_AT_MOST) -> None:
        self._time_s = np.empty(_ROWS_AT_FIRST)
        self._values = np.empty((width, _ROWS_AT_FIRST), dtype=np.float32)
        self._length = 0
        self._settled = 0  # rows, from the start, that are already two of each group
        self._drawn = width if drawn is None else drawn
        self._most = most
        self.group = 2

    def __len__(self) -> int:
        return self._length

    @property
    def time_s(self) -> FloatArray:
        """The instants (n,), ascending."""
        return self._time_s[: self._length]

    @property
    def end_s(self) -> float:
        """The latest instant; 0 when there is none."""
        return float(self._time_s[self._length - 1]) if self._length else 0.0

    def extend(self, time_s: FloatArray, values: FloatArray) -> None:
        """Append rows (n, width)."""
        begin = 0
        while begin < len(time_s):
            waiting = self._length - self._settled
            room = (self._most - self._settled) // 2 * self.group - waiting
            part = slice(begin, begin + room)
            self._append(time_s[part], values[part])
            self._settle()
            begin += room

    def _append(self, time_s: FloatArray, values: FloatArray) -> None:
        end = self._length + len(time_s)
        if end > len(self._time_s):
            self._grow(max(end, 2 * len(self._time_s)))
        self._time_s[self._length : end] = time_s
        self._values[:, self._length : end] = values.T
        self._length = end

    def _settle(self) -> None:
        """Make two rows of each whole group; when there is no more room, of two groups each."""
        waiting = (self._length - self._settled) % self.group
        if self.group > 2:
            self._reduce(self._settled, self.group)
        self._settled = self._length - waiting
        if self._settled == self._most:
            self._reduce(0, 4)
            self.group *= 2
            self._settled = self._length - waiting

    def _reduce(self, start: int, group: int) -> None:
        """Make two rows of each whole group from a start on; what is left over comes after."""
        rows = self._length - start
        whole = start + rows - rows % group
        left = slice(whole, self._length)
        kept = start + 2 * (whole - start) // group
        end = kept + self._length - whole
        for column, values in enumerate((*self._values, self._time_s)):
            among = values[start:whole]
            if column < self._drawn:
                values[start:kept] = _extremes(among.reshape(1, -1, group))[0]
            else:
                values[start:kept] = among[:: group // 2].copy()
            values[kept:end] = values[left].copy()
        self._length = end

    def row(self, index: int) -> DrawnArray:
        """Return the values (width,) of one row."""
        return self._values[:, : self._length][:, index]

    def at(self, time_s: float) -> int:
        """Return the row that held at an instant: the last one not after it, or the first."""
        return max(0, int(np.searchsorted(self.time_s, time_s, side="right")) - 1)

    def envelope(
        self, columns: slice, from_s: float, to_s: float, points: int
    ) -> tuple[FloatArray, DrawnArray]:
        """Return about so many points (m,), (columns, m) that draw like all rows of a time span.

        Where rows are too many, a group of them becomes its least and its greatest value. Groups
        are counted from the run's start, so that a curve does not flicker as it grows.
        """
        time = self.time_s
        start, stop = np.searchsorted(time, (from_s, to_s), side="left").tolist()
        start, stop = max(0, start - 1), min(len(time), stop + 1)
        group = _group_size(stop - start, points)
        if group <= 2:
            return time[start:stop], self._values[columns, start:stop]
        start -= start % group
        whole = stop - (stop - start) % group
        parts = self._values[columns, start:whole].reshape(-1, (whole - start) // group, group)
        instants = np.concatenate([time[start : whole : group // 2], time[whole:stop]])
        drawn = np.concatenate([_extremes(parts), self._values[columns, whole:stop]], axis=1)
        return instants, drawn

    def _grow(self, rows: int) -> None:
        time_s, values = self._time_s, self._values
        self._time_s = np.empty(rows)
        self._values = np.empty((len(values), rows), dtype=np.float32)
        self._time_s[: self._length] = time_s[: self._length]
        self._values[:, : self._length] = values[:, : self._length]


def _extremes(parts: DrawnArray) -> DrawnArray:
    """Return the least and greatest (columns, 2 groups) of groups (columns, groups, rows).

    The one nearer to the group's start comes first, so that a smooth curve stays smooth.
    """
    least, greatest = np.fmin.reduce(parts, axis=2), np.fmax.reduce(parts, axis=2)
    rising = parts[:, :, 0] <= parts[:, :, -1]
    pairs = np.empty((*least.shape, 2), dtype=np.float32)
    pairs[:, :, 0] = np.where(rising, least, greatest)
    pairs[:, :, 1] = np.where(rising, greatest, least)
    return pairs.reshape(len(parts), -1)


def _group_size(rows: int, points: int) -> int:
    """Return the power of two that leaves no more than so many points, two a group."""
    group = 1
    while 2 * rows > points * group:
        group *= 2
    return group

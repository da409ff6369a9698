"""The largest of many values: as many as a probability asks for, and no more memory."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hil.errors import PointingError

FloatArray = NDArray[np.float64]
_SLACK = 2  # the count that a share of all values makes is rounded
_ROOM = 65_536  # values that are kept before they are sorted out


class Tail:
    """The upper end of values that come in pieces, for the value at a probability.

    A value that is not a number, or infinite, is not known; it counts as larger than all others.
    count, unknown: of all values so far, and of those not known.
    """

    def __init__(self, probability: float, count_most: float = math.inf) -> None:
        """count_most: how many values may come at most; if it is not known, all are kept."""
        self._probability = probability
        self._keep = math.inf
        if math.isfinite(count_most):
            self._keep = count_most - _rank(count_most, probability) + _SLACK
        self._pieces: list[FloatArray] = []
        self._held = 0
        self.count = self.unknown = 0

    def extend(self, values: ArrayLike) -> None:
        """Take some values (n,)."""
        given = np.asarray(values, dtype=float)
        known = given[np.isfinite(given)]
        self.count += len(given)
        self.unknown += len(given) - len(known)
        self._hold(known)

    def join(self, other: Tail) -> None:
        """Take all that another one took; this one must keep no more values than it."""
        self.count += other.count
        self.unknown += other.unknown
        self._hold(other._sorted())

    def quantile(self) -> float:
        """Return the smallest x with share(value <= x) >= probability; infinite if not known."""
        from_top = self.count - 1 - _rank(self.count, self._probability)
        return self._from_top(from_top - self.unknown)

    def quantile_of_known(self) -> float:
        """Return the same of the values that are known; NaN if there is none."""
        known = self.count - self.unknown
        if not known:
            return math.nan
        return self._from_top(known - 1 - _rank(known, self._probability))

    @property
    def largest_known(self) -> float:
        """The largest known value; NaN if there is none."""
        return self._from_top(0) if self.count > self.unknown else math.nan

    def _from_top(self, place: int) -> float:
        if place < 0:
            return math.inf
        held = self._sorted()
        if place >= len(held):
            raise PointingError("too few values were kept: judge the runs together, not one by one")
        return float(held[len(held) - 1 - place])

    def _hold(self, known: FloatArray) -> None:
        if not len(known):
            return
        self._pieces.append(known)
        self._held += len(known)
        if self._held > 2 * self._keep + _ROOM:
            self._sorted()

    def _sorted(self) -> FloatArray:
        """Return what is kept, ascending."""
        held = np.sort(np.concatenate([np.empty(0), *self._pieces]))
        if len(held) > self._keep:
            held = held[len(held) - int(self._keep) :].copy()
        self._pieces, self._held = [held], len(held)
        return held


def _rank(count: float, probability: float) -> int:
    """Return the place, from 0 in ascending order, of the value at a probability among so many."""
    # Rounded: 100 times 0.55 is a little more than 55 in binary, and is the 55th value.
    return min(max(math.ceil(round(count * probability, 6)) - 1, 0), max(int(count) - 1, 0))

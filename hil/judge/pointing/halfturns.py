"""Errors about half a turn: a rotation has two vectors there, which must not cancel in a mean.

179 degrees about an axis, and two degrees more, are 179 degrees about it and 179 about its
opposite. Beyond half a turn the other vector of the same rotation goes on from the one before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hil.judge.pointing.windows import lengths

FloatArray = NDArray[np.float64]
_TURN = 2.0 * np.pi


class Continuous:
    """Chooses, step after step, the vector of each rotation that goes on from the one before."""

    def __init__(self) -> None:
        self._before: FloatArray | None = None  # the last rotation's shortest vector, (1, 3)
        self._other = False  # the other one was chosen

    def extend(self, turns: FloatArray) -> FloatArray:
        """Take the next rotation vectors (n, 3) of half a turn at most; return those chosen.

        Up to a quarter of a turn that is the shortest; the same array if all are.
        """
        if not len(turns):
            return turns
        before = turns[:1] if self._before is None else self._before
        self._before = turns[-1:].copy()
        size = lengths(turns)
        if not (self._other or np.nanmax(size, initial=0.0) > 0.25 * _TURN):
            return turns
        other = opposite(turns)
        preceding = np.concatenate([before, turns[:-1]])
        changes = lengths(other - preceding) < lengths(turns - preceding)
        changed = np.cumsum(changes) + self._other
        small = np.maximum.accumulate(np.where(size <= 0.25 * _TURN, np.arange(len(size)) + 1, 0))
        at_small = np.concatenate([[0], changed])[small]
        chosen = (changed - at_small) % 2 == 1
        self._other = bool(chosen[-1])
        return np.where(chosen[:, None], other, turns) if chosen.any() else turns


def opposite(turns: FloatArray) -> FloatArray:
    """Return the other vectors (n, 3) of rotations: about the opposite axis, a whole turn less."""
    size = lengths(turns)[:, None]
    return turns - np.divide(_TURN * turns, size, out=np.zeros_like(turns), where=size > 0.0)


def nearer(turns: FloatArray, chosen: FloatArray) -> FloatArray:
    """Return, of each rotation's two vectors (n, 3), the one nearer to another rotation's."""
    if not np.nanmax(np.abs(chosen), initial=0.0) > 0.25 * np.pi:
        return turns
    other = opposite(turns)
    takes = lengths(other - chosen) < lengths(turns - chosen)
    return np.where(takes[:, None], other, turns)


def angles(vectors: FloatArray) -> FloatArray:
    """Return the lengths (n,) of vectors, beyond half a turn what is left to the whole one."""
    size = lengths(vectors)
    return np.minimum(size, np.abs(_TURN - size)) if len(size) else size

"""Which axes of the rate that the OBC believes move less than the body does."""

from __future__ import annotations

import numpy as np

from hil.judge.rows import FloatArray

_WINDOW = 50
_MOVES_rad_s = 1e-4
"""Of a window in which the rate changes by less, about its mean, nothing is learnt."""
_LITTLE, _WELL, _ALIKE = 0.75, 0.85, 0.85
_ENOUGH = 4


class FollowedRate:
    """The changes of the rate that the OBC believes beside those of the true one.

    Changes within short windows, as a gyro's bias, which the OBC estimates, hardly changes there. A
    filter that foresees the rate from its wheels' torques, and corrects it by a gyro with an axis
    inverted or swapped, follows about that axis in part.
    """

    def __init__(self) -> None:
        self._windows = 0
        self._told2, self._true2, self._both = np.zeros(3), np.zeros(3), np.zeros(3)

    def feed(self, told: FloatArray, true: FloatArray) -> None:
        """Take believed and true rates (n, 3), rad/s, body axes, one row a step."""
        count = len(told) // _WINDOW
        shape = (count, _WINDOW, 3)
        a, b = (each[: count * _WINDOW].reshape(shape) for each in (told, true))
        a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
        moves = np.isfinite(a).all(axis=(1, 2)) & (
            (b**2).sum(axis=(1, 2)) > _WINDOW * _MOVES_rad_s**2
        )
        self._windows += int(np.count_nonzero(moves))
        self._told2 += (a[moves] ** 2).sum(axis=(0, 1))
        self._true2 += (b[moves] ** 2).sum(axis=(0, 1))
        self._both += (a[moves] * b[moves]).sum(axis=(0, 1))

    def behind(self) -> dict[int, float] | None:
        """Return, by axis, what part of the true changes is followed where that is too little.

        None where it cannot be told: the body did not move enough, or the rate is not that.
        """
        if self._windows < _ENOUGH or not self._true2.all() or not self._told2.all():
            return None
        part = self._both / self._true2
        alike = self._both / np.sqrt(self._told2 * self._true2)
        if alike.min() < _ALIKE or ((part > _LITTLE) & (part < _WELL)).any():
            return None
        return {axis: float(part[axis]) for axis in range(3) if part[axis] < _LITTLE}

"""How far errors are from the means of the windows around them: RPE and RKE."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hil.judge.pointing.series import Errors, FloatArray, Series, joined, nothing
from hil.judge.pointing.windows import Means, lengths

_WINDOWS_AN_INSTANT = 100  # RPE: a longer window starts at every hundredth of its length


class Relative:
    """RPE and RKE: at each instant, how far the error is from the mean of a window around it.

    Of all windows that hold the instant, the one counts in which the error is farthest from the
    mean: the standard leaves open which, and an instant at the end of a period has no others.
    """

    def __init__(self, window: int) -> None:
        self._window = window
        self._every = max(1, window // _WINDOWS_AN_INSTANT)
        self._means = Means(window)
        self._grid: list[FloatArray] = []  # means of the windows that start at every so many steps
        self._grid_first = 0  # number of the first one kept
        self._windows = 0  # so many windows have ended
        self._last: FloatArray | None = None  # the mean of the last one
        self._pending: list[Errors] = []
        self._settled = self._steps = 0
        self._ended = False

    def extend(self, errors: Errors) -> Series:
        """Return the relative error at the steps of which all windows have ended by now."""
        _, means = self._means.extend(errors.time_s, errors.mean)
        starts = np.arange(self._windows, self._windows + len(means))
        if len(means):
            self._grid.append(means[starts % self._every == 0])
            self._last = means[-1]
        self._windows += len(means)
        self._steps += len(errors.time_s)
        self._pending.append(errors)
        return self._settle(max(self._settled, self._windows))

    def end(self) -> Series:
        """Return the relative error at the last steps."""
        self._ended = True
        return self._settle(self._steps) if self._windows else nothing()

    def _settle(self, until: int) -> Series:
        """Return the figures of the steps up to this one, and forget them."""
        n = until - self._settled
        if not n:
            return nothing()
        errors = joined(self._pending)
        now = errors.part(slice(0, n))
        self._pending = [errors.part(slice(n, None))]
        step = np.arange(self._settled, until)
        time_s, value = [now.time_s], [self._farthest(step, now.at, 0)]
        if now.inside is not None and now.inside_s is not None:
            between = step > 0  # the first step ends no control period of this one's
            inside = self._farthest(step[between], now.inside[between], 1)
            time_s, value = [*time_s, now.inside_s[between]], [*value, inside]
        self._settled = until
        self._forget()
        return Series(np.concatenate(time_s), np.concatenate(value))

    def _farthest(self, step: NDArray[np.int64], error: FloatArray, before: int) -> FloatArray:
        """Return the greatest distance (n,) of errors from the means of the windows around them.

        before: 1 for an instant in the control period that ends with the step; 0 for the step.
        """
        grid = np.concatenate(self._grid)
        latest = (step - before) // self._every
        found = np.full(len(step), np.nan)
        for back in range(self._window // self._every + 2):
            at = latest - back
            start = at * self._every
            holds = (at >= 0) & (start >= step - self._window) & (start < self._windows)
            place = np.clip(at - self._grid_first, 0, len(grid) - 1)
            away = lengths(error - grid[place])
            found = np.fmax(found, np.where(holds, away, np.nan))
        if not self._ended or self._last is None:
            return found
        last = self._windows - 1
        in_last = (step >= last + before) & (step <= last + self._window)
        away = lengths(error - self._last)
        return np.asarray(np.fmax(found, np.where(in_last, away, np.nan)))

    def _forget(self) -> None:
        """Keep the means that a step to come may need."""
        first = max(0, (self._settled - self._window) // self._every)
        grid = np.concatenate(self._grid)[first - self._grid_first :]
        self._grid, self._grid_first = [grid], first

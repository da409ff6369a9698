"""Windows of a whole number of control periods, and the means over them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hil.errors import PointingError

FloatArray = NDArray[np.float64]
_WHOLE = 1e-6  # of a step: durations and periods are decimal numbers in binary


class Means:
    """The mean over each window of an observation period; a window starts at every step.

    A window of n steps holds n control periods; its mean is that of their means.
    """

    def __init__(self, window: int) -> None:
        self._window = window
        self._time_s = np.empty(0)
        self._periods: FloatArray | None = None

    def extend(self, time_s: FloatArray, period_means: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Take the next steps; return starts (m,) and means (m, parts) of the windows that end.

        period_means: (n, parts), of the control period that ends with each step. That of the first
        step of all belongs to no window.
        """
        times = np.concatenate([self._time_s, time_s])
        if self._periods is None:
            periods = period_means[1:]
            self._periods = periods[:0]
        else:
            periods = np.concatenate([self._periods, period_means])
        means = sliding_means(periods, self._window)
        starts = times[: len(means)]
        self._periods = periods[len(means) :]
        self._time_s = times[len(means) :]
        return starts, means


def sliding_means(values: FloatArray, n: int) -> FloatArray:
    """Return the means (m, parts) of every n values in a row; NaN where one of them is NaN."""
    if len(values) < n:
        return values[:0]
    unknown = np.asarray(np.isnan(values).any(axis=1))
    known = np.where(unknown[:, None], 0.0, values)
    zero = np.zeros((1, values.shape[1]))
    sums = np.concatenate([zero, np.cumsum(known, axis=0)])
    holes = np.concatenate([[0], np.cumsum(unknown)])
    means = (sums[n:] - sums[:-n]) / n
    return np.where((holes[n:] > holes[:-n])[:, None], np.nan, means)


def lengths(vectors: FloatArray) -> FloatArray:
    """Return the lengths (n,) of vectors (n, parts)."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", vectors, vectors)))


def whole_steps(name: str, key: str, duration_s: float | None, step_s: float) -> int:
    """Return how many steps a duration is; PointingError when that is not a whole number."""
    if duration_s is None:
        raise PointingError(f"{name} needs {key}")
    words = misfit_words(key, duration_s, step_s)
    if words:
        raise PointingError(f"{name}: {words}")
    return round(duration_s / step_s)


def misfit_words(key: str, duration_s: float, step_s: float) -> str:
    """Return why a duration is not a whole number of control periods, one at least; "" if it is."""
    if not step_s > 0.0:
        return f"{key} = {duration_s:g} needs more than one step"
    n = duration_s / step_s
    if not np.isfinite(n):
        return f"{key} = {duration_s:g} is too many times step_s = {step_s:g}"
    if round(n) >= 1 and abs(n - round(n)) <= _WHOLE * max(1.0, n):
        return ""
    near = max(1, round(n)) * step_s
    return f"{key} = {duration_s:g} must be a multiple of step_s = {step_s:g} (nearest: {near:.9g})"

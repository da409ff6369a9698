"""The error indices, from error vectors."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from hil.errors import PointingError

Index = Literal["APE", "MPE", "RPE", "PDE", "PRE", "AKE", "MKE", "RKE", "KDE", "KRE"]

KNOWLEDGE = ("AKE", "MKE", "RKE", "KDE", "KRE")
WINDOWED = ("MPE", "RPE", "MKE", "RKE")
SEPARATED = ("PDE", "PRE", "KDE", "KRE")
_WINDOW_STARTS = 10  # in the length of a window

FloatArray = NDArray[np.float64]


class Series(NamedTuple):
    """A figure over one run: values (an index: in radians), and the instant of each in seconds."""

    time_s: FloatArray
    value: FloatArray


def index_series(
    index: Index,
    time_s: ArrayLike,
    error_rad: ArrayLike,
    window_s: float | None = None,
    separation_s: float | None = None,
) -> Series:
    """Return an index of the error vectors (n, parts) sampled at evenly spaced times (n,).

    window_s: length of the windows of all but APE and AKE: so many steps, and the samples at both
    ends. separation_s: from the start of the first window to that of the second, for PDE, PRE, KDE
    and KRE. Raises PointingError when a window or a separation does not fit the samples.
    """
    time, error = np.asarray(time_s, dtype=float), np.asarray(error_rad, dtype=float)
    if index in ("APE", "AKE"):
        return Series(time, _length(error))
    window = _steps(time, window_s, "window_s", index)
    if index in ("RPE", "RKE"):
        return _relative(time, error, window)
    if index in ("MPE", "MKE"):
        return Series(_windows(time, window)[:, 0], _length(_means(error, window)))
    apart = _steps(time, separation_s, "separation_s", index)
    if apart + window + 1 > len(time):
        raise PointingError(f"{index}: the run is too short for two windows {separation_s} s apart")
    drift = _means(error[apart:], window) - _means(error[:-apart], window)
    return Series(_windows(time[apart:], window)[:, 0], _length(drift))


def samples_needed(
    step_s: float, window_s: float | None = None, separation_s: float | None = None
) -> int:
    """Return how many evenly spaced samples an index takes at the least."""
    return round((window_s or 0.0) / step_s) + round((separation_s or 0.0) / step_s) + 1


def window_weights(steps: int) -> FloatArray:
    """Return the weights (steps + 1,) of a window's samples in its mean: the trapezoidal rule's.

    A mean over a time is an integral, in which the samples at both ends count half.
    """
    weights = np.full(steps + 1, 1.0 / max(steps, 1))
    if steps:
        weights[[0, -1]] *= 0.5
    return weights


def _means(error: FloatArray, steps: int) -> FloatArray:
    return np.asarray(_windows(error, steps) @ window_weights(steps))


def _relative(time: FloatArray, error: FloatArray, window: int) -> Series:
    deviation = _windows(error, window) - _means(error, window)[..., None]
    return Series(_windows(time, window).ravel(), np.linalg.norm(deviation, axis=1).ravel())


def _windows(samples: FloatArray, steps: int) -> FloatArray:
    """Return windows of so many steps, one more sample; the last one ends with the samples."""
    windows = sliding_window_view(samples, steps + 1, axis=0)
    every, last = max(1, steps // _WINDOW_STARTS), len(windows) - 1
    return np.asarray(windows[np.union1d(np.arange(0, last, every), last)])


def _length(vectors: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.norm(vectors, axis=-1))


def _steps(time: FloatArray, duration_s: float | None, key: str, index: str) -> int:
    if duration_s is None:
        raise PointingError(f"{index} needs {key}")
    step_s = (time[-1] - time[0]) / (len(time) - 1) if len(time) > 1 else math.inf
    steps = round(duration_s / step_s)
    if not 1 <= steps < len(time):
        raise PointingError(
            f"{index}: {key} = {duration_s} is {steps} steps and the samples span {len(time) - 1}; "
            f"it takes at least 1 and no more than that"
        )
    return steps

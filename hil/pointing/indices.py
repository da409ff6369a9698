"""The error indices, from error vectors."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from hil.pointing.errors import PointingError

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

    window_s: length of the windows of all but APE and AKE.
    separation_s: from the start of the first window to that of the second, for PDE, PRE, KDE, KRE.
    Raises PointingError when a window or a separation does not fit the samples.
    """
    time, error = np.asarray(time_s, dtype=float), np.asarray(error_rad, dtype=float)
    if index in ("APE", "AKE"):
        return Series(time, _length(error))
    window = _samples(time, window_s, "window_s", index)
    if index in ("RPE", "RKE"):
        return _relative(time, error, window)
    if index in ("MPE", "MKE"):
        return Series(_windows(time, window)[:, 0], _length(_means(error, window)))
    apart = _samples(time, separation_s, "separation_s", index)
    if apart + window > len(time):
        raise PointingError(f"{index}: the run is too short for two windows {separation_s} s apart")
    drift = _means(error[apart:], window) - _means(error[:-apart], window)
    return Series(_windows(time[apart:], window)[:, 0], _length(drift))


def _relative(time: FloatArray, error: FloatArray, window: int) -> Series:
    inside = _windows(error, window)
    deviation = inside - inside.mean(axis=-1, keepdims=True)
    return Series(_windows(time, window).ravel(), np.linalg.norm(deviation, axis=1).ravel())


def _means(error: FloatArray, window: int) -> FloatArray:
    return np.asarray(_windows(error, window).mean(axis=-1))


def _windows(samples: FloatArray, window: int) -> FloatArray:
    every = max(1, window // _WINDOW_STARTS)
    return np.asarray(sliding_window_view(samples, window, axis=0)[::every])


def _length(vectors: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.norm(vectors, axis=-1))


def _samples(time: FloatArray, duration_s: float | None, key: str, index: str) -> int:
    if duration_s is None:
        raise PointingError(f"{index} needs {key}")
    step_s = (time[-1] - time[0]) / (len(time) - 1) if len(time) > 1 else math.inf
    samples = round(duration_s / step_s)
    if not 2 <= samples <= len(time):
        raise PointingError(
            f"{index}: {key} = {duration_s} holds {samples} of {len(time)} samples; "
            f"it takes at least 2 and no more than there are"
        )
    return samples

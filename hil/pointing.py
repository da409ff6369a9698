"""Pointing errors after ECSS-E-ST-60-10C, "Control performance" (15 November 2008).

e_P is the performance error, target against actual attitude; e_K the knowledge error, estimated
against actual. Each has the same five indices: absolute (APE, AKE), mean over a window (MPE, MKE),
relative to the window's mean (RPE, RKE), drift between two windows of one observation (PDE, KDE)
and reproducibility between windows of two observations (PRE, KRE).

An error is a vector a sample, (n, parts) in radians, and an index the length of what it makes of
the vectors: means are taken before lengths, as the standard's e(t) is signed. A window starts every
tenth of its length (every sample, if it is short), so that no alignment is missed by much.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from hil.errors import HilError
from hil.physics.rotations import (
    angle_between,
    apply,
    conjugate,
    multiply,
    q_eci_from_lvlh,
    rotation_vector,
)
from hil.recording import Recording

Index = Literal["APE", "MPE", "RPE", "PDE", "PRE", "AKE", "MKE", "RKE", "KDE", "KRE"]
Interpretation = Literal["temporal", "ensemble", "mixed"]
Axis = Literal["boresight", "attitude", "x", "y", "z"]
Target = Literal["nadir", "eci"]

KNOWLEDGE = ("AKE", "MKE", "RKE", "KDE", "KRE")
WINDOWED = ("MPE", "RPE", "MKE", "RKE")
SEPARATED = ("PDE", "PRE", "KDE", "KRE")
_WINDOW_STARTS = 10  # in the length of a window

FloatArray = NDArray[np.float64]


class PointingError(HilError):
    """A pointing figure that cannot be computed from what there is."""

    exit_status = 2


class Series(NamedTuple):
    """A figure over one run: values (an index: in radians), and the instant of each in seconds."""

    time_s: FloatArray
    value: FloatArray


# ---- errors --------------------------------------------------------------------------------------


def attitude_error(q_eci_from_body: ArrayLike, q_eci_from_target: ArrayLike) -> FloatArray:
    """Return rotation vectors (n, 3) in rad from target to body, the same in both frames."""
    return rotation_vector(multiply(conjugate(q_eci_from_target), q_eci_from_body))


def direction_error(
    q_eci_from_body: ArrayLike, q_eci_from_target: ArrayLike, direction_body: ArrayLike
) -> FloatArray:
    """Return the shortest turns (n, 3) in rad, target frame, from where a direction should be.

    direction_body: fixed in the body (3,), say a camera's boresight; a turn about it is no error.
    """
    wanted = np.asarray(direction_body, dtype=float)
    actual = apply(multiply(conjugate(q_eci_from_target), q_eci_from_body), wanted)
    axis = np.cross(wanted, actual)
    length = np.linalg.norm(axis, axis=-1, keepdims=True)
    # No turn, or half of one, has no axis of its own: any across the direction will do.
    across = np.cross(wanted, np.eye(3)[np.argmin(np.abs(wanted))])
    axis = np.where(length > 0.0, axis, across)
    unit = axis / np.linalg.norm(axis, axis=-1, keepdims=True)
    return np.asarray(angle_between(wanted, actual)[..., None] * unit)


def q_eci_from_target(
    recording: Recording, target: Target, q_eci_from_fixed: ArrayLike | None = None
) -> FloatArray:
    """Return the attitude (n, 4) or (4,) that the body should have: LVLH or a fixed quaternion.

    Both come from truth, not from what the firmware believes its target to be.
    """
    if target == "nadir":
        return q_eci_from_lvlh(
            recording["truth_position_eci_m"], recording["truth_velocity_eci_m_s"]
        )
    if q_eci_from_fixed is None:
        raise PointingError('target "eci" needs the quaternion q_eci_from_target')
    q = np.asarray(q_eci_from_fixed, dtype=float)
    return np.asarray(q / np.linalg.norm(q))


def error_vectors(
    q_eci_from_body: ArrayLike,
    q_eci_from_target: ArrayLike,
    axis: Axis,
    boresight_body: ArrayLike = (0.0, 0.0, 1.0),
) -> FloatArray:
    """Return the error (n, 3), or (n, 1) about one body axis, in radians.

    axis: "boresight" takes the angle between directions, "attitude" the whole rotation, "x", "y"
    and "z" the rotation vector's part about that body axis.
    """
    if axis == "boresight":
        return direction_error(q_eci_from_body, q_eci_from_target, boresight_body)
    error = attitude_error(q_eci_from_body, q_eci_from_target)
    return error if axis == "attitude" else error[..., "xyz".index(axis), None]


# ---- indices -------------------------------------------------------------------------------------


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


# ---- statistics ----------------------------------------------------------------------------------


def at_probability(values: ArrayLike, probability: float, interpretation: Interpretation) -> float:
    """Return the smallest x with prob(value <= x) >= probability under an interpretation.

    values: (members, times), a row a run; a NaN counts as infinite, since nothing is known there.
    temporal: that share of the time, in every member. ensemble: all the time, in that share of the
    members. mixed: that share of all members and times together (ECSS-E-ST-60-10C, 4.2.4, annex A).
    """
    known = np.asarray(values, dtype=float)
    known = np.where(np.isnan(known), np.inf, known)
    if interpretation == "mixed":
        return _quantile(known.ravel(), probability)
    if interpretation == "temporal":
        return max(_quantile(member, probability) for member in known)
    if interpretation == "ensemble":
        return _quantile(known.max(axis=1), probability)
    choice = " or ".join(get_args(Interpretation))
    raise PointingError(f"interpretation {interpretation!r} is unknown: choose {choice}")


def _quantile(values: FloatArray, probability: float) -> float:
    return float(np.quantile(values, probability, method="inverted_cdf"))


def confidence(runs: int, probability: float, failures: int = 0) -> float:
    """Return the confidence that so many runs give in a success probability of at least this.

    Source: the binomial bound of Clopper and Pearson: 1 - prob(at most so many failures).
    """
    p, q = probability, 1.0 - probability
    return 1.0 - sum(math.comb(runs, k) * q**k * p ** (runs - k) for k in range(failures + 1))


def runs_needed(probability: float, at_confidence: float = 0.9, failures: int = 0) -> int:
    """Return how many independent runs show a success probability, failures among them."""
    runs = failures + 1
    while confidence(runs, probability, failures) < at_confidence:
        runs *= 2
    return bisect_left(
        range(runs), at_confidence, key=lambda n: confidence(n, probability, failures)
    )


def stacked(members: Sequence[Series]) -> FloatArray:
    """Return the values (members, times) of runs; PointingError when their lengths differ."""
    lengths = sorted({len(member.value) for member in members})
    if len(lengths) != 1:
        raise PointingError(
            f"runs of different lengths cannot be judged together: {lengths} samples"
        )
    return np.stack([member.value for member in members])

"""The error indices, from error vectors that come in pieces.

Each class takes the errors of one observation period, piece after piece, and gives out the index
as far as it is settled. The period's last figures come with its end.
"""

from __future__ import annotations

from typing import Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike

from hil.errors import PointingError
from hil.judge.pointing.halfturns import Continuous, angles
from hil.judge.pointing.relative import Relative
from hil.judge.pointing.series import Errors, FloatArray, Series, nothing
from hil.judge.pointing.windows import Means, lengths, whole_steps

Index = Literal["APE", "MPE", "RPE", "PDE", "PRE", "AKE", "MKE", "RKE", "KDE", "KRE"]

KNOWLEDGE = ("AKE", "MKE", "RKE", "KDE", "KRE")
WINDOWED = ("MPE", "RPE", "MKE", "RKE")
DRIFT = ("PDE", "KDE")
REPRODUCIBILITY = ("PRE", "KRE")
SEPARATED = (*DRIFT, *REPRODUCIBILITY)


class IndexOfPeriod(Protocol):
    """An index over one observation period."""

    def extend(self, errors: Errors) -> Series:
        """Take the next steps; return what they settle."""

    def end(self) -> Series:
        """Return what was not settled before the period's end."""


def index_of_period(index: Index, window: int, separation: int) -> IndexOfPeriod:
    """Return an index that has seen nothing yet; window and separation are in steps.

    PRE and KRE give the windows' means themselves to whoever compares them: see WindowMeans.
    """
    if index in ("APE", "AKE"):
        return Absolute()
    if index in ("MPE", "MKE"):
        return MeanOverWindows(window)
    if index in ("RPE", "RKE"):
        return Relative(window)
    if index in DRIFT:
        return Drift(window, separation)
    raise PointingError(
        f"{index} compares windows of different observation periods, and there is only one"
    )


class Absolute:
    """APE and AKE: the length of the error."""

    def __init__(self) -> None:
        self._begun = False

    def extend(self, errors: Errors) -> Series:
        """Return the error at the steps and within the periods between them."""
        time_s, value = [errors.time_s], [errors.sizes]
        if errors.inside is not None and errors.inside_s is not None:
            first = 0 if self._begun else 1
            time_s.append(errors.inside_s[first:])
            value.append(angles(errors.inside[first:]))
        self._begun = self._begun or len(errors.time_s) > 0
        return Series(np.concatenate(time_s), np.concatenate(value))

    def end(self) -> Series:
        """Return nothing: every error was settled at once."""
        return nothing()


class MeanOverWindows:
    """MPE and MKE: the length of the mean over each window, at the window's start."""

    def __init__(self, window: int) -> None:
        self._means = Means(window)

    def extend(self, errors: Errors) -> Series:
        """Return the means of the windows that end with these steps."""
        time_s, means = self._means.extend(errors.time_s, errors.mean)
        return Series(time_s, angles(means))

    def end(self) -> Series:
        """Return nothing: every window was settled when it ended."""
        return nothing()


class Drift:
    """PDE and KDE: the difference between the means of two windows, at the second one's start.

    separation: from the start of the first window to the start of the second.
    """

    def __init__(self, window: int, separation: int) -> None:
        self._means, self._separation = Means(window), separation
        self._before: FloatArray | None = None

    def extend(self, errors: Errors) -> Series:
        """Return the drift between the windows that end with these steps and those before."""
        time_s, means = self._means.extend(errors.time_s, errors.mean)
        known = means if self._before is None else np.concatenate([self._before, means])
        self._before = known[max(0, len(known) - self._separation) :]
        new = max(0, len(known) - self._separation)
        drift = known[len(known) - new :] - known[:new]
        return Series(time_s[len(time_s) - new :], angles(drift))

    def end(self) -> Series:
        """Return nothing: every pair was settled when its second window ended."""
        return nothing()


class WindowMeans:
    """PRE and KRE: the means of windows that follow each other; one ends with the period."""

    def __init__(self, window: int) -> None:
        self._window, self._means = window, Means(window)
        self._windows = 0
        self._left: Series | None = None  # the last window, unless it was handed out

    def extend(self, errors: Errors) -> Series:
        """Return the starts of the windows that these steps end, and their means (n, parts)."""
        time_s, means = self._means.extend(errors.time_s, errors.mean)
        if not len(means):
            return Series(time_s, means)
        whole = np.arange(self._windows, self._windows + len(means)) % self._window == 0
        self._windows += len(means)
        self._left = None if whole[-1] else Series(time_s[-1:], means[-1:])
        return Series(time_s[whole], means[whole])

    def end(self) -> Series:
        """Return the window that ends with the period, if no other does."""
        return self._left or nothing()


def index_series(
    index: Index,
    time_s: ArrayLike,
    error_rad: ArrayLike,
    window_s: float | None = None,
    separation_s: float | None = None,
) -> Series:
    """Return an index of the error vectors (n, parts) of one observation period.

    time_s: evenly spaced (n,). window_s: length of the windows of all but APE and AKE: a whole
    number of steps. separation_s: from the start of the first window to that of the second, for PDE
    and KDE. Raises PointingError when a window or a separation does not fit the samples, and for
    PRE and KRE, which take two periods.
    """
    time, error = np.asarray(time_s, dtype=float), np.asarray(error_rad, dtype=float)
    window, separation = _fitting(index, time, window_s, separation_s)
    period = index_of_period(index, window, separation)
    at = Continuous().extend(error) if error.shape[1:] == (3,) else error
    parts = [period.extend(Errors(time, at, step_means(at), size=lengths(error))), period.end()]
    return Series(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def step_means(error: FloatArray, before: FloatArray | None = None) -> FloatArray:
    """Return the mean over the period that ends with each step, by the trapezoidal rule.

    before: the error (1, parts) at the step before the first; without one its mean is NaN.
    """
    first = np.full_like(error[:1], np.nan) if before is None else before
    return np.asarray(0.5 * (np.concatenate([first, error[:-1]]) + error))


def samples_needed(index: Index, window: int, separation: int) -> int:
    """Return how many steps in a row an index takes at the least."""
    return window + (separation if index in DRIFT else 0) + 1


def _fitting(
    index: Index, time: FloatArray, window_s: float | None, separation_s: float | None
) -> tuple[int, int]:
    """Return window and separation in steps; PointingError when they do not fit the samples."""
    step_s = float(time[-1] - time[0]) / (len(time) - 1) if len(time) > 1 else 0.0
    window = separation = 0
    if index not in ("APE", "AKE"):
        window = whole_steps(index, "window_s", window_s, step_s)
    if index in DRIFT:
        separation = whole_steps(index, "separation_s", separation_s, step_s)
    if samples_needed(index, window, separation) > len(time):
        raise PointingError(
            too_short_words(index, window_s, separation_s, step_s * (len(time) - 1))
        )
    return window, separation


def too_short_words(
    index: Index, window_s: float | None, separation_s: float | None, longest_s: float
) -> str:
    """Return that no observation period is long enough for an index."""
    what = f"a window of {window_s:g} s"
    if index in DRIFT:
        what = f"two windows of {window_s:g} s whose starts are {separation_s:g} s apart"
    return f"{index}: no observation period holds {what}: the longest lasts {longest_s:.6g} s"

"""The error indices, from error vectors that come in pieces.

Each class takes the errors of one observation period, piece after piece, and gives out the index
as far as it is settled. The period's last figures come with its end.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hil.errors import PointingError
from hil.judge.pointing.halfturns import Continuous, angles
from hil.judge.pointing.windows import Means, lengths, whole_steps

Index = Literal["APE", "MPE", "RPE", "PDE", "PRE", "AKE", "MKE", "RKE", "KDE", "KRE"]

KNOWLEDGE = ("AKE", "MKE", "RKE", "KDE", "KRE")
WINDOWED = ("MPE", "RPE", "MKE", "RKE")
DRIFT = ("PDE", "KDE")
REPRODUCIBILITY = ("PRE", "KRE")
SEPARATED = (*DRIFT, *REPRODUCIBILITY)
_WINDOWS_AN_INSTANT = 100  # RPE: a longer window starts at every hundredth of its length

FloatArray = NDArray[np.float64]


class Series(NamedTuple):
    """A figure over some time: its values (an index: in radians), and the instant of each in s."""

    time_s: FloatArray
    value: FloatArray


class Errors(NamedTuple):
    """Error vectors at some steps in a row, (n, parts) in radians each.

    time_s, at: the steps' instants and the errors there. mean: over the control period that ends
    with each step. inside, inside_s: the error at one instant within that period, and when that is;
    None where nothing is known of it. Each goes on from the one before, so that it may be beyond
    half a turn; size: of the errors at the steps, which is not; None where it is their length.
    """

    time_s: FloatArray
    at: FloatArray
    mean: FloatArray
    inside: FloatArray | None = None
    inside_s: FloatArray | None = None
    size: FloatArray | None = None

    @property
    def sizes(self) -> FloatArray:
        """The sizes (n,) of the errors at the steps."""
        return lengths(self.at) if self.size is None else self.size

    def part(self, steps: slice) -> Errors:
        """Return the errors of some of the steps."""
        known = {k: each for k, each in self._asdict().items() if each is not None}
        return Errors(**{k: each[steps] for k, each in known.items()})


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
        return _nothing()


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
        return _nothing()


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
        return _nothing()


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
        return self._settle(self._steps) if self._windows else _nothing()

    def _settle(self, until: int) -> Series:
        """Return the figures of the steps up to this one, and forget them."""
        n = until - self._settled
        if not n:
            return _nothing()
        errors = _joined(self._pending)
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
        return self._left or _nothing()


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


def _joined(pieces: list[Errors]) -> Errors:
    if len(pieces) == 1:
        return pieces[0]
    fields = zip(*pieces, strict=True)
    return Errors(*(_one_after_another(parts) for parts in fields))  # type: ignore[arg-type]


def _one_after_another(parts: tuple[FloatArray | None, ...]) -> FloatArray | None:
    known = [part for part in parts if part is not None]
    return np.concatenate(known) if known else None


def _nothing() -> Series:
    return Series(np.empty(0), np.empty(0))

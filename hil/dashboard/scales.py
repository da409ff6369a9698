"""Ranges of axes that stand still while data move, and numbers a person can read at a glance."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Range = tuple[float, float]

_USED_AT_LEAST = 0.35  # of a range; data that use less of it get a narrower one
_DECADES_AT_LEAST = 2.0
_RARE = 0.02
ARCSEC_DEG = 1.0 / 3600.0


def steady_range(values: NDArray[np.float32], now: Range | None, least: float) -> Range:
    """Return a range of round numbers around the values, and the present one if it does as well.

    least: the smallest width that is worth showing, so that noise of a still signal is no drama.
    """
    known = values[np.isfinite(values)]
    if not known.size:
        return now or (-least / 2, least / 2)
    low, high = float(known.min()), float(known.max())
    fits = now is not None and now[0] <= low and high <= now[1]
    if fits and now is not None and max(high - low, least) >= _USED_AT_LEAST * (now[1] - now[0]):
        return now
    return _round_range(low, high, least)


def _round_range(low: float, high: float, least: float) -> Range:
    middle, width = (low + high) / 2, max(high - low, least)
    step = round_step(width / 3)
    low, high = min(low, middle - width / 2), max(high, middle + width / 2)
    margin = 0.1 * width
    return step * math.floor((low - margin) / step), step * math.ceil((high + margin) / step)


def round_step(about: float) -> float:
    """Return the largest of 1, 2 and 5 times a power of ten that is not above ``about``."""
    power = 10.0 ** math.floor(math.log10(about))
    return power * max(n for n in (1, 2, 5) if n * power <= about * (1 + 1e-9))


def decade_range(log10_values: NDArray[np.float32], now: Range | None, *shown: float) -> Range:
    """Return a range of log10 in half decades around values and the limits that must be shown."""
    known = log10_values[np.isfinite(log10_values)]
    # An error that swings through zero comes as near to it as one samples: not worth the room.
    spread = [float(np.quantile(known, _RARE)), float(known.max())] if known.size else []
    edges = [*shown, *spread]
    if not edges:
        return now or (-3.0, 1.0)
    low, high = min(edges) - 0.1, max(edges) + 0.15
    if now and now[0] <= low and high <= now[1] and now[1] - now[0] <= high - low + 1.5:
        return now
    low, high = math.floor(2 * low) / 2, math.ceil(2 * high) / 2
    return (low, high) if high - low >= _DECADES_AT_LEAST else (high - _DECADES_AT_LEAST, high)


def decimals(values: Iterable[float]) -> int:
    """Return how many decimals give the largest of some values three significant digits."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    return min(4, max(0, 2 - math.floor(math.log10(largest)))) if largest > 0 else 1


def plain(value: float, digits: int = 3) -> str:
    """Return a number in so many significant digits, never in exponents: 0.00381, 57, 12345."""
    if not math.isfinite(value):
        return "no value"
    if value == 0.0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:.{places}f}"


def angle_text(angle_deg: float) -> str:
    """Return an angle in degrees or, where it is small, in arcseconds."""
    if abs(angle_deg) < 0.1:
        return f"{plain(angle_deg / ARCSEC_DEG)} arcsec"
    return f"{plain(angle_deg)} deg"


def time_text(seconds: float) -> str:
    """Return an instant of a run: 12.3 s, 1234.5 s."""
    return f"{seconds:.1f} s"

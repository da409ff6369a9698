"""Numbers as the sentences of a diagnosis have them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from hil.judge.amounts import amount, number

_ARCSEC = math.radians(1.0) / 3600.0
AXES = "xyz"


def angle_words(angle_rad: float) -> str:
    """Return an angle in arcsec or degrees, whichever fits its size."""
    arcsec = abs(angle_rad) / _ARCSEC
    return f"{number(arcsec, 3)} arcsec" if arcsec < 1000.0 else f"{number(arcsec / 3600, 3)} deg"


def span_words(begin_s: float, end_s: float, run_end_s: float, run_begin_s: float = 0.0) -> str:
    """Return "from 20 s to 40 s", shorter where it is the whole run or reaches its end."""
    near = 0.02 * (run_end_s - run_begin_s) + 1.0
    if begin_s <= run_begin_s + near and end_s >= run_end_s - near:
        return "in the whole run"
    if end_s >= run_end_s - near:
        return f"from {begin_s:.1f} s on"
    return f"from {begin_s:.1f} to {end_s:.1f} s"


def vector_words(vector: ArrayLike) -> str:
    """Return "[1.00, 0.00, -0.02]"."""
    return "[" + ", ".join(f"{value + 0.0:.2f}" for value in np.asarray(vector).tolist()) + "]"


def unit_words(scale: float) -> str:
    """Return " (deg/s for rad/s)" where a rate's scale is that of another unit, else nothing."""
    units = {math.degrees(1.0): "deg/s for rad/s", math.radians(1.0): "rad/s for deg/s"}
    found = [words for factor, words in units.items() if abs(scale / factor - 1.0) < 0.02]
    return f" ({found[0]})" if found else ""


def share(part: float) -> str:
    """Return a share in whole percent."""
    return f"{100 * part:.0f} %"


def largest_axis(vector: ArrayLike) -> str:
    """Return the body axis along which a vector is largest."""
    return AXES[int(np.argmax(np.abs(np.asarray(vector))))]


__all__ = [
    "AXES", "amount", "angle_words", "largest_axis", "number", "share", "span_words", "unit_words",
]  # fmt: skip

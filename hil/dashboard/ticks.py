"""Where the vertical axes have their marks, and what is written there."""

from __future__ import annotations

import math

from hil.dashboard.scales import Range, plain, round_step

Ticks = list[tuple[float, str]]

_MARKS = 4


def linear_ticks(shown: Range) -> Ticks:
    """Return round values in a range, about four."""
    step = round_step((shown[1] - shown[0]) / (_MARKS - 1))
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(shown[0] / step - 1e-6), math.floor(shown[1] / step + 1e-6)
    return [(n * step, f"{n * step:.{places}f}") for n in range(first, last + 1)]


def decade_ticks(shown: Range) -> Ticks:
    """Return the powers of ten in a range of log10, written out: 0.01, 1, 100."""
    first, last = math.ceil(shown[0] - 1e-6), math.floor(shown[1] + 1e-6)
    every = 1 + (last - first) // 6
    return [(float(n), plain(10.0**n, 1)) for n in range(first, last + 1, every)]

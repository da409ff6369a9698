"""A requirement's values of one run, reduced to what a verdict needs of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hil.judge.basis import Member
from hil.judge.pointing import Series, Tail
from hil.judge.rows import FloatArray


class Peak(NamedTuple):
    """The largest value of a run, in SI units, and its instant."""

    value: float = -math.inf
    time_s: float = math.nan


_NO_PEAK = Peak()


class Windows(NamedTuple):
    """Means (n, parts) of windows of one run: when each starts, in which stretch of the phase."""

    start_s: FloatArray
    mean: FloatArray
    stretch: NDArray[np.int64]


@dataclass
class Figure:
    """What a requirement judges of one run, as far as the run has come.

    count, unknown, above: how many values there were, were not known, exceeded limit_si. worst: the
    largest value; known: the largest that is known, where some are not. tail: the values that a
    probability needs; the runs of a mixed requirement share one. remark: what to know besides.
    last_above_s: the last instant at which one exceeded it, NaN if none did.
    """

    tail: Tail
    limit_si: float
    member: Member
    begin_s: float = math.inf
    end_s: float = -math.inf
    worst: Peak = _NO_PEAK
    known: Peak = _NO_PEAK
    count: int = 0
    unknown: int = 0
    above: int = 0
    remark: str = ""
    last_above_s: float = math.nan
    windows: list[Windows] = field(default_factory=list)

    def extend(self, series: Series) -> None:
        """Take some more values."""
        if not len(series.value):
            return
        values = np.where(np.isfinite(series.value), series.value, np.inf)
        self.tail.extend(values)
        self.count += len(values)
        self.unknown += int(np.count_nonzero(np.isinf(values)))
        above = ~(values <= self.limit_si)
        self.above += int(np.count_nonzero(above))
        if above.any():
            self.last_above_s = float(series.time_s[above].max())
        self.begin_s = min(self.begin_s, float(series.time_s.min()))
        self.end_s = max(self.end_s, float(series.time_s.max()))
        self.worst = _larger(self.worst, values, series.time_s)
        known = np.where(np.isfinite(values), values, -np.inf)
        self.known = _larger(self.known, known, series.time_s)

    @property
    def share_above(self) -> float:
        """The share of its values above the limit."""
        return self.above / max(self.count, 1)

    @property
    def share_unknown(self) -> float:
        """The share of its values that are not known."""
        return self.unknown / max(self.count, 1)


def _larger(peak: Peak, values: FloatArray, time_s: FloatArray) -> Peak:
    at = int(np.argmax(values))
    return Peak(float(values[at]), float(time_s[at])) if values[at] > peak.value else peak

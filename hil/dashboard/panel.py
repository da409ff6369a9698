"""What a panel draws: its curves, their limits, and how they come from a recording's rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from hil.dashboard.rows import FloatArray, Rows
from hil.dashboard.scales import Range
from hil.judge import Phase

Compute = Callable[[Rows], FloatArray]


class OpenPhase(NamedTuple):
    """A phase that begins at an instant and has no end."""

    from_s: float

    @property
    def planned(self) -> list[Range]:
        """From and to, in seconds."""
        return [(self.from_s, math.inf)]


@dataclass(frozen=True)
class Limit:
    """A line that a curve should not cross, in the panel's unit, in a phase of the run or always.

    curve: the one that it is for, if not all. band: shade where that curve should be.
    """

    text: str
    value: float
    both_signs: bool = False
    phase: Phase | OpenPhase | None = None
    curve: int | None = None
    band: bool = False

    @property
    def spans(self) -> list[Range]:
        """From and to, in seconds, of the stretches in which it is to be kept."""
        return self.phase.planned if self.phase else [(-math.inf, math.inf)]


@dataclass(frozen=True)
class Panel:
    """One plot: ``compute`` makes of rows its curves' values (n, curves), in ``unit``.

    scale: "log" panels hold positive values only. least: the narrowest range worth showing.
    behind: so many of its curves, the last ones, are the estimates of the first: in their colours,
    faint, without figures.
    """

    key: str
    title: str
    quantity: str
    unit: str
    curves: tuple[str, ...]
    compute: Compute
    limits: tuple[Limit, ...] = ()
    scale: Literal["linear", "log"] = "linear"
    least: float = 0.0
    behind: int = 0

    @property
    def axis_label(self) -> str:
        """Name and unit of the vertical axis."""
        return f"{self.quantity} ({self.unit})"


def column(name: str, factor: float = 1.0, parts: int | None = None) -> Compute:
    """Return what takes a recorded column, or its first parts, times a factor."""

    def compute(rows: Rows) -> FloatArray:
        values = rows[name]
        table = values[:, None] if values.ndim == 1 else values
        return np.asarray(factor * table[:, :parts])

    return compute

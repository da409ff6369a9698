"""The firmware's mode over time, and the events of a run."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hil.dashboard.rows import Rows

_COLUMN = "estimate_mode"


class Segment(NamedTuple):
    """A stretch of time in one mode, in seconds since the run's start."""

    name: str
    from_s: float
    to_s: float


class Modes:
    """Stretches of one mode, as the firmware reports it."""

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        self.names = names
        self.segments: list[Segment] = []

    def extend(self, rows: Rows) -> bool:
        """Take in the next rows; return whether a new stretch began."""
        if _COLUMN not in rows or not len(rows):
            return False
        time_s, mode = rows["time_s"], rows[_COLUMN]
        known = np.where(np.isnan(mode), -1.0, mode).astype(int)
        starts = [0, *(np.flatnonzero(np.diff(known)) + 1).tolist()]
        before = len(self.segments)
        for start in starts:
            self._begin(self._name(int(known[start])), float(time_s[start]))
        self._end(float(time_s[-1]))
        return len(self.segments) > before

    def at(self, time_s: float) -> str:
        """Return the mode's name at an instant, or an empty text."""
        holding = [segment.name for segment in self.segments if segment.from_s <= time_s]
        return holding[-1] if holding else ""

    def _begin(self, name: str, time_s: float) -> None:
        self._end(time_s)
        if not self.segments or self.segments[-1].name != name:
            self.segments.append(Segment(name, time_s, time_s))

    def _end(self, time_s: float) -> None:
        if self.segments:
            self.segments[-1] = self.segments[-1]._replace(to_s=time_s)

    def _name(self, mode: int) -> str:
        if mode < 0:
            return "no reply"
        return self.names[mode] if mode < len(self.names) else f"mode {mode}"

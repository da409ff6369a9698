"""The firmware's mode over time, and the events of a run."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from hil.dashboard.rows import Rows

_COLUMN = "estimate_mode"
_NO_REPLY = "no reply"
_SILENT_s = 1.0  # without a reply: from then on it is worth a bar of its own


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
        self._silent_since_s = math.nan

    def extend(self, rows: Rows) -> bool:
        """Take in the next rows; return whether a new stretch began."""
        if _COLUMN not in rows or not len(rows):
            return False
        time_s, mode = rows["time_s"], rows[_COLUMN]
        known = np.where(np.isnan(mode), -1.0, mode).astype(int)
        starts = [0, *(np.flatnonzero(np.diff(known)) + 1).tolist()]
        before = len(self.segments)
        for start in starts:
            self._take(int(known[start]), float(time_s[start]))
        self._end(float(time_s[-1]))
        return len(self.segments) > before

    def place(self, name: str) -> int:
        """Return a mode's number, which its colour hangs on; what is no mode comes after them."""
        return self.names.index(name) if name in self.names else len(self.names)

    def at(self, time_s: float) -> str:
        """Return the mode's name at an instant, or an empty text."""
        holding = [segment.name for segment in self.segments if segment.from_s <= time_s]
        return holding[-1] if holding else ""

    def _take(self, mode: int, time_s: float) -> None:
        """Begin a stretch; a step or two without a reply do not end the one before."""
        if mode >= 0:
            self._end(time_s)
            self._silent_since_s = math.nan
            self._begin(self._name(mode), time_s)
        elif not self.segments:
            self._begin(_NO_REPLY, time_s)
        elif math.isnan(self._silent_since_s):
            self._silent_since_s = time_s

    def _begin(self, name: str, time_s: float) -> None:
        self._end(time_s)
        if not self.segments or self.segments[-1].name != name:
            self.segments.append(Segment(name, time_s, time_s))

    def _end(self, time_s: float) -> None:
        if time_s - self._silent_since_s > _SILENT_s and self.segments[-1].name != _NO_REPLY:
            since_s = self._silent_since_s
            self.segments[-1] = self.segments[-1]._replace(to_s=since_s)
            self.segments.append(Segment(_NO_REPLY, since_s, time_s))
        elif self.segments:
            self.segments[-1] = self.segments[-1]._replace(to_s=time_s)

    def _name(self, mode: int) -> str:
        return self.names[mode] if mode < len(self.names) else f"mode {mode}"

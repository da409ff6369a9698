"""Which part of the run the panels show."""

from __future__ import annotations

import math

from hil.dashboard.scales import Range

_PAGES = 6  # a span moves on by a sixth of itself, so that axes seldom have to be drawn anew
_END = 1e-9


class Timeline:
    """The span in view: it follows the run's end until a person zooms or pauses.

    span_s: its length, or None for the whole run.
    duration_s: how long the run is going to be, 0 if that is not known.
    """

    def __init__(self, span_s: float | None, duration_s: float = 0.0) -> None:
        self.span_s = span_s
        self.duration_s = duration_s
        self._zoomed: Range | None = None
        self._held_s: float | None = None

    @property
    def following(self) -> bool:
        """Whether the span still moves with the run."""
        return self._zoomed is None and self._held_s is None

    @property
    def held(self) -> bool:
        """Whether the picture stands still."""
        return self._held_s is not None

    def zoom(self, from_s: float, to_s: float) -> None:
        """Show just this."""
        self._zoomed = (from_s, to_s)

    def hold(self, end_s: float) -> None:
        """Show the run as it stands at this instant."""
        self._held_s = end_s

    def follow(self) -> None:
        """Show the newest again."""
        self._zoomed = self._held_s = None

    def end_s(self, end_s: float) -> float:
        """Return up to where a run is shown that has come to this instant."""
        return end_s if self._held_s is None else self._held_s

    def range(self, end_s: float) -> Range:
        """Return what to show of a run that has come to this instant."""
        if self._zoomed is not None:
            return self._zoomed
        end_s = self.end_s(end_s)
        if self.span_s is None:
            return 0.0, self._whole(end_s)
        page = self.span_s / _PAGES
        to_s = max(self.span_s, page * math.ceil(end_s / page - _END))
        return to_s - self.span_s, to_s

    def _whole(self, end_s: float) -> float:
        if self.duration_s >= end_s or not end_s:
            return self.duration_s or 10.0
        page = 10.0 ** math.floor(math.log10(end_s))
        return page * math.ceil(end_s / page - _END)

"""Which part of the run the panels show."""

from __future__ import annotations

import math

from hil.dashboard.scales import Range

_PAGES = 6  # a span moves on by a sixth of itself, so that axes seldom have to be drawn anew


class Timeline:
    """The span in view. It follows the run's end in pages until a person zooms elsewhere.

    span_s: its length, or None for the whole run.
    duration_s: how long the run is going to be, 0 if that is not known.
    """

    def __init__(self, span_s: float | None, duration_s: float = 0.0) -> None:
        self.span_s = span_s
        self.duration_s = duration_s
        self.following = True

    def range(self, end_s: float) -> Range:
        """Return the span that shows a run that has come to this instant."""
        if self.span_s is None:
            return 0.0, self._whole(end_s)
        page = self.span_s / _PAGES
        to_s = max(self.span_s, page * math.ceil(end_s / page + 1e-9))
        return to_s - self.span_s, to_s

    def _whole(self, end_s: float) -> float:
        if self.duration_s >= end_s > 0.0 or not end_s:
            return self.duration_s or 10.0
        page = 10.0 ** math.floor(math.log10(end_s))
        return page * math.ceil(end_s / page + 1e-9)

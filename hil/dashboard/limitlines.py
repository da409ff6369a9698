"""Limits in a plot: a dashed line with its name, and the band that a curve should stay in."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

from hil.dashboard.panel import Limit, Panel
from hil.dashboard.scales import Range
from hil.dashboard.theme import Theme

_BAND_OPACITY, _LABEL_OPACITY = 38, 190  # of 255
_LABEL_SHARE = 0.13  # of a small panel's height


class LimitLines:
    """All limits of one panel, cut to what is in view: Qt is slow at dashing long lines."""

    def __init__(self, plot: pg.PlotItem, panel: Panel, theme: Theme) -> None:
        self._placed: tuple[object, ...] = ()
        self._view: tuple[Range, Range] | None = None
        self._marks: list[_Mark] = []
        named: set[float] = set()  # one name a height: others would lie on top of it
        for limit in panel.limits:
            for sign in (1.0, -1.0) if limit.both_signs else (1.0,):
                mark = _Mark(plot, limit, sign * limit.value, panel, theme)
                if limit.value in named:
                    mark.wordless = True
                self._marks.append(mark)
            if not limit.curve:
                named.add(limit.value)
        plot.getViewBox().sigResized.connect(self._place_again)

    def _place_again(self) -> None:
        """Draw the limits in a view of another size, in which words take another share."""
        self._placed = ()
        if self._view is not None:
            self.place(*self._view)

    def place(self, time_s: Range, values: Range) -> None:
        """Draw the limits in a view, if it has changed or they have."""
        self._view = time_s, values
        wanted = (time_s, values, *(mark.extent for mark in self._marks))
        if wanted != self._placed:
            self._placed = wanted
            for mark in self._marks:
                mark.place(time_s, values)


class _Mark:
    def __init__(
        self,
        plot: pg.PlotItem,
        limit: Limit,
        value: float,
        panel: Panel,
        theme: Theme,
    ) -> None:
        self._limit = limit
        self._is_log = panel.scale == "log"
        self._at = math.log10(value) if self._is_log else value
        foremost = not limit.curve  # of the first curve, or of all
        colour = theme.bad if foremost else theme.curve(limit.curve or 0)
        self._line = pg.PlotCurveItem(
            pen=pg.mkPen(colour, width=1, style=Qt.PenStyle.DashLine), connect="pairs"
        )
        # The upper line of a pair has the words, and those of a curve behind are in the legend.
        self.wordless = value < 0.0 or bool(limit.curve)
        # What the rig demands stands at the left, so that what the hardware can do has its place.
        self._at_start = limit.phase is not None and limit.curve is None
        self._above = limit.band
        behind = pg.mkColor(theme.panel)
        behind.setAlpha(_LABEL_OPACITY)
        self._text = pg.TextItem(limit.text, colour, fill=behind)
        self._text.setZValue(30)  # above all data
        self._band = QGraphicsPathItem()
        self._band.setPen(pg.mkPen(None))
        shade = pg.mkColor(theme.good)
        shade.setAlpha(_BAND_OPACITY)
        self._band.setBrush(shade)
        self._band.setZValue(-10)
        if foremost:
            self._line.setZValue(20)
        items = [self._line, self._text, *([self._band] if limit.band else [])]
        for item in items:
            plot.addItem(item, ignoreBounds=True)

    @property
    def extent(self) -> tuple[object, ...]:
        """What changes when the limit's phase goes on."""
        spans = self._limit.spans
        return len(spans), spans[-1:]

    def place(self, time_s: Range, values: Range) -> None:
        cut = [(max(time_s[0], a), min(time_s[1], b)) for a, b in self._limit.spans]
        spans = [(a, b) for a, b in cut if a < b]
        visible = bool(spans) and values[0] < self._at < values[1]
        self._text.setVisible(visible and not self.wordless)
        for item in (self._line, self._band):
            item.setVisible(visible)
        if not visible:
            return
        ends = np.ravel(spans)
        self._line.setData(ends, np.full(len(ends), self._at))
        above = self._above or self._is_near_zero(values)
        at_s = spans[0][0] if self._at_start else spans[-1][1]
        self._text.setAnchor((self._anchor(at_s, time_s), 1 if above else 0))
        self._text.setPos(at_s, self._at)
        path = QPainterPath()
        for start, end in spans:
            path.addRect(QRectF(start, values[0], end - start, self._at - values[0]))
        self._band.setPath(path)

    def _anchor(self, at_s: float, time_s: Range) -> float:
        """Return which part of the words is at an instant, so that they do not leave the panel.

        0 is their beginning, 1 their end.
        """
        scene = self._text.getViewBox()
        wide = self._text.boundingRect().width() / max(scene.width(), 1.0) if scene else 0.0
        before = (at_s - time_s[0]) / (time_s[1] - time_s[0])
        least, most = (before + wide - 1.0) / max(wide, 1e-9), before / max(wide, 1e-9)
        return min(max(0.0 if self._at_start else 1.0, least), max(most, 0.0), 1.0)

    def _is_near_zero(self, values: Range) -> bool:
        """Return whether words below the line would lie on zero, where data settle."""
        tall = _LABEL_SHARE * (values[1] - values[0])
        return not self._is_log and 0.0 <= self._at < tall and self._at + tall < values[1]

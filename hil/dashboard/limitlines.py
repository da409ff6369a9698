"""Limits in a plot: a dashed line with its name, and the band that a curve should stay in."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QGraphicsRectItem

from hil.dashboard.panels import Limit, Panel
from hil.dashboard.scales import Range
from hil.dashboard.theme import Theme

_BAND_OPACITY = 38  # of 255


class LimitLines:
    """All limits of one panel, cut to what is in view: Qt is slow at dashing long lines.

    banded: shade where the first curve should be.
    """

    def __init__(self, plot: pg.PlotItem, panel: Panel, theme: Theme, banded: bool) -> None:
        self._marks = [
            _Mark(plot, limit, sign * limit.value, panel, theme, banded)
            for limit in panel.limits
            for sign in ((1.0, -1.0) if limit.both_signs else (1.0,))
        ]

    def place(self, time_s: Range, values: Range) -> None:
        """Draw the limits in a view."""
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
        banded: bool,
    ) -> None:
        self._limit = limit
        self._at = math.log10(value) if panel.scale == "log" else value
        foremost = not limit.curve  # of the first curve, or of all
        colour = theme.bad if foremost else theme.curves[limit.curve or 0]
        self._line = pg.PlotCurveItem(pen=pg.mkPen(colour, width=1, style=Qt.PenStyle.DashLine))
        text = limit.text if banded else f"{limit.text} {value:g} {panel.unit}"
        above = banded and foremost
        # Of a pair of lines the upper one has the words.
        self._text = pg.TextItem(text if value > 0 else "", colour, anchor=(1, 1 if above else 0))
        self._band = QGraphicsRectItem()
        self._band.setPen(pg.mkPen(None))
        shade = pg.mkColor(theme.good)
        shade.setAlpha(_BAND_OPACITY)
        self._band.setBrush(shade)
        self._band.setZValue(-10)
        items = [self._line, self._text, *([self._band] if banded and foremost else [])]
        for item in items:
            plot.addItem(item, ignoreBounds=True)

    def place(self, time_s: Range, values: Range) -> None:
        start, end = max(time_s[0], self._limit.from_s), min(time_s[1], self._limit.to_s)
        visible = start < end and values[0] < self._at < values[1]
        for item in (self._line, self._text, self._band):
            item.setVisible(visible)
        if not visible:
            return
        self._line.setData([start, end], [self._at, self._at])
        self._text.setPos(end, self._at)
        self._band.setRect(QRectF(start, values[0], end - start, self._at - values[0]))

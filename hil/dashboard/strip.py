"""The firmware's mode and the run's events, along the time axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QFrame, QGraphicsRectItem

from hil.dashboard.modes import Segment
from hil.dashboard.scales import Range
from hil.dashboard.theme import Theme
from hil.dashboard.timepanel import prepare
from hil.recording import Event

_EVENTS_AT, _MODES_AT = (1.05, 1.95), (0.0, 0.9)
_HEIGHT = 44


class Strip(pg.PlotWidget):  # type: ignore[misc]
    """Two rows: marks for events above (trouble on the line in red), a bar for each mode below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(background=theme.panel)
        self._theme = theme
        self._bars: list[tuple[QGraphicsRectItem, pg.TextItem]] = []
        self._marked = 0  # events
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFixedHeight(_HEIGHT)
        plot = self.getPlotItem()
        prepare(plot, theme)
        plot.hideAxis("bottom")
        axis = plot.getAxis("left")
        axis.setTicks([[(sum(_MODES_AT) / 2, "mode"), (sum(_EVENTS_AT) / 2, "events")]])
        plot.vb.setYRange(-0.1, 2.1, padding=0)
        plot.vb.setMouseEnabled(x=False, y=False)
        self._marks = {
            "obc": self._mark_item(theme.notice),
            "line": self._mark_item(theme.bad),
        }

    def draw(
        self, segments: Sequence[Segment], events: Sequence[Event], time_s: Range, end_s: float
    ) -> None:
        """Show modes and events up to an instant in a span of time."""
        last_s = min(time_s[1], end_s)
        self.getPlotItem().vb.setXRange(*time_s, padding=0)
        if len(events) != self._marked:
            self._mark(events)
        while len(self._bars) < len(segments):
            self._add_bar(segments[len(self._bars)], len(self._bars))
        for (bar, text), segment in zip(self._bars, segments, strict=False):
            start, end = max(segment.from_s, time_s[0]), min(segment.to_s, last_s)
            bar.setVisible(start < end)
            text.setVisible(end - start > 0.06 * (time_s[1] - time_s[0]))
            bar.setRect(QRectF(start, _MODES_AT[0], max(0.0, end - start), _MODES_AT[1]))
            text.setPos(start, sum(_MODES_AT) / 2)

    def _mark(self, events: Sequence[Event]) -> None:
        self._marked = len(events)
        times_s: dict[str, list[float]] = {"obc": [], "line": []}
        for event in events:
            times_s["line" if event.source == "bench" else "obc"].append(event.time_s)
        for kind, at in times_s.items():
            self._marks[kind].setData(np.repeat(at, 2), np.tile(_EVENTS_AT, len(at)))

    def _add_bar(self, segment: Segment, number: int) -> None:
        colour = pg.mkColor(self._theme.curve(number))
        colour.setAlpha(90)
        bar = QGraphicsRectItem()
        bar.setPen(pg.mkPen(None))
        bar.setBrush(colour)
        text = pg.TextItem(segment.name, color=self._theme.text, anchor=(0, 0.5))
        for item in (bar, text):
            self.addItem(item, ignoreBounds=True)
        self._bars.append((bar, text))

    def _mark_item(self, colour: str) -> pg.PlotCurveItem:
        item = pg.PlotCurveItem(pen=pg.mkPen(colour, width=2), connect="pairs")
        self.addItem(item, ignoreBounds=True)
        return item

"""The firmware's mode, the run's events and the faults put into it, along the time axis."""

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
from hil.judge import InForce, faults_of
from hil.recording import Event

_FAULTS_AT, _EVENTS_AT, _MODES_AT = (2.1, 3.0), (1.05, 1.95), (0.0, 0.9)
_HEIGHT, _WITH_FAULTS = 44, 64


_Bar = tuple[QGraphicsRectItem, pg.TextItem]


def _place(
    bars: Sequence[_Bar],
    segments: Sequence[Segment],
    at: tuple[float, float],
    time_s: Range,
    last_s: float,
) -> None:
    """Put each segment's bar and name where its stretch of time in view is."""
    for (bar, text), segment in zip(bars, segments, strict=False):
        start, end = max(segment.from_s, time_s[0]), min(segment.to_s, last_s)
        bar.setVisible(start < end)
        text.setVisible(end - start > 0.06 * (time_s[1] - time_s[0]))
        text.setText(segment.name)
        bar.setRect(QRectF(start, at[0], max(0.0, end - start), at[1] - at[0]))
        text.setPos(start, sum(at) / 2)


class Strip(pg.PlotWidget):  # type: ignore[misc]
    """Rows: marks for events (trouble on the line in red), below them a bar for each mode.

    A run with faults has a third row on top, a bar for each of them.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(background=theme.panel)
        self._theme = theme
        self._bars: list[_Bar] = []
        self._faults: list[Segment] = []
        self._fault_bars: list[_Bar] = []
        self._marked = 0  # events
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFixedHeight(_HEIGHT)
        plot = self.getPlotItem()
        prepare(plot, theme)
        plot.hideAxis("bottom")
        self._name_rows({"mode": _MODES_AT, "events": _EVENTS_AT})
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
            number = len(self._bars)
            self._bars.append(self._bar(segments[number], self._theme.curve(number)))
        _place(self._bars, segments, _MODES_AT, time_s, last_s)
        _place(self._fault_bars, self._faults, _FAULTS_AT, time_s, last_s)

    def _name_rows(self, rows: dict[str, tuple[float, float]]) -> None:
        plot = self.getPlotItem()
        plot.getAxis("left").setTicks([[(sum(at) / 2, name) for name, at in rows.items()]])
        plot.vb.setYRange(-0.1, max(top for _, top in rows.values()) + 0.15, padding=0)

    def _mark(self, events: Sequence[Event]) -> None:
        self._marked = len(events)
        self._show_faults(faults_of(events))
        times_s: dict[str, list[float]] = {"obc": [], "line": []}
        for event in events:
            if event.source == "fault":
                continue
            times_s["line" if event.source == "bench" else "obc"].append(event.time_s)
        for kind, at in times_s.items():
            self._marks[kind].setData(np.repeat(at, 2), np.tile(_EVENTS_AT, len(at)))

    def _show_faults(self, faults: Sequence[InForce]) -> None:
        if faults and not self._faults:
            self.setFixedHeight(_WITH_FAULTS)
            self._name_rows({"mode": _MODES_AT, "events": _EVENTS_AT, "faults": _FAULTS_AT})
        self._faults = [Segment(each.words, each.begin_s, each.end_s) for each in faults]
        while len(self._fault_bars) < len(faults):
            number = len(self._fault_bars)
            self._fault_bars.append(self._bar(self._faults[number], self._theme.bad))

    def _bar(self, segment: Segment, of_colour: str) -> _Bar:
        colour = pg.mkColor(of_colour)
        colour.setAlpha(90)
        bar = QGraphicsRectItem()
        bar.setPen(pg.mkPen(None))
        bar.setBrush(colour)
        text = pg.TextItem(segment.name, color=self._theme.text, anchor=(0, 0.5))
        for item in (bar, text):
            self.addItem(item, ignoreBounds=True)
        return bar, text

    def _mark_item(self, colour: str) -> pg.PlotCurveItem:
        item = pg.PlotCurveItem(pen=pg.mkPen(colour, width=2), connect="pairs")
        self.addItem(item, ignoreBounds=True)
        return item

"""Mode, events, faults, eclipse and the sensors' validity, along the time axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QFrame, QGraphicsRectItem

from hil.dashboard.modes import Modes, Segment
from hil.dashboard.scales import Range
from hil.dashboard.theme import Theme
from hil.dashboard.timepanel import prepare
from hil.judge import faults_of
from hil.recording import Event

if TYPE_CHECKING:
    from hil.dashboard.session import Session

_PIXELS, _MARGIN = 15, 8  # of a row; of all
_SENSORS_MOST = 5
_FIRST = ("star_tracker", "gyro", "fine_sun_sensor", "gps", "horizon_sensor", "magnetometer")
_SHORT = {
    "telecommands": "orders",
    "star tracker": "tracker",
    "fine sun sensor": "fine s.",
    "coarse sun sensor": "diodes",
    "horizon sensor": "horizon",
    "magnetometer": "magnet.",
    "tachometer": "tacho",
    "thermometer": "thermo",
}
_Bar = tuple[QGraphicsRectItem, pg.TextItem]


class _Row(NamedTuple):
    """A row by its name: what stands in it as bars with words, or as bare spans."""

    name: str
    kind: str


class Strip(pg.PlotWidget):  # type: ignore[misc]
    """Rows from below: mode, events (trouble on the line in red), then those that there is need of.

    These are telecommands, faults, eclipse, and sensors that had no valid sample for a while.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(background=theme.panel)
        self._theme = theme
        self._rows: list[_Row] = []
        self._bars: list[_Bar] = []
        self._faults: list[Segment] = []
        self._fault_bars: list[_Bar] = []
        self._marked = -1  # events
        self.setFrameShape(QFrame.Shape.NoFrame)
        plot = self.getPlotItem()
        prepare(plot, theme)
        plot.hideAxis("bottom")
        plot.vb.setMouseEnabled(x=False, y=False)
        self._marks = {
            "obc": self._mark_item(theme.notice),
            "line": self._mark_item(theme.bad),
            "ground": self._mark_item(theme.field),
        }
        self._spans = {
            "eclipse": self._span_item(theme.faint),
            "invalid": self._span_item(theme.curve(1)),
        }
        self._set_rows([_Row("mode", "mode"), _Row("events", "events")])

    @property
    def rows(self) -> list[str]:
        """The rows' names, from below."""
        return [row.name for row in self._rows]

    def draw(self, session: Session, time_s: Range, end_s: float) -> None:
        """Show what a session holds up to an instant in a span of time."""
        last_s = min(time_s[1], end_s)
        events = session.follower.events
        self.getPlotItem().vb.setXRange(*time_s, padding=0)
        if len(events) != self._marked:
            self._faults = [Segment(f.words, f.begin_s, f.end_s) for f in faults_of(events)]
        wanted = self._wanted(session, events)
        if wanted != self._rows:
            self._set_rows(wanted)
            self._marked = -1
        if len(events) != self._marked:
            self._mark(events)
        self._draw_spans(session, last_s)
        self._draw_bars(session.modes, time_s, last_s)

    def _wanted(self, session: Session, events: Sequence[Event]) -> list[_Row]:
        rows = [_Row("mode", "mode"), _Row("events", "events")]
        if any(event.source == "ground" and event.time_ns > 0 for event in events):
            rows.append(_Row("telecommands", "ground"))
        if self._faults:
            rows.append(_Row("faults", "faults"))
        if session.eclipses:
            rows.append(_Row("eclipse", "eclipse"))
        gaps = [each for each in session.sensors if each.blind]
        gaps.sort(key=lambda each: _FIRST.index(each.kind) if each.kind in _FIRST else len(_FIRST))
        return rows + [_Row(each.name, "invalid") for each in gaps[:_SENSORS_MOST]]

    def _set_rows(self, rows: list[_Row]) -> None:
        self._rows = rows
        self.setFixedHeight(_PIXELS * len(rows) + _MARGIN)
        plot = self.getPlotItem()
        plot.getAxis("left").setTicks([[(at + 0.5, _short(row)) for at, row in enumerate(rows)]])
        plot.vb.setYRange(-0.05, len(rows) + 0.05, padding=0)

    def _at(self, kind: str) -> float:
        """Return where the row of a kind begins; below all where there is none."""
        return next((at for at, row in enumerate(self._rows) if row.kind == kind), -9.0)

    def _mark(self, events: Sequence[Event]) -> None:
        self._marked = len(events)
        times_s: dict[str, list[float]] = {"obc": [], "line": [], "ground": []}
        for event in events:
            if event.source != "fault":
                kind = {"bench": "line", "ground": "ground"}.get(event.source, "obc")
                times_s[kind].append(event.time_s)
        for kind, at in times_s.items():
            own = "ground" if kind == "ground" and self._at("ground") > 0 else "events"
            low = self._at(own)
            self._marks[kind].setData(
                np.repeat(at, 2), np.tile((low + 0.1, low + 0.9), len(at)).astype(float)
            )

    def _draw_spans(self, session: Session, last_s: float) -> None:
        low = self._at("eclipse") + 0.5
        self._spans["eclipse"].setData(*_pairs([(b, e, low) for b, e in session.eclipses], last_s))
        by_name = {each.name: each for each in session.sensors}
        spans = [
            (blind.begin_s, blind.end_s, at + 0.5)
            for at, row in enumerate(self._rows)
            if row.kind == "invalid"
            for blind in by_name[row.name].blind
        ]
        self._spans["invalid"].setData(*_pairs(spans, last_s))

    def _draw_bars(self, modes: Modes, time_s: Range, last_s: float) -> None:
        while len(self._bars) < len(modes.segments):
            name = modes.segments[len(self._bars)].name
            self._bars.append(self._bar(self._theme.curve(modes.place(name))))
        while len(self._fault_bars) < len(self._faults):
            self._fault_bars.append(self._bar(self._theme.bad))
        _place(self._bars, modes.segments, self._at("mode"), time_s, last_s)
        _place(self._fault_bars, self._faults, self._at("faults"), time_s, last_s)

    def _bar(self, of_colour: str) -> _Bar:
        colour = pg.mkColor(of_colour)
        colour.setAlpha(90)
        bar = QGraphicsRectItem()
        bar.setPen(pg.mkPen(None))
        bar.setBrush(colour)
        text = pg.TextItem("", color=self._theme.text, anchor=(0, 0.5))
        for item in (bar, text):
            self.addItem(item, ignoreBounds=True)
        return bar, text

    def _mark_item(self, colour: str) -> pg.PlotCurveItem:
        item = pg.PlotCurveItem(pen=pg.mkPen(colour, width=2), connect="pairs")
        self.addItem(item, ignoreBounds=True)
        return item

    def _span_item(self, colour: str) -> pg.PlotCurveItem:
        pen = pg.mkPen(colour, width=_PIXELS - 6)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        item = pg.PlotCurveItem(pen=pen, connect="pairs")
        self.addItem(item, ignoreBounds=True)
        return item


def _short(row: _Row) -> str:
    """Return a name that fits beside the axis."""
    if row.kind != "invalid":
        return _SHORT.get(row.name, row.name)
    kind, _, number = row.name.rpartition(" ")
    return f"{_SHORT.get(kind, kind[:7])} {number}"


def _pairs(spans: Sequence[tuple[float, float, float]], last_s: float) -> tuple[np.ndarray, ...]:
    """Return ends (2 n,) and heights (2 n,) of spans up to an instant."""
    kept = [(begin, min(end, last_s), at) for begin, end, at in spans if begin < last_s]
    table = np.array(kept, dtype=float).reshape(-1, 3)
    return table[:, :2].ravel(), np.repeat(table[:, 2], 2)


def _place(
    bars: Sequence[_Bar], segments: Sequence[Segment], low: float, time_s: Range, last_s: float
) -> None:
    """Put each segment's bar and name where its stretch of time in view is."""
    for (bar, text), segment in zip(bars, segments, strict=False):
        start, end = max(segment.from_s, time_s[0]), min(segment.to_s, last_s)
        bar.setVisible(start < end)
        text.setVisible(end - start > 0.06 * (time_s[1] - time_s[0]))
        text.setText(segment.name)
        bar.setRect(QRectF(start, low + 0.05, max(0.0, end - start), 0.9))
        text.setPos(start, low + 0.5)

"""A plot over time with its name, its values and its limits."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QVBoxLayout

from hil.dashboard.history import History
from hil.dashboard.limitlines import LimitLines
from hil.dashboard.line import Line
from hil.dashboard.panel import Panel
from hil.dashboard.rows import FloatArray
from hil.dashboard.scales import Range, decade_range, steady_range
from hil.dashboard.theme import Theme
from hil.dashboard.ticks import decade_ticks, linear_ticks

AXIS_WIDTH = 62
_LIMIT_NEAR = 0.25  # of a limit; from there on the limit is kept in view
_POINTS_PER_PIXEL = 2
_SMALL_PIXELS, _LARGE_PIXELS = 12, 22  # letters of the header
_BLOCK = 0.3  # of all values, that most pixels span: what is drawn then is one block
_BEHIND = 110  # opacity of 255, of what is not what the rig is about


def tick_font() -> QFont:
    """Return the font of all axes."""
    font = QFont()
    font.setPixelSize(11)
    return font


class TimePanel(QFrame):
    """One panel. Its ranges are set by hand, so that an axis is drawn only when it changes.

    zoomed: a person moved the time axis (from, to). pointed: the mouse is over an instant, or NaN.
    """

    zoomed = Signal(float, float)
    pointed = Signal(float)

    def __init__(self, panel: Panel, place: slice, theme: Theme, large: bool = False) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.panel = panel
        self._place, self._theme = place, theme
        self._values: Range | None = None
        self._gridded: tuple[Range, Range] | None = None
        self._drawn_span: Range | None = None
        self._drawn_end_s = 0.0
        self.header = Line(_LARGE_PIXELS if large else _SMALL_PIXELS)
        self.view = pg.PlotWidget(background=theme.panel)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.layout_ = QVBoxLayout(self)
        self.layout_.setContentsMargins(6, 3, 6, 2)
        self.layout_.setSpacing(0)
        self.layout_.addWidget(self.header)
        self.layout_.addWidget(self.view, 1)
        self._plot = self.view.getPlotItem()
        prepare(self._plot, theme)
        self._plot.setLabel("left", panel.axis_label, **_label(theme))
        self._plot.setLabel("bottom", "time (s)", **_label(theme))
        self._grid = pg.PlotCurveItem(pen=pg.mkPen(theme.line, width=1), connect="pairs")
        self._plot.addItem(self._grid, ignoreBounds=True)
        self._limits = LimitLines(self._plot, panel, theme)
        self._curves = self._add_curves(theme, large)
        self._cursor = pg.InfiniteLine(angle=90, pen=pg.mkPen(theme.notice, width=1))
        self._cursor.hide()
        self._plot.addItem(self._cursor, ignoreBounds=True)
        self._plot.vb.sigRangeChangedManually.connect(self._on_zoom)
        self.view.scene().sigMouseMoved.connect(self._on_mouse)
        self.view.viewport().installEventFilter(self)

    def draw(self, history: History, time_s: Range, end_s: float) -> bool:
        """Draw a history up to an instant in a span of time; False if that looks as it did."""
        pixel_s = (time_s[1] - time_s[0]) / max(1, self.view.width() - AXIS_WIDTH)
        if time_s == self._drawn_span and 0.0 <= end_s - self._drawn_end_s < pixel_s:
            return False
        self._drawn_span, self._drawn_end_s = time_s, end_s
        self._plot.vb.setXRange(*time_s, padding=0)
        points = _POINTS_PER_PIXEL * max(100, self.view.width() - AXIS_WIDTH)
        x, y = history.envelope(self._place, time_s[0], min(time_s[1], end_s), points)
        self._fit(y, time_s)
        for number, (curve, values) in enumerate(zip(self._curves, y, strict=True)):
            if len(x) > points // 4 and _is_block(values):
                self._draw_block(curve, number, x, values)
            else:
                curve.setData(x, values, fillLevel=None, brush=None)
        return True

    def _draw_block(
        self, curve: pg.PlotCurveItem, number: int, x: FloatArray, values: np.ndarray
    ) -> None:
        """Draw a signal that jumps to and fro between any two pixels as its envelope."""
        colour = pg.mkColor(self._theme.curve(number))
        colour.setAlpha(_BEHIND)
        even = len(x) // 2 * 2
        pairs = values[:even].reshape(-1, 2)
        least, greatest = np.fmin.reduce(pairs, 1), np.fmax.reduce(pairs, 1)
        at = x[:even:2]
        curve.setData(
            np.concatenate([at, at[::-1]]),
            np.concatenate([greatest, least[::-1]]),
            fillLevel="enclosed",
            brush=colour,
        )

    def drawn(self, curve: int) -> tuple[FloatArray, FloatArray]:
        """Return what stands in the plot: instants (m,), and a curve's values or their log10."""
        time_s, values = self._curves[curve].getData()
        return time_s, values

    def set_cursor(self, time_s: float) -> None:
        """Show the cursor at an instant, or hide it for NaN."""
        self._cursor.setVisible(math.isfinite(time_s))
        if math.isfinite(time_s):
            self._cursor.setValue(time_s)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell when the mouse has left the plot."""
        if event.type() == QEvent.Type.Leave:
            self.pointed.emit(math.nan)
        return super().eventFilter(watched, event)

    def _fit(self, y: np.ndarray, time_s: Range) -> None:
        """Set the vertical range, if it must change, and what hangs on it."""
        before = self._values
        if self.panel.scale == "log":
            shown = [math.log10(limit.value) for limit in self.panel.limits]
            self._values = decade_range(y, before, *shown)
        else:
            self._values = steady_range(self._with_near_limits(y), before, self.panel.least)
        self._limits.place(time_s, self._values)
        if (time_s, self._values) != self._gridded:
            self._draw_frame(time_s, self._values)

    def _draw_frame(self, time_s: Range, values: Range) -> None:
        """Draw ticks, lines at the ticks, and limits."""
        self._gridded = (time_s, values)
        self._plot.vb.setYRange(*values, padding=0)
        ticks = decade_ticks(values) if self.panel.scale == "log" else linear_ticks(values)
        self._plot.getAxis("left").setTicks([ticks])
        at = [value for value, _ in ticks]
        self._grid.setData(np.tile(time_s, len(at)), np.repeat(at, 2))

    def _with_near_limits(self, y: np.ndarray) -> np.ndarray:
        largest = float(np.nanmax(np.abs(y))) if np.isfinite(y).any() else 0.0
        near = [limit.value for limit in self.panel.limits if largest > _LIMIT_NEAR * limit.value]
        return np.concatenate([y.ravel(), near, np.negative(near)]).astype(np.float32)

    def _add_curves(self, theme: Theme, large: bool) -> list[pg.PlotCurveItem]:
        curves = []
        for number, _ in enumerate(self.panel.curves):
            behind = number >= len(self.panel.curves) - self.panel.behind
            own = number - len(self.panel.curves) + self.panel.behind if behind else number
            colour = pg.mkColor(theme.curve(own))
            foremost = large and number == 0
            if behind or (large and not foremost):
                colour.setAlpha(_BEHIND)
            style = Qt.PenStyle.DotLine if behind else Qt.PenStyle.SolidLine
            pen = pg.mkPen(colour, width=2 if foremost or behind else 1, style=style)
            curve = pg.PlotCurveItem(pen=pen, connect="finite", antialias=foremost)
            curve.setZValue(10 - number)
            self._plot.addItem(curve, ignoreBounds=True)
            curves.append(curve)
        return curves

    def _on_zoom(self, _: object) -> None:
        (from_s, to_s), _ = self._plot.vb.viewRange()
        self.zoomed.emit(from_s, to_s)

    def _on_mouse(self, position: object) -> None:
        inside = self._plot.vb.sceneBoundingRect().contains(position)
        time_s = self._plot.vb.mapSceneToView(position).x() if inside else math.nan
        self.pointed.emit(time_s)


def _is_block(values: np.ndarray) -> bool:
    """Return whether most pairs of points span much of what all of them span."""
    even = values[: len(values) // 2 * 2].reshape(-1, 2)
    if not np.isfinite(even).all() or not len(even):
        return False
    spans = np.abs(even[:, 1] - even[:, 0])
    return bool(np.median(spans) > _BLOCK * max(float(np.ptp(even)), 1e-30))


def prepare(plot: pg.PlotItem, theme: Theme) -> None:
    """Give a plot the looks and the manners of all: the mouse moves and zooms time only."""
    plot.hideButtons()
    plot.setMenuEnabled(False)
    plot.vb.setMouseEnabled(x=True, y=False)
    plot.vb.disableAutoRange()
    plot.vb.setLimits(xMin=-1.0, minXRange=0.05)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setTextPen(theme.faint)
        axis.setPen(theme.line)
        axis.setStyle(tickFont=tick_font(), tickLength=3)
        axis.enableAutoSIPrefix(False)
    plot.getAxis("left").setWidth(AXIS_WIDTH)
    plot.getAxis("bottom").setHeight(31)
    plot.layout.setContentsMargins(0, 7, 8, 0)


def _label(theme: Theme) -> dict[str, str]:
    return {"color": theme.faint, "font-size": "11px"}

"""All panels of a session, in the places where a person looks for them."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from hil.dashboard.cameraview import CameraView
from hil.dashboard.captions import attitude_text, limit_text, link_text, values_text
from hil.dashboard.errorpanel import ErrorPanel
from hil.dashboard.flatview import FlatView
from hil.dashboard.line import Line
from hil.dashboard.opengl import opengl_missing
from hil.dashboard.scales import Range
from hil.dashboard.scene import Scene, differs
from hil.dashboard.session import Session
from hil.dashboard.theme import Theme
from hil.dashboard.timepanel import TimePanel
from hil.recording.seen import Seen

_ROW_SHARES = (12, 7)  # of the large panel's row and of the others


class PanelGrid(QWidget):
    """The large panel and the attitude above, small panels below; all share one time axis.

    zoomed: a person moved the time axis (from, to). pointed: the mouse is over an instant, or NaN.
    """

    zoomed = Signal(float, float)
    pointed = Signal(float)

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self.large = ErrorPanel(session, theme)
        self.small = [
            TimePanel(panel, session.places[panel.key], theme) for panel in session.panels[1:]
        ]
        self.attitude = _attitude_view(theme)
        self._scene: Scene | None = None
        self.attitude_heading = Line()
        self.attitude_heading.write(
            attitude_text(self.attitude.note, theme.notice if self.attitude.lacks else theme.faint)
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(5)
        across = _across(len(self.small))
        grid.addWidget(self.large, 0, 0, 1, across - 1)
        self.camera = CameraView(theme) if session.has_camera else None
        self._seen: Seen | None = None
        box = _framed(self.attitude_heading, self.attitude, self.camera)
        grid.addWidget(box, 0, across - 1)
        grid.setRowStretch(0, _ROW_SHARES[0])
        for number, panel in enumerate(self.small):
            row, at = 1 + number // across, number % across
            last = number == len(self.small) - 1  # takes the room that is left beside it
            grid.addWidget(panel, row, at, 1, across - at if last else 1)
            grid.setRowStretch(row, _ROW_SHARES[1])
        for column in range(across):
            grid.setColumnStretch(column, 1)
        for each in self.panels:
            each.zoomed.connect(self.zoomed)
            each.pointed.connect(self.pointed)

    @property
    def panels(self) -> list[TimePanel]:
        """All plots over time, the large one first."""
        return [self.large, *self.small]

    def draw(self, time_s: Range, end_s: float) -> None:
        """Draw the run up to an instant in a span of time, in all panels."""
        for panel in self.panels:
            panel.draw(self._session.history, time_s, end_s)

    def write(self, row: int) -> None:
        """Write the figures of a row and turn the body as it was then."""
        self.large.write(row)
        for panel in self.small:
            self._write(panel, row)
        scene = self._session.scene(row)
        if scene is not None and (self._scene is None or differs(scene, self._scene)):
            self._scene = scene
            self.attitude.show_scene(scene)
        if self.camera is not None:
            self._show_picture(self.camera, row)

    def _show_picture(self, camera: CameraView, row: int) -> None:
        seen = self._session.seen(row)
        if seen is not None and seen is not self._seen:
            self._seen = seen
            camera.show_seen(seen, self._session.marks(seen))

    def set_cursor(self, time_s: float) -> None:
        """Show a cursor at an instant in all panels, or none for NaN."""
        for each in self.panels:
            each.set_cursor(time_s)

    def _write(self, widget: TimePanel, row: int) -> None:
        panel, theme = widget.panel, self._theme
        values = [float(value) for value in self._session.values(panel, row)]
        after = limit_text(panel, values, theme)
        if panel.key == "link":
            after = link_text(self._session, theme)
        widget.header.write(values_text(panel, values, theme) + after)


def _across(panels: int) -> int:
    """Return in how many columns so many small panels stand."""
    return 3 if panels in (1, 2, 3, 5, 6, 9) else 4


class AttitudeView(Protocol):
    """A widget that draws scenes. note: what to write above; lacks: it is no 3-D view."""

    note: str
    lacks: bool

    def show_scene(self, scene: Scene) -> None:
        """Draw another attitude."""


def _attitude_view(theme: Theme) -> AttitudeView:
    reason = opengl_missing()
    if reason:
        return FlatView(theme, reason)
    from hil.dashboard.solidview import SolidView

    view: AttitudeView = SolidView(theme)
    return view


def _framed(heading: Line, view: AttitudeView, below: QWidget | None) -> QFrame:
    frame = QFrame()
    frame.setObjectName("panel")
    box = QVBoxLayout(frame)
    box.setContentsMargins(6, 3, 6, 4)
    box.setSpacing(2)
    box.addWidget(heading)
    assert isinstance(view, QWidget)
    box.addWidget(view, 1)
    if below is not None:
        box.addWidget(below, 1)
    return frame

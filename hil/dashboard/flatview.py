"""The attitude drawn in 2-D, for machines without OpenGL."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from hil.dashboard import arrows
from hil.dashboard.labels import draw_labels
from hil.dashboard.rows import FloatArray
from hil.dashboard.scene import Scene
from hil.dashboard.theme import Theme

_REACH = 1.22  # of the view frame, from the middle to the nearer edge
_HEAD = 0.07


class FlatView(QWidget):
    """A scene seen from a fixed place; reason: why it is not 3-D."""

    lacks = True

    def __init__(self, theme: Theme, reason: str) -> None:
        super().__init__()
        self.note = f"2-D projection: {reason}"
        self._theme = theme
        self._scene: Scene | None = None
        self._camera = arrows.camera(arrows.AZIMUTH_DEG, arrows.ELEVATION_DEG)

    def show_scene(self, scene: Scene) -> None:
        """Draw another attitude."""
        self._scene = scene
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw horizon, box and arrows from far to near."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        self._lines(painter, arrows.horizon(), QPen(QColor(self._theme.line), 1.0))
        if self._scene is not None:
            self._draw(painter, self._scene)
        painter.end()

    def _draw(self, painter: QPainter, scene: Scene) -> None:
        drawn = arrows.arrows(scene, self._theme)
        near = self._camera[2]
        far, close = (
            [a for a in drawn if bool(a.tip @ near > 0.0) == front] for front in (False, True)
        )
        for arrow in far:
            self._arrow(painter, arrow)
        corners = arrows.box_corners(scene.body_axes)
        for edge in arrows.BOX_EDGES:
            self._lines(painter, corners[edge], QPen(QColor(self._theme.body), 1.5))
        for arrow in close:
            self._arrow(painter, arrow)
        draw_labels(painter, self, [(a, self._pixel(a.tip)) for a in drawn], self._theme)

    def _arrow(self, painter: QPainter, arrow: arrows.Arrow) -> None:
        colour = QColor(arrow.colour)
        self._lines(
            painter, np.stack([np.zeros(3), arrow.tip]), QPen(colour, 3.5 if arrow.thick else 2.0)
        )
        along = arrow.tip / np.linalg.norm(arrow.tip)
        across = np.cross(self._camera[2], along)
        base = arrow.tip - 2.0 * _HEAD * along
        corners = (arrow.tip, base + _HEAD * across, base - _HEAD * across)
        painter.setPen(QPen(colour, 1.0))
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([self._pixel(corner) for corner in corners]))

    def _lines(self, painter: QPainter, points: FloatArray, pen: QPen) -> None:
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([self._pixel(point) for point in points]))

    def _pixel(self, point: FloatArray) -> QPointF:
        right, up = self._camera[:2] @ point
        scale = min(self.width(), self.height()) / (2.0 * _REACH)
        return QPointF(self.width() / 2 + scale * right, self.height() / 2 - scale * up)

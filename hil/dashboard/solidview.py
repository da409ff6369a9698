"""The attitude in 3-D, by OpenGL; the mouse turns it. Import only where OpenGL is not missing."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
import pyqtgraph.opengl as gl
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMatrix4x4, QPainter, QPaintEvent, QResizeEvent, QVector3D
from PySide6.QtWidgets import QWidget

from hil.dashboard import arrows
from hil.dashboard.labels import draw_labels
from hil.dashboard.meshes import arrow_mesh, box_mesh, turn_z_to
from hil.dashboard.rows import FloatArray
from hil.dashboard.scene import Scene
from hil.dashboard.theme import Theme

_FIELD_OF_VIEW_DEG = 20.0  # from afar, so that lengths can be compared
_REACH = 1.22  # of the view frame, from the middle to the nearer edge


class SolidView(gl.GLViewWidget):  # type: ignore[misc]
    """A scene that can be turned by the mouse.

    It has a native window of its own: otherwise Qt would put the whole window together by OpenGL
    with every frame, which takes a core where OpenGL is software.
    """

    note = "beside the track, zenith up; drag to turn"
    lacks = False

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.arrows: list[arrows.Arrow] = []
        self._items: dict[str, gl.GLMeshItem] = {}
        self._box = box_mesh(theme)
        self.setAttribute(Qt.WidgetAttribute.WA_DontCreateNativeAncestors)
        self.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)
        self.setBackgroundColor(theme.panel)
        self.setMinimumSize(200, 150)
        self.setCameraPosition(azimuth=arrows.AZIMUTH_DEG, elevation=arrows.ELEVATION_DEG)
        self.setCameraParams(fov=_FIELD_OF_VIEW_DEG)
        line = pg.mkColor(theme.line).getRgbF()
        self.addItem(gl.GLLinePlotItem(pos=arrows.horizon(), color=line, glOptions="opaque"))
        self._writing = _Writing(self)

    def show_scene(self, scene: Scene) -> None:
        """Draw another attitude."""
        if not self.arrows:
            self.addItem(self._box)
        self.arrows = arrows.arrows(scene, self.theme)
        self._box.setTransform(_matrix(scene.body_axes.T))
        for arrow in self.arrows:
            self._item(arrow).setTransform(_matrix(turn_z_to(arrow.tip)))
        self.update()

    def paintGL(self) -> None:
        """Draw the scene; the writing above it has to follow."""
        super().paintGL()
        self._writing.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Step back as far as it takes to see everything."""
        super().resizeEvent(event)
        wide = max(1.0, self.width() / max(1, self.height()))
        distance = _REACH * wide / math.tan(math.radians(_FIELD_OF_VIEW_DEG / 2))
        self.setCameraPosition(distance=distance)
        self._writing.setGeometry(self.rect())

    def pixel(self, point: FloatArray) -> QPointF:
        """Return where a point of the view frame is seen."""
        region = (0, 0, self.width(), self.height())
        seen = self.projectionMatrix(region, region) * self.viewMatrix()
        at = seen.map(QVector3D(*point.tolist()))
        return QPointF((at.x() + 1) / 2 * self.width(), (1 - at.y()) / 2 * self.height())

    def _item(self, arrow: arrows.Arrow) -> gl.GLMeshItem:
        """Return the mesh of an arrow, made when the arrow is first seen."""
        name = arrow.text.removesuffix(arrows.ECLIPSE)
        if name not in self._items:
            self._items[name] = arrow_mesh(arrow)
            self.addItem(self._items[name])
        return self._items[name]


class _Writing(QWidget):
    """What is written on the view: a sheet of its own, as Qt's painter and OpenGL do not mix."""

    def __init__(self, view: SolidView) -> None:
        super().__init__(view)
        self._view = view
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setStyleSheet("background: transparent")

    def paintEvent(self, _event: QPaintEvent) -> None:
        view = self._view
        painter = QPainter(self)
        labels = [(arrow, view.pixel(arrow.tip)) for arrow in view.arrows]
        draw_labels(painter, self, labels, view.theme)
        painter.end()


def _matrix(rotation: FloatArray) -> QMatrix4x4:
    whole = np.eye(4)
    whole[:3, :3] = rotation
    return QMatrix4x4(whole.ravel().tolist())

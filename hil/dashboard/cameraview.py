"""A picture as the OBC saw it: boxes around what it found, crosses where objects truly are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from hil.dashboard.marks import Mark
from hil.dashboard.theme import Theme
from hil.recording.picture import Picture, Sight, half_side
from hil.recording.seen import Seen

_DARKEST, _BRIGHTEST = 1.0, 99.8  # percent of the pixels, black and white
_CROSS = 4.0  # pixels of the picture, from the middle to an end


class CameraView(QWidget):
    """The first camera's picture."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._image: QImage | None = None
        self._sights: Sequence[Sight] = ()
        self._marks: Sequence[Mark] = ()
        self._scale, self._left, self._top = 1.0, 0.0, 0.0
        self.setMinimumHeight(90)

    def show_seen(self, seen: Seen, marks: Sequence[Mark]) -> None:
        """Draw another picture."""
        self._image = _image(seen.counts)
        self._sights = seen.sights.found if seen.sights is not None else ()
        self._marks = marks
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture as large as there is room, and on it boxes and crosses."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        if self._image is not None:
            self._place(self._image)
            size = (self._scale * self._image.width(), self._scale * self._image.height())
            painter.drawImage(QRectF(self._left, self._top, *size), self._image)
            for mark in self._marks:
                self._cross(painter, mark)
            for sight in self._sights:
                self._box(painter, sight)
        painter.end()

    def _place(self, image: QImage) -> None:
        self._scale = min(self.width() / image.width(), self.height() / image.height())
        self._left = 0.5 * (self.width() - self._scale * image.width())
        self._top = 0.5 * (self.height() - self._scale * image.height())

    def _pixel(self, column: float, row: float) -> QPointF:
        """Return where the middle of a pixel is drawn."""
        return QPointF(
            self._left + self._scale * (column + 0.5), self._top + self._scale * (row + 0.5)
        )

    def _box(self, painter: QPainter, sight: Sight) -> None:
        colour = {"ship": self._theme.good, "fire": self._theme.bad}.get(
            sight.kind, self._theme.faint
        )
        painter.setPen(QPen(QColor(colour), 1.5 if sight.track else 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = half_side(sight)
        corner = self._pixel(sight.column - half, sight.row - half)
        painter.drawRect(QRectF(corner, self._pixel(sight.column + half, sight.row + half)))
        number = f" {sight.track}" if sight.track else ""
        painter.drawText(corner + QPointF(0.0, -2.0), f"{sight.kind}{number}")

    def _cross(self, painter: QPainter, mark: Mark) -> None:
        painter.setPen(QPen(QColor(self._theme.target), 1.0))
        for dx, dy in ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)):
            near, far = 0.4 * _CROSS, _CROSS
            painter.drawLine(
                self._pixel(mark.column + near * dx, mark.row + near * dy),
                self._pixel(mark.column + far * dx, mark.row + far * dy),
            )
        painter.drawText(self._pixel(mark.column + _CROSS, mark.row + _CROSS), mark.name)


def _image(counts: Picture) -> QImage:
    low, high = np.percentile(counts, (_DARKEST, _BRIGHTEST))
    grey = 255.0 * (counts - low) / max(1.0, high - low)
    octets = np.ascontiguousarray(np.clip(grey, 0.0, 255.0).astype(np.uint8))
    rows, columns = octets.shape
    image = QImage(octets.tobytes(), columns, rows, columns, QImage.Format.Format_Grayscale8)
    return image.copy()  # of its own octets

"""Writing at the tips of arrows, in the 3-D and in the flat attitude view."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QWidget

from hil.dashboard.arrows import Arrow, spread
from hil.dashboard.theme import Theme

_PIXELS = 12


def draw_labels(
    painter: QPainter, widget: QWidget, labels: Sequence[tuple[Arrow, QPointF]], theme: Theme
) -> None:
    """Write each arrow's name beside its tip, given in pixels, so that none covers another."""
    font = QFont()
    font.setPixelSize(_PIXELS)
    font.setBold(True)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    rects = []
    for arrow, at in labels:
        wide = metrics.horizontalAdvance(arrow.text) + 6.0
        outward = at.x() + 6.0 if at.x() >= widget.width() / 2 - 1.0 else at.x() - 6.0 - wide
        inside = max(0.0, min(outward, widget.width() - wide))
        rects.append((inside, at.y() - 7.0, wide, 15.0))
    backdrop = QColor(theme.panel)
    backdrop.setAlpha(170)
    for (arrow, _), rect in zip(labels, spread(rects, widget.height()), strict=True):
        box = QRectF(*rect)
        painter.fillRect(box, backdrop)
        painter.setPen(QColor(arrow.colour))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, arrow.text)

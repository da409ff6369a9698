"""Writing at the tips of arrows, in the 3-D and in the flat attitude view."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QWidget

from hil.dashboard.arrows import Arrow, spread
from hil.dashboard.theme import Theme

_PIXELS = 12


def label_font(bold: bool = False) -> QFont:
    """Return the font of the attitude view."""
    font = QFont()
    font.setPixelSize(_PIXELS)
    font.setBold(bold)
    return font


def draw_labels(
    painter: QPainter, widget: QWidget, labels: Sequence[tuple[Arrow, QPointF]], theme: Theme
) -> None:
    """Write each arrow's name beside its tip, given in pixels, so that none covers another."""
    painter.setFont(label_font(bold=True))
    metrics = painter.fontMetrics()
    rects = [
        (at.x() + 5.0, at.y() - 7.0, metrics.horizontalAdvance(arrow.text) + 6.0, 15.0)
        for arrow, at in labels
    ]
    backdrop = QColor(theme.panel)
    backdrop.setAlpha(170)
    for (arrow, _), rect in zip(labels, spread(rects, widget.height()), strict=True):
        box = QRectF(*rect)
        painter.fillRect(box, backdrop)
        painter.setPen(QColor(arrow.colour))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, arrow.text)


def draw_caption(painter: QPainter, widget: QWidget, text: str, colour: str) -> None:
    """Write a line at the foot of the view."""
    painter.setFont(label_font())
    painter.setPen(QColor(colour))
    box = QRectF(8, 4, widget.width() - 16, widget.height() - 8)
    flags = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
    painter.drawText(box, flags, text)

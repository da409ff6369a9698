"""A line of rich text that may change many times a second."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QPainter,
    QPaintEvent,
    QPalette,
    QTextDocument,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

_ROOM = 1.25  # of a line to the height of its letters


class Line(QWidget):
    """Unlike a QLabel it never asks the window to be laid out anew, which costs far more."""

    def __init__(self, pixels: int = 12) -> None:
        super().__init__()
        self._text = ""
        self._document = QTextDocument()
        self._document.setDocumentMargin(0.0)
        font = self.font()
        font.setPixelSize(pixels)
        self._document.setDefaultFont(font)
        self.setFixedHeight(round(_ROOM * self._document.size().height()))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """What is written, as a person reads it."""
        return self._document.toPlainText()

    def write(self, html: str) -> None:
        """Show another text."""
        if html != self._text:
            self._text = html
            self._document.setHtml(f'<div style="white-space:pre">{html}</div>')
            self.update()

    def sizeHint(self) -> QSize:
        """Return nothing across: the line takes the room that there is."""
        return QSize(0, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the text; what does not fit is cut off."""
        painter = QPainter(self)
        painter.translate(0, (self.height() - self._document.size().height()) / 2)
        context = QAbstractTextDocumentLayout.PaintContext()
        colour = self.palette().color(QPalette.ColorRole.WindowText)
        context.palette.setColor(QPalette.ColorRole.Text, colour)
        self._document.documentLayout().draw(painter, context)
        painter.end()

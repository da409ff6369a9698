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
    """Unlike a QLabel it never asks the window to be laid out anew, which costs far more.

    Of several texts the first that fits is shown; the last one is made narrower until it does.
    """

    def __init__(self, pixels: int = 12) -> None:
        super().__init__()
        self._texts: tuple[str, ...] = ("",)
        self._fitted: tuple[tuple[str, ...], int] | None = None
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

    def write(self, html: str, *shorter: str) -> None:
        """Show another text, or one of the shorter ones where there is no room for it."""
        if (html, *shorter) != self._texts:
            self._texts = (html, *shorter)
            self._fit()
            self.update()

    def _fit(self) -> None:
        """Take the first text that fits, or the last one."""
        wanted = self._texts, self.width()
        if wanted == self._fitted:
            return
        self._fitted = wanted
        for text in self._texts:
            self._document.setHtml(f'<div style="white-space:pre">{text}</div>')
            if self._document.idealWidth() <= self.width():
                return

    def sizeHint(self) -> QSize:
        """Return nothing across: the line takes the room that there is."""
        return QSize(0, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the text, narrower if it does not fit."""
        self._fit()
        painter = QPainter(self)
        wide = self._document.idealWidth()
        if wide > self.width() > 0:
            painter.scale(self.width() / wide, 1.0)
        painter.translate(0, (self.height() - self._document.size().height()) / 2)
        context = QAbstractTextDocumentLayout.PaintContext()
        colour = self.palette().color(QPalette.ColorRole.WindowText)
        context.palette.setColor(QPalette.ColorRole.Text, colour)
        self._document.documentLayout().draw(painter, context)
        painter.end()

"""The row of buttons on top, with the run's name and whether it is still going on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from hil.dashboard.line import Line

SPANS: dict[str, float | None] = {
    "10 s": 10.0,
    "60 s": 60.0,
    "5 min": 300.0,
    "30 min": 1800.0,
    "whole run": None,
}


class Toolbar(QWidget):
    """Signals for what a person asks for; the window does it."""

    span_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.heading = Line()
        self.pause = _button("Pause", "Space", "Hold the picture; reading goes on", checkable=True)
        self.latest = _button("Latest", "F", "Back to the newest data")
        self.theme = _button("Light", "T", "Dark or light")
        self.save = _button("Save PNG", "Ctrl+S", "Save this picture")
        self.span = QComboBox()
        self.span.addItems(list(SPANS))
        self.span.setToolTip("How much time is shown")
        self.span.textActivated.connect(self.span_chosen)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.addWidget(self.heading, 1)
        for widget in (self.span, self.latest, self.pause, self.theme, self.save):
            row.addWidget(widget)


def _button(text: str, shortcut: str, tip: str, checkable: bool = False) -> QPushButton:
    button = QPushButton(text)
    button.setShortcut(shortcut)
    button.setToolTip(f"{tip} ({shortcut})")
    button.setCheckable(checkable)
    return button

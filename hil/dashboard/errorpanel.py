"""The large panel: the error in figures, its plot, and mode and events under the same time axis."""

from __future__ import annotations

from hil.dashboard.captions import curve_lines, headline, values_text
from hil.dashboard.history import History
from hil.dashboard.line import Line
from hil.dashboard.scales import Range
from hil.dashboard.session import Session
from hil.dashboard.strip import Strip
from hil.dashboard.theme import Theme
from hil.dashboard.timepanel import TimePanel


class ErrorPanel(TimePanel):
    """The first panel of a session, with its strip."""

    def __init__(self, session: Session, theme: Theme) -> None:
        panel = session.panels[0]
        super().__init__(panel, session.places[panel.key], theme, large=True)
        self._session, self._theme = session, theme
        self._curve_lines = [Line(), Line()]
        self.strip = Strip(theme)
        for place, line in enumerate(self._curve_lines):
            self.layout_.insertWidget(1 + place, line)
        self._curve_lines[1].hide()
        self.layout_.addWidget(self.strip)

    def draw(self, history: History, time_s: Range, end_s: float) -> bool:
        """Draw error, modes and events up to an instant; False if they look as they did."""
        if not super().draw(history, time_s, end_s):
            return False
        self.strip.draw(self._session, time_s, end_s)
        return True

    def write(self, row: int) -> None:
        """Write the figures of a row."""
        if self.panel.key == "pointing":
            self.header.write(*headline(self._session, row, self._theme))
            for line, text in zip(
                self._curve_lines, curve_lines(self._session, row, self._theme), strict=False
            ):
                line.show()
                line.write(text)
        else:  # a recording without an attitude begins with another panel
            values = [float(value) for value in self._session.values(self.panel, row)]
            self.header.write(values_text(self.panel, values, self._theme))

"""The window: one session, its panels, and what a person does with them."""

from __future__ import annotations

import math
import time
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QLabel, QVBoxLayout, QWidget

from hil.dashboard.captions import footer, heading, state_text, why_text
from hil.dashboard.line import Line
from hil.dashboard.panelgrid import PanelGrid
from hil.dashboard.session import Session
from hil.dashboard.theme import DARK, LIGHT, THEMES, ThemeName, style_sheet
from hil.dashboard.timeline import Timeline
from hil.dashboard.toolbar import SPANS, Toolbar
from hil.recording import RecordingError

FRAMES_PER_S = 20
_FIGURES_EVERY = 4  # frames: figures that change faster cannot be read
_LIVE_SPAN, _WHOLE_SPAN = "60 s", "whole run"
_SIZE = (1366, 700)  # a laptop's screen without its bars


class Dashboard(QWidget):
    """Reads on with every frame, and draws when there is something new to see.

    Everything is drawn from the session; the window keeps only what a person has chosen.
    """

    def __init__(self, session: Session, follow: bool, theme: ThemeName = "dark") -> None:
        super().__init__()
        self.session = session
        self.timeline = Timeline(SPANS[_LIVE_SPAN if follow else _WHOLE_SPAN])
        self.grid: PanelGrid | None = None
        self.toolbar = Toolbar()
        self.toolbar.span.setCurrentText(_LIVE_SPAN if follow else _WHOLE_SPAN)
        self.foot, self.why = Line(), Line(13)
        self.why.hide()
        self._waiting = QLabel(f"waiting for {session.follower.path}")
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._follow, self._theme = follow, THEMES[theme]
        self._reading, self._failure = True, ""
        self._built_for: int | None = None
        self._cursor_s = math.nan
        self._frame, self._redraw, self._rewrite = 0, True, True
        self._news_at_s = time.monotonic()
        self._lay_out()
        self._connect()
        self.toolbar.pause.setVisible(follow)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.tick)
        self._timer.start(1000 // FRAMES_PER_S)
        self.tick()

    def tick(self) -> None:
        """Read what is new; draw it unless the picture is held, hidden or as it was."""
        news = self._read()
        self._frame += 1
        figures_due = self._frame % _FIGURES_EVERY == 0
        if self.session.panels and self._built_for != self.session.generation:
            self._build()
        if news and self.timeline.following:
            self._redraw = self._rewrite = True
        if self._built_for == self.session.generation and not self.isMinimized():
            self._draw(figures_due or not news)
        if figures_due:
            self._write_state()

    def stop(self) -> None:
        """Read and draw no more by itself."""
        self._timer.stop()

    def save_png(self, path: Path) -> bool:
        """Save the window's picture; return whether that went well."""
        return self.grab().save(str(path), "PNG")

    # ---- what is drawn ---------------------------------------------------------------------------

    def _read(self) -> int:
        if not self._reading:
            return 0
        try:
            news = self.session.update()
        except RecordingError as error:  # the file was taken away, or replaced by something else
            self._reading, self._failure = False, str(error)
            return 0
        if news:
            self._news_at_s = time.monotonic()
        self._reading = self._follow or news > 0
        return news

    def _draw(self, figures_due: bool) -> None:
        assert self.grid is not None
        if self._redraw:
            self._redraw = False
            end_s = self.session.history.end_s
            self.grid.draw(self.timeline.range(end_s), self.timeline.end_s(end_s))
        if self._rewrite and (figures_due or math.isfinite(self._cursor_s)):
            self._rewrite = False
            row = self._row()
            self.grid.write(row)
            pointed = math.isfinite(self._cursor_s)
            self.foot.write(*footer(self.session, row, pointed, self._theme))

    def _row(self) -> int:
        """The row whose figures are shown: at the cursor, or the last one in the picture."""
        history = self.session.history
        if math.isfinite(self._cursor_s):
            return history.at(self._cursor_s)
        if self.timeline.following:
            return len(history) - 1
        end_s = history.end_s
        return history.at(min(self.timeline.range(end_s)[1], self.timeline.end_s(end_s)))

    def _write_state(self) -> None:
        silent_s = time.monotonic() - self._news_at_s
        state = self._failure or state_text(self.session, self._follow, silent_s, self._theme)
        self.toolbar.heading.write(heading(self.session, state, self._theme))
        lines = self.session.why
        self.why.setVisible(bool(lines))
        if lines:
            self.why.write(*why_text(lines, self._theme))
            self.why.setToolTip("\n".join(lines))
        self.toolbar.latest.setEnabled(not self.timeline.following)
        self.toolbar.pause.setChecked(self.timeline.held)

    def _build(self) -> None:
        """Make all panels anew, for another run or another theme."""
        self._built_for = self.session.generation
        self._redraw = self._rewrite = True
        self.setStyleSheet(style_sheet(self._theme))
        self.toolbar.theme.setText("Light" if self._theme is DARK else "Dark")
        self.setWindowTitle(f"{self.session.title} - {self.session.follower.path.name}")
        self.timeline.duration_s = self.session.duration_s
        old = self.grid or self._waiting
        self.grid = PanelGrid(self.session, self._theme)
        self.grid.zoomed.connect(self._on_zoom)
        self.grid.pointed.connect(self._on_point)
        self._box.replaceWidget(old, self.grid)
        old.hide()
        old.deleteLater()

    def _lay_out(self) -> None:
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(6, 6, 6, 4)
        self._box.setSpacing(5)
        self._box.addWidget(self.toolbar)
        self._box.addWidget(self.why)
        self._box.addWidget(self._waiting, 1)
        self._box.addWidget(self.foot)
        self.setStyleSheet(style_sheet(self._theme))
        self.setWindowTitle(f"hil - {self.session.follower.path.name}")
        self.resize(*_SIZE)

    # ---- what a person does ----------------------------------------------------------------------

    def _connect(self) -> None:
        bar = self.toolbar
        bar.span_chosen.connect(self._on_span)
        bar.latest.clicked.connect(self._on_latest)
        bar.pause.clicked.connect(self._on_pause)
        bar.theme.clicked.connect(self._on_theme)
        bar.save.clicked.connect(self._on_save)

    def _on_span(self, name: str) -> None:
        self.timeline.span_s = SPANS[name]
        self._on_latest()

    def _on_latest(self) -> None:
        self.timeline.follow()
        self._changed()

    def _on_pause(self) -> None:
        if self.timeline.held:
            self.timeline.follow()
        else:
            self.timeline.hold(self.session.history.end_s)
        self._changed()

    def _on_zoom(self, from_s: float, to_s: float) -> None:
        self.timeline.zoom(from_s, to_s)
        self._changed()

    def _on_point(self, time_s: float) -> None:
        self._cursor_s = time_s
        self._rewrite = True
        if self.grid is not None:
            self.grid.set_cursor(time_s)

    def _on_theme(self) -> None:
        self._theme = LIGHT if self._theme is DARK else DARK
        self._built_for = None
        self._changed()

    def _on_save(self) -> None:
        name = self.session.follower.path.with_suffix(".png").name
        chosen, _ = QFileDialog.getSaveFileName(self, "Save this picture", name, "PNG (*.png)")
        if chosen and not self.save_png(Path(chosen)):
            self._failure = f"cannot write {chosen}"

    def _changed(self) -> None:
        self._redraw = self._rewrite = True
        self._write_state()

"""The Qt application around one window."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QMessageLogContext, Qt, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QSurfaceFormat
from PySide6.QtWidgets import QApplication

from hil.dashboard.screen import DashboardError
from hil.dashboard.session import Session
from hil.dashboard.theme import ThemeName
from hil.dashboard.window import Dashboard
from hil.errors import INTERRUPTED
from hil.recording import RecordingError

_SAMPLES = 4  # a pixel, in the 3-D view
_UNSEEN = ("offscreen", "minimal")  # Qt's platforms whose windows nobody can look at, nor close
_WATCH_MS = 250
_PICTURE_SIZE = (1600, 1000)
_PICTURE_TICKS = 8


def application() -> QApplication:
    """Return the one QApplication, made if there is none yet."""
    present = QApplication.instance()
    if isinstance(present, QApplication):
        return present
    surface = QSurfaceFormat()
    surface.setSamples(_SAMPLES)
    QSurfaceFormat.setDefaultFormat(surface)
    # Qt is several times faster at separate lines than at one path of them.
    pg.setConfigOptions(antialias=False, segmentedLineMode="on")
    # The 3-D view has a native window; its neighbours need none.
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontCreateNativeWidgetSiblings)
    qInstallMessageHandler(_tell)
    made = QApplication(sys.argv[:1])
    made.setApplicationName("hil")
    made.setStyle("Fusion")  # the same looks on every desktop
    return made


def _tell(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:  # noqa: ARG001
    """Pass on what Qt says, without its word on each window that it draws for no screen."""
    if "propagateSizeHints" not in text:
        print(text, file=sys.stderr)


def show(path: Path, follow: bool, theme: ThemeName, bench: int | None = None) -> int:
    """Open the window and return the exit status when it is closed."""
    if not follow and not path.is_file():
        raise RecordingError(f"cannot read the recording {path}: no such file")
    session = Session(path)
    session.update()
    if not follow:
        _refuse_without_a_step(session)
    qt = application()
    # Before the window is there: what the command line does on a signal would end in its drawing.
    ends = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32":
        ends.append(signal.SIGHUP)
    for number in ends:
        signal.signal(number, lambda *_: QTimer.singleShot(0, lambda: qt.exit(INTERRUPTED)))
    window = Dashboard(session, follow, theme)
    window.show()
    if bench is not None and qt.platformName() in _UNSEEN:
        _end_with(bench, window, qt)
    return qt.exec()


def save_picture(path: Path, picture: Path, theme: ThemeName) -> None:
    """Save what the window would show of a whole recording.

    Raises RecordingError when it holds no step, DashboardError when the picture cannot be saved.
    """
    session = Session(path)
    session.update()
    _refuse_without_a_step(session)
    while session.update():
        pass
    session.wait_for_why()
    application()
    window = Dashboard(session, False, theme)
    window.stop()
    window.resize(*_PICTURE_SIZE)
    window.show()
    for _ in range(_PICTURE_TICKS):  # the panels are laid out, then drawn, then labelled
        window.tick()
        QApplication.processEvents()
    if not window.save_png(picture):
        raise DashboardError(
            f"cannot save the picture {picture}: is its folder there, yours, and has it room?"
        )


def _refuse_without_a_step(session: Session) -> None:
    """Raise RecordingError when a file that is not awaited holds nothing that could be drawn."""
    session.update()  # of a large first chunk the first look saw only the beginning
    path = session.follower.path
    if not path.exists():
        raise RecordingError(f"cannot read the recording {path}: no such file")
    if not session.panels:
        why = session.follower.reason or "its run ended before the first step, or it was cut off"
        raise RecordingError(f"{path} holds no step to plot: {why} (--follow waits for one)")


def _end_with(bench: int, window: Dashboard, qt: QApplication) -> None:
    """End when the process that started this one has ended, in whatever way."""
    watch = QTimer(window)
    watch.timeout.connect(lambda: qt.exit() if os.getppid() != bench else None)
    watch.start(_WATCH_MS)

"""The Qt application around one window."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QSurfaceFormat
from PySide6.QtWidgets import QApplication

from hil.dashboard.session import Session
from hil.dashboard.theme import ThemeName
from hil.dashboard.window import Dashboard
from hil.recording import RecordingError

_SAMPLES = 4  # a pixel, in the 3-D view


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
    made = QApplication(sys.argv[:1])
    made.setApplicationName("hil")
    made.setStyle("Fusion")  # the same looks on every desktop
    return made


def show(path: Path, follow: bool, theme: ThemeName) -> int:
    """Open the window and return the exit status when it is closed."""
    if not follow and not path.is_file():
        raise RecordingError(f"cannot read the recording {path}: no such file")
    session = Session(path)
    session.update()
    qt = application()
    window = Dashboard(session, follow, theme)
    window.show()
    signal.signal(signal.SIGINT, lambda *_: qt.exit(128 + signal.SIGINT))
    return qt.exec()

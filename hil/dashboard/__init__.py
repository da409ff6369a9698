"""Live plots of a run, in a process of their own: they read the recording and nothing else.

Importing this needs no Qt; ``check`` says what is missing before a window is opened.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hil.dashboard.screen import DashboardError, check
from hil.dashboard.theme import ThemeName

__all__ = ["DashboardError", "ThemeName", "check", "launch", "save_picture", "show"]


def show(path: Path, follow: bool, theme: ThemeName = "dark", bench: int | None = None) -> int:
    """Show a recording in a window until it is closed; return the exit status.

    follow: go on reading while the file grows, and wait for it if it is not there yet.
    bench: the process that started this one; a window that nobody can see ends with it.
    Raises DashboardError when no window can be opened, RecordingError when it is no recording or,
    without follow, holds no step.
    """
    check()
    from hil.dashboard.application import show as show_window

    return show_window(path, follow, theme, bench)


def save_picture(path: Path, picture: Path, theme: ThemeName = "dark") -> None:
    """Save a picture (PNG) of a recording's plots; works without a screen.

    Raises DashboardError when it cannot be drawn or saved, RecordingError for what is no recording
    or holds no step.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    check()
    from hil.dashboard.application import save_picture as save

    save(path, picture, theme)


def launch(path: Path) -> subprocess.Popen[bytes]:
    """Open the window on a recording that is about to be written, and return at once.

    The window outlives the bench where there is somebody to look at it, and shares nothing with it
    but the file; a standard output that is kept open would make whoever reads it wait for the
    window. Raises DashboardError when no window can be opened here.
    """
    check()
    command = [sys.executable, "-m", "hil.dashboard", str(path), "--follow"]
    command += ["--bench", str(os.getpid())]
    say = None if sys.stderr.isatty() else subprocess.DEVNULL
    # A session of its own: the Ctrl-C that stops the bench must not take the plots away.
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=say,
        start_new_session=True,
    )

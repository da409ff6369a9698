"""What it takes to open a window, asked for before one is opened: Qt itself just aborts."""

from __future__ import annotations

import ctypes
import importlib.metadata
import importlib.util
import os
import sys
from collections.abc import Mapping

from hil.errors import HilError

_PACKAGES = {"pyqtgraph": "pyqtgraph", "PySide6": "PySide6-Essentials"}
_QT_LIBRARIES = {  # shared library -> the Debian package that holds it
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
_X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
_BROKEN_TOGETHER = (6, 12)  # PySide6 from here on aborts under Python 3.11 with pyqtgraph 0.14


class DashboardError(HilError):
    """A window that cannot be opened here; the message says what is missing."""

    exit_status = 2


def check() -> None:
    """Raise DashboardError when this machine or this terminal cannot show live plots."""
    for problem in (_no_screen(os.environ), _no_package(), _no_library(os.environ)):
        if problem:
            raise DashboardError(problem)


def _no_screen(environment: Mapping[str, str]) -> str:
    wanted = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if not sys.platform.startswith("linux") or any(environment.get(name) for name in wanted):
        return ""
    return (
        "live plots need a screen, and this terminal has none (neither DISPLAY nor WAYLAND_DISPLAY "
        "is set): run on the desktop or through `ssh -X`, or have `hil plot FILE --png "
        "PICTURE` draw the recording without one"
    )


def _no_package() -> str:
    lacking = [pip for name, pip in _PACKAGES.items() if importlib.util.find_spec(name) is None]
    if lacking:
        return f"plots need {' and '.join(lacking)}: pip install 'hil[plot]'"
    version = importlib.metadata.version("PySide6-Essentials")
    if sys.version_info < (3, 12) and _numbers(version) >= _BROKEN_TOGETHER:
        return (
            f"PySide6 {version} aborts under Python {sys.version_info[0]}.{sys.version_info[1]}: "
            "pip install 'hil[plot]' brings one that does not"
        )
    return ""


def _numbers(version: str) -> tuple[int, int]:
    major, minor = version.split(".")[:2]
    return int(major), int(minor)


def _no_library(environment: Mapping[str, str]) -> str:
    if not sys.platform.startswith("linux"):
        return ""
    needed = dict(_QT_LIBRARIES)
    platform = environment.get("QT_QPA_PLATFORM", "")
    if platform.startswith("xcb") or not (platform or environment.get("WAYLAND_DISPLAY")):
        needed |= _X11_LIBRARIES
    lacking = [package for name, package in needed.items() if not _loads(name)]
    if not lacking:
        return ""
    return f"Qt lacks system libraries; on Debian: sudo apt-get install {' '.join(lacking)}"


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True

"""Whether this machine can draw in 3-D."""

from __future__ import annotations

import os

from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext

_OLDEST = (2, 1)


def opengl_missing() -> str:
    """Return why there can be no 3-D view here, or an empty text. Needs a QGuiApplication."""
    platform = QGuiApplication.platformName()
    # PyOpenGL guesses which window system's OpenGL to use; it must be the one that Qt uses.
    library = "egl" if platform.startswith("wayland") else "glx"
    os.environ.setdefault("PYOPENGL_PLATFORM", library)
    try:
        import pyqtgraph.opengl  # noqa: F401
    except Exception as error:  # PyOpenGL raises many kinds where a library is not there
        return f"PyOpenGL cannot be used: {error}"
    context, surface = QOpenGLContext(), QOffscreenSurface()
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        return f"no OpenGL here (Qt platform {platform})"
    version = context.format().version()
    context.doneCurrent()
    if tuple(version) < _OLDEST:
        return f"OpenGL {version[0]}.{version[1]} here is older than 2.1"
    return ""

"""The folder in which native code and built firmware are kept from run to run."""

from __future__ import annotations

import functools
import logging
import os
import shutil
import stat
import tempfile
from pathlib import Path

import platformdirs

from hil.errors import RigError

_LOG = logging.getLogger(__name__)
_NEEDED_BYTES = 32_000_000  # the truth model's native code takes 5 MB, a build of the firmware 10
_OTHERS_MAY_WRITE = 0o022


def cache_folder(configured: str | None = None) -> Path:
    """Return the folder, made if need be: what is configured, else hil/ in the user's cache.

    What lies in it is run, so it must belong to this user, and nobody else may write it. Where that
    is not so, or it cannot be written, or the disk is full, it is one of this user's in the
    system's temporary folder, and a warning is logged. Raises RigError when that is no better.
    """
    return _usable(Path(configured) if configured else _users())


def is_spare() -> bool:
    """Return whether the user's own caches cannot be used."""
    return cache_folder() != _users()


def _users() -> Path:
    """Return where this user's caches belong; a user without a home has none that can be used."""
    found = platformdirs.user_cache_path("hil", appauthor=False)
    return found if found.is_absolute() else Path(os.devnull) / "hil"


@functools.cache  # asked once a folder, and warned of once
def _usable(wanted: Path) -> Path:
    trouble = _trouble(wanted)
    if not trouble:
        return wanted
    spare = Path(tempfile.gettempdir()) / f"hil-cache-{_user()}"
    worse = _trouble(spare)
    if worse:
        raise RigError(
            f"the cache folder {wanted} {trouble}, and {spare} {worse}: set XDG_CACHE_HOME to a "
            "folder of yours that can be written"
        )
    _LOG.warning(
        "the cache folder %s %s: %s takes its place; set XDG_CACHE_HOME to a folder of yours that "
        "can be written",
        wanted,
        trouble,
        spare,
    )
    return spare


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else "user"


def _trouble(folder: Path) -> str:
    """Return what keeps builds from a folder; nothing when all is well."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if worry := _not_private(folder):
            return worry
        with tempfile.TemporaryFile(dir=folder):
            free_bytes = shutil.disk_usage(folder).free
    except (OSError, ValueError) as error:
        return f"is not writable ({getattr(error, 'strerror', None) or error})"
    if free_bytes < _NEEDED_BYTES:
        return f"has no space: {free_bytes / 1e6:.0f} MB of {_NEEDED_BYTES / 1e6:.0f} MB are free"
    return ""


def _not_private(folder: Path) -> str:
    """Return why code from a folder is not to be trusted; nothing when only this user writes it.

    What lies directly in it is looked at too: somebody may have put it there before the folder was
    this user's.
    """
    if not hasattr(os, "getuid"):  # Windows keeps caches inside the user's profile
        return ""
    for path in (folder, *folder.iterdir()):
        status = path.stat()
        if status.st_uid != os.getuid():
            return (
                "belongs to another user" if path == folder else f"holds another user's {path.name}"
            )
        if status.st_mode & _OTHERS_MAY_WRITE and stat.S_ISDIR(status.st_mode):
            return "can be written by other users"
    return ""

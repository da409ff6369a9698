"""The folder in which native code and built firmware are kept from run to run."""

from __future__ import annotations

import functools
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path

from hil.errors import RigError

_NEEDED_BYTES = 32_000_000  # the truth model's native code takes 5 MB, a build of the firmware 10


def cache_folder(configured: str | None = None) -> Path:
    """Return the folder, made if need be: what is configured, else hil/ in the user's cache.

    Where it cannot be written, or the disk is full, it is one of this user's in the system's
    temporary folder, and standard error says so. Raises RigError when that is no better.
    """
    if configured:
        return _usable(Path(configured))
    shared = os.environ.get("XDG_CACHE_HOME")
    return _usable((Path(shared) if shared else Path.home() / ".cache") / "hil")


@functools.cache  # asked once a folder, and told of once
def _usable(wanted: Path) -> Path:
    trouble = _trouble(wanted)
    if not trouble:
        return wanted
    spare = Path(tempfile.gettempdir()) / f"hil-cache-{os.getuid()}"
    worse = _trouble(spare) or _others_may_write(spare)
    if worse:
        raise RigError(
            f"the cache folder {wanted} {trouble}, and {spare} {worse}: set XDG_CACHE_HOME to a "
            "folder that can be written"
        )
    print(
        f"hil: the cache folder {wanted} {trouble}: {spare} takes its place; set XDG_CACHE_HOME "
        "to a folder that can be written",
        file=sys.stderr,
    )
    return spare


def _trouble(folder: Path) -> str:
    """Return what keeps builds from a folder; nothing when all is well."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free_bytes = shutil.disk_usage(folder).free
    except OSError as error:
        return f"is not writable ({error.strerror})"
    if free_bytes < _NEEDED_BYTES:
        return f"has no space: {free_bytes / 1e6:.0f} MB of {_NEEDED_BYTES / 1e6:.0f} MB are free"
    return ""


def _others_may_write(folder: Path) -> str:
    """Return why code from a folder is not to be trusted: in /tmp anybody may have made it."""
    status = folder.lstat()
    own = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
    return "" if own and not status.st_mode & 0o022 else "can be written by other users"

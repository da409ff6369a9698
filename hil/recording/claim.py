"""The file that a recording goes into: one bench writes it, and it replaces recordings only."""

from __future__ import annotations

import os
import stat
import sys
from io import FileIO
from pathlib import Path

from hil.errors import RecordingError
from hil.recording.layout import BEGIN


def check_replaceable(path: Path) -> bool:
    """Return whether there is a recording at a path, which a new one would replace.

    Raises RecordingError when there is something else, or nothing that could be read.
    """
    try:
        if not path.is_file() or path.stat().st_size == 0:
            return False
        with path.open("rb") as file:
            begin = file.read(len(BEGIN))
    except OSError as error:
        raise cannot_write(path, error) from error
    if begin != BEGIN:
        raise RecordingError(
            f"{path} exists and is not a recording of this bench: name another file for the "
            "recording"
        )
    return True


def claim(path: Path) -> FileIO:
    """Return the file at a path, unbuffered, emptied and locked until it is closed.

    Raises RecordingError when another bench is writing it, when it holds anything but a recording,
    and when it cannot be written.
    """
    try:
        if path.is_fifo():  # opened, it would wait for a reader, for ever perhaps
            raise RecordingError(f"cannot record into {path}: it is a pipe: name a file")
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab", buffering=0)  # whose it is must be known before it is emptied
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            _lock(file, path)
            check_replaceable(path)
            file.truncate(0)
    except BaseException:
        file.close()
        raise
    return file


def cannot_write(path: Path, error: OSError) -> RecordingError:
    """Return the error of a recording that the operating system does not take."""
    return RecordingError(f"cannot write the recording {path}: {error.strerror}")


def _lock(file: FileIO, path: Path) -> None:
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise RecordingError(
            f"another bench is writing {path}: name another file for the recording"
        ) from None
    except OSError:
        pass  # a file system without locks

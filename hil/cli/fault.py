"""A fault of the bench itself: said in one sentence, and kept in a file that can be reported."""

import errno
import os
import platform
import shlex
import sys
import tempfile
import traceback
from pathlib import Path

import hil
from hil.cli.console import say
from hil.cli.memory_limit import limit_octets
from hil.errors import RigError

_PACKAGE = Path(hil.__file__).parent
_NAME_MOST = 200


# What keeps a file from being used whoever asks for it: the disk, its rights, a name too long.
_OF_FILES = frozenset({
    errno.ENAMETOOLONG, errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ELOOP, errno.EFBIG,
    errno.EACCES, errno.EPERM, errno.EIO, errno.EISDIR, errno.ENOTDIR,
})  # fmt: skip


def of_the_machine(error: Exception) -> str | None:
    """Return what the machine refuses, in a sentence; None for what is no such trouble."""
    if isinstance(error, MemoryError):
        most = limit_octets()
        limit = f" ({most / 1e6:.0f} MB, ulimit -v {most // 1024})" if most >= 0 else ""
        return f"out of memory: this process may have no more{limit}"
    if not isinstance(error, OSError) or error.errno not in _OF_FILES:
        return None
    name = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    shown = name if len(name) <= _NAME_MOST else f"{name[:_NAME_MOST]}..."
    return f"cannot {f'use {shown}' if shown else 'write'}: {error.strerror}"


def check_folder() -> None:
    """Raise RigError where the current folder was removed: paths are relative to it."""
    try:
        Path.cwd()
    except OSError as error:
        raise RigError(
            f"the current folder cannot be used: {error.strerror}: change to another"
        ) from None


def report_fault(error: Exception) -> None:
    """Say on standard error what broke and where, and which file to report."""
    what = f"{_in_short(error)}{_where(error)}"
    say(f"hil: a fault of the bench itself, not of your rig or OBC: {what}. {_kept(error)}")


def _in_short(error: Exception) -> str:
    first = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def _where(error: Exception) -> str:
    """Return the innermost place in this package that the error went through."""
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_PACKAGE)
    ]
    if not own:
        return ""
    place = Path(own[-1].filename).relative_to(_PACKAGE.parent)
    return f" ({place.as_posix()}, line {own[-1].lineno})"


def _kept(error: Exception) -> str:
    lines = [
        f"hil {hil.__version__}, Python {platform.python_version()}, {platform.platform()}\n",
        f"command: {shlex.join(sys.argv)}\n\n",
        *traceback.format_exception(error),
    ]
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            prefix="hil-fault-",
            suffix=".txt",
            delete=False,
            encoding="utf-8",
            errors="backslashreplace",
        ) as file:
            file.writelines(lines)
    except OSError:
        say("".join(lines))
        return "Please report the lines above"
    return f"Please report it with the file {file.name}"

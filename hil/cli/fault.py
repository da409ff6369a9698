"""A fault of the bench itself: said in one sentence, and kept in a file that can be reported."""

import platform
import shlex
import sys
import tempfile
import traceback
from pathlib import Path

import hil
from hil.cli.console import say

_PACKAGE = Path(hil.__file__).parent


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

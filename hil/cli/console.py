"""Where the command line prints: figures to standard output, everything else to standard error."""

import errno
import io
import json
import logging
import math
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from hil.errors import visible

if TYPE_CHECKING:
    from typing_extensions import Buffer

ERR = Console(stderr=True, highlight=False, soft_wrap=True)
OUT = Console(highlight=False, soft_wrap=True)
WIDE = Console(highlight=False, width=1000)  # for tables whose rows stay one line each

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)  # EIO: the terminal is gone

PathArgument = click.Path(path_type=Path)


class _Said(logging.Handler):
    """Prints what the bench logs, a sentence a line."""

    def emit(self, record: logging.LogRecord) -> None:
        say(f"hil: {record.getMessage()}")


class _Whole(io.BufferedWriter):
    """Writes all that it is given at once, or raises OSError."""

    def write(self, octets: "Buffer", /) -> int:
        written = super().write(octets)
        self.flush()
        return written


class _Words(io.FileIO):
    """Takes words for which there is no room, and lets them go."""

    def write(self, octets: "Buffer", /) -> int:
        try:
            return super().write(octets)
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            return memoryview(octets).nbytes


def print_whole() -> None:
    """Have standard output take all of a text, or fail, and standard error fail for no full disk.

    With PYTHONUNBUFFERED Python has no buffer below its text, and drops what one call to the system
    did not take: what a full disk has no room for, or all after a signal. A run goes on whose words
    find no room: it is judged by its recording.
    """
    out, words = sys.stdout, sys.stderr
    if isinstance(out, io.TextIOWrapper) and isinstance(out.buffer, io.RawIOBase):
        how = out.encoding, out.errors
        sys.stdout = sys.__stdout__ = io.TextIOWrapper(  # type: ignore[misc]
            _Whole(out.detach()), *how, write_through=True
        )
    if isinstance(words, io.TextIOWrapper) and words is sys.__stderr__:  # not a test's own
        file = _Words(words.fileno(), "wb", closefd=False)
        sys.stderr = io.TextIOWrapper(
            _Whole(file), words.encoding, words.errors, write_through=True
        )


def drop_output() -> None:
    """Let go what standard output does not take: Python would try again at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())


def print_any_letter() -> None:
    """Escape on standard output and error what their encoding has no letter for."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def say_what_is_logged() -> None:
    """Print the bench's log to standard error; a script sets a handler of its own."""
    log = logging.getLogger("hil")
    log.handlers[:] = [_Said()]
    log.propagate = False
    log.setLevel(logging.INFO)


def say(text: str) -> None:
    """Print a sentence to standard error; it may quote a stranger's words."""
    ERR.print(visible(text, lines=True), markup=False)


def show(text: str) -> None:
    """Print what was asked for to standard output; it may quote a stranger's words."""
    OUT.print(visible(text, lines=True), markup=False)


def show_json(told: object, indent: int | None = 2) -> None:
    """Print what was asked for as JSON that every reader takes: what is no finite number is null.

    Octets are printed as hexadecimal digits.
    """
    click.echo(json.dumps(_plain(told), indent=indent, allow_nan=False))


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value

"""Where the command line prints: figures to standard output, everything else to standard error."""

import io
import json
import logging
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from hil.errors import visible

ERR = Console(stderr=True, highlight=False, soft_wrap=True)
OUT = Console(highlight=False, soft_wrap=True)
WIDE = Console(highlight=False, width=1000)  # for tables whose rows stay one line each

PathArgument = click.Path(path_type=Path)


class _Said(logging.Handler):
    """Prints what the bench logs, a sentence a line."""

    def emit(self, record: logging.LogRecord) -> None:
        say(f"hil: {record.getMessage()}")


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

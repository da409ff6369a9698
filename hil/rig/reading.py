"""Files from anybody: read as text and as TOML, or refused in a sentence."""

from __future__ import annotations

import os
import pickle
import stat
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from hil.errors import RigError
from hil.rig.suggest import suggestion

_BYTES_MOST = 1_000_000  # a hundred times the largest rig that there is
_DEPTH_MOST = 8  # a matrix in a table of a list has 4
_KEPT = 64  # texts, of the files of several rigs
_BOM = "\ufeff"


def read_text(path: Path, called: str) -> str:
    """Return a file's text without a byte order mark.

    called: how a message names the file. Raises RigError for what is not a text file of a sensible
    size; devices and pipes are not waited for.
    """
    try:
        octets = _octets(path, called)
        return octets.decode("utf-8").removeprefix(_BOM)
    except FileNotFoundError:
        raise RigError(f"{called}: no such file{_beside(path)}") from None
    except UnicodeDecodeError as error:
        if octets[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise RigError(f"{called}: is UTF-16 text: save it as UTF-8") from None
        line = octets[: error.start].count(b"\n") + 1
        raise RigError(f"{called}: is not UTF-8 text (line {line}): save it as UTF-8") from None
    except OSError as error:
        raise RigError(f"{called}: {error.strerror}") from None
    except ValueError as error:  # a NUL in the path
        raise RigError(f"{called}: {error}") from None


def parsed(path: Path, text: str) -> dict[str, Any]:
    """Return the tables of a TOML text; RigError, with line and column, when it is none.

    They are the caller's own. A text is parsed once: a rig's files are asked for several times, by
    who looks for the files that they name and by who looks at them.
    """
    try:
        return cast(dict[str, Any], pickle.loads(_pickled(text)))
    except tomllib.TOMLDecodeError as error:
        raise RigError(f"{path}: is not TOML: {error}") from None
    except RecursionError:
        raise RigError(f"{path}: is nested too deeply") from None
    except ValueError:  # an integer of more digits than Python takes
        raise RigError(f"{path}: has a number of thousands of digits") from None
    except _TooDeepError:
        raise RigError(f"{path}: is nested more than {_DEPTH_MOST} deep") from None


class _TooDeepError(Exception):
    """Tables inside of tables, too many."""


@lru_cache(maxsize=_KEPT)
def _pickled(text: str) -> bytes:
    tables = tomllib.loads(text)
    if _depth_exceeds(tables, _DEPTH_MOST):
        raise _TooDeepError
    return pickle.dumps(tables)  # which is read back ten times as quickly as TOML


def _octets(path: Path, called: str) -> bytes:
    # O_NONBLOCK: opening a pipe would else wait for its other end.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise RigError(f"{called}: is a folder: name a file")
        if not stat.S_ISREG(mode):
            raise RigError(f"{called}: is a device or a pipe: name a file")
        octets = os.read(descriptor, _BYTES_MOST + 1)
    finally:
        os.close(descriptor)
    if len(octets) > _BYTES_MOST:
        raise RigError(f"{called}: is larger than {_BYTES_MOST // 1000} kB: no rig is that large")
    return octets


def _beside(path: Path) -> str:
    beside = sorted(file.name for file in path.parent.glob(f"*{path.suffix or '.toml'}"))[:1000]
    return f"; {suggestion(path.name, beside, 'the files there are')}" if beside else ""


def _depth_exceeds(tables: dict[str, Any], most: int) -> bool:
    level: list[Any] = [tables]
    for _ in range(most):
        inner = (each.values() if isinstance(each, dict) else each for each in level)
        level = [value for values in inner for value in values if isinstance(value, dict | list)]
        if not level:
            return False
    return True

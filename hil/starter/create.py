"""A new project around one's own satellite: rig, spacecraft, test, workflow, README."""

from __future__ import annotations

import re
import shutil
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import hil
from hil.errors import RigError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}")


def create(name: str, parent: Path) -> list[Path]:
    """Write the project's files into a new folder and return their paths.

    Raises RigError for a name that is no name of a folder and a rig, for a folder that is there
    already, and where it cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise RigError(
            f"hil new {name}: a name begins with a letter and goes on with letters, digits, - and _"
        )
    folder = parent / name
    if folder.exists():
        raise RigError(f"{folder} exists: name another project, or remove it")
    try:
        return [_written(source, folder, name) for source in _templates(files(__package__))]
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)  # half a project would be in the way of a whole
        raise RigError(f"cannot write {error.filename or folder}: {error.strerror}") from error


def _templates(package: Traversable) -> list[tuple[str, str]]:
    """Return (path in the project, text) of every file, parts of paths being joined by ``__``."""
    found = package.joinpath("project").iterdir()  # an installation compiles what is in it
    return [(each.name, each.read_text(encoding="utf-8")) for each in found if each.is_file()]


def _written(source: tuple[str, str], folder: Path, name: str) -> Path:
    stored, text = source
    path = folder / stored.replace("__", "/").replace("NAME", name).replace("DOT", ".")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace("@NAME@", name).replace("@VERSION@", hil.__version__))
    return path

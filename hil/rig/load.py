"""From files, or from a recording, to a rig."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from hil.errors import RigError, visible
from hil.rig.model import Rig
from hil.rig.parts import part_names, part_path
from hil.rig.problems import SPACECRAFT, look, look_at_spacecraft, look_at_tables, orbit_message
from hil.rig.reading import parsed, read_text
from hil.rig.source import Source
from hil.rig.spacecraft import Spacecraft


class KeptRig(Protocol):
    """A recording, as far as the rig in it goes; it may still be growing."""

    @property
    def path(self) -> Path:
        """Where it is."""

    @property
    def metadata(self) -> Mapping[str, Mapping[str, str]]:
        """Record name -> its values."""


def load_rig(path: str | Path) -> Rig:
    """Return the rig that a TOML file describes.

    It is as a run by itself needs it: its requirements and telecommands lie within it.
    Raises RigError, a sentence with file, table, key, value and what would be right for each thing
    that is wrong in it, in the spacecraft file that it names, or in the part files that this one
    names.
    """
    reader = _Reader()
    source = reader.source(Path(path))
    return _rig(source, alone=True, unread=reader.problems)


def load_spacecraft(path: str | Path) -> tuple[Spacecraft, Source]:
    """Return what a spacecraft's TOML file describes, and its text with that of its parts.

    Raises RigError, a sentence for each thing that is wrong in it or in its parts.
    """
    reader, path = _Reader(), Path(path)
    text = read_text(path, f"{path}")
    craft, parts = parsed(path, text), reader._parts(path, text)
    source = Source(path, "", path, text, parts)
    found, problems = look_at_spacecraft(source, craft)
    if found is None or reader.problems:
        raise RigError(visible("\n".join([*reader.problems, *problems]), lines=True))
    return found, source


def is_spacecraft(path: str | Path) -> bool:
    """Return whether a TOML file is a spacecraft's, and not a rig; RigError when it is no TOML."""
    tables = parsed(Path(path), read_text(Path(path), f"{path}"))
    return SPACECRAFT not in tables and ("body" in tables or "name" in tables)


def rig_of(recording: KeptRig) -> Rig:
    """Return the rig that a recording was made with; RigError when it does not hold one."""
    kept = recording.metadata.get("rig")
    if kept is None:
        raise RigError(f"{recording.path} does not hold the rig that it was made with")
    try:
        source = Source.kept(kept)
    except (KeyError, TypeError, ValueError, RecursionError):
        raise RigError(f"{recording.path}: the rig that it holds is damaged") from None
    return _rig(source, alone=False)


def rig_from(source: Source) -> Rig:
    """Return the rig of files that are told as text, as load_rig does; RigError likewise."""
    return _rig(source, alone=True)


def rig_of_tables(source: Source, rig: dict[str, Any], craft: dict[str, Any]) -> Rig | list[str]:
    """Return the rig of files that are there as tables too, or all that is wrong with it."""
    found, problems = look_at_tables(source, rig, craft)
    return problems if found is None else _of(source, found)


def _rig(source: Source, *, alone: bool, unread: list[str] | None = None) -> Rig:
    rig, problems = look(source, alone)
    if rig is None or unread:
        raise RigError(visible("\n".join([*(unread or []), *problems]), lines=True))
    return _of(source, rig)


def _of(source: Source, rig: Rig) -> Rig:
    rig._source = source
    rig._read = _reread
    return rig


def _reread(source: Source) -> Rig:
    return _rig(source, alone=False)


class _Reader:
    """Reads a rig's files; what cannot be read is told and left out."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def source(self, path: Path) -> Source:
        """Return a rig's files; RigError when not even the rig's own can be used."""
        text = read_text(path, f"{path}")
        data = parsed(path, text)
        if "body" in data:
            raise RigError(f"{path}: is a spacecraft's file: give a rig that names it")
        craft_path, craft_text = self._spacecraft(path, data)
        parts = self._parts(craft_path, craft_text)
        orbit_text = self._orbit(path, data)
        return Source(path, text, craft_path, craft_text, parts, orbit_text=orbit_text)

    def _spacecraft(self, path: Path, data: dict[str, Any]) -> tuple[Path, str]:
        named = data.get(SPACECRAFT)
        if not isinstance(named, str):
            wrong = "is missing" if named is None else "must be text in quotes"
            self.problems.append(
                f"{path}: spacecraft {wrong}: name a spacecraft's file, relative to this one"
            )
            return path, ""
        craft_path = path.parent / named
        called = f'{path}: spacecraft = "{named}": {craft_path}'
        text = self._text(craft_path, called)
        if SPACECRAFT in _tables(craft_path, text):
            self.problems.append(
                f"{called}: is a rig, not a spacecraft's file: name the one that it names"
            )
            return craft_path, ""
        return craft_path, text

    def _parts(self, craft_path: Path, craft_text: str) -> dict[str, str]:
        """Return the text of every part file that a spacecraft's file names, by its name."""
        texts = {}
        for name in part_names(_tables(craft_path, craft_text)):
            path = part_path(craft_path, name)
            if text := self._text(path, f'{craft_path}: part = "{name}": {path}'):
                texts[name] = text
        return texts

    def _orbit(self, path: Path, data: dict[str, Any]) -> str:
        """Return the text of the orbit message that a rig names, if it names one."""
        name = orbit_message(data)
        if name is None:
            return ""
        called = f'{path}: [orbit] omm = "{name}": {path.parent / name}'
        problems = len(self.problems)
        text = self._text(path.parent / name, called)
        if not text and len(self.problems) == problems:
            self.problems.append(f"{called}: is empty: there must be an orbit message")
        return text

    def _text(self, path: Path, called: str) -> str:
        try:
            return read_text(path, called)
        except RigError as error:
            self.problems.append(str(error))
            return ""


def _tables(path: Path, text: str) -> dict[str, Any]:
    """Return the tables of a text; none if it is no TOML, which is told when it is looked at."""
    try:
        return parsed(path, text)
    except RigError:
        return {}

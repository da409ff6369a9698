"""Reading a rig's files; the only home of errors in them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from hil.errors import RigError
from hil.rig.fit import late_complaints
from hil.rig.model import Rig
from hil.rig.parts import errors_by_file, part_names, part_path, with_parts
from hil.rig.recorded import unknown_columns
from hil.rig.words import sentences, suggestion, worth_telling

_SPACECRAFT = "spacecraft"


@dataclass(frozen=True)
class Source:
    """A rig's files as text, and what was given instead of the rig file's own values.

    parts: the text of each part file by the name that the spacecraft's file gives it.
    """

    path: Path
    text: str
    spacecraft_path: Path
    spacecraft_text: str
    parts: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, object] = field(default_factory=dict)

    def rig(self) -> Rig:
        """Return the validated rig; RigError, a sentence for each thing wrong, if it is none."""
        data = {**_parsed(self.path, self.text), **self.overrides}
        data[_SPACECRAFT] = with_parts(*self._craft())
        try:
            # As JSON, so that strictness takes a list for a vector but no "600" for 600.
            rig = Rig.model_validate_json(json.dumps(data, default=str), strict=True)
        except ValidationError as error:
            raise RigError(self._in_words(error, data)) from None
        rig._source = self
        return rig

    def overridden(self, values: Mapping[str, object]) -> Source:
        """Return this source with more values given instead of the file's."""
        return replace(self, overrides={**self.overrides, **values})

    def metadata(self) -> dict[str, str]:
        """Return all of it as a recording's metadata record; ``rig_of`` reads it back."""
        return {
            "path": str(self.path),
            "text": self.text,
            "spacecraft_path": str(self.spacecraft_path),
            "spacecraft_text": self.spacecraft_text,
            "parts": json.dumps(dict(self.parts)),
            "overrides": json.dumps(dict(self.overrides)),
        }

    def _craft(self) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """The spacecraft's file and, by name, its parts."""
        path = self.spacecraft_path
        parts = {name: _parsed(part_path(path, name), text) for name, text in self.parts.items()}
        return _parsed(self.spacecraft_path, self.spacecraft_text), parts

    def _in_words(self, error: ValidationError, data: dict[str, Any]) -> str:
        own, inner = [], []
        odd = dict(unknown_columns(data.get("requirement"), data[_SPACECRAFT]))
        for each in worth_telling(error.errors()):
            if each["loc"][:1] == (_SPACECRAFT,):
                each["loc"] = each["loc"][1:]
                inner.append(each)
            elif not _about(each, odd):
                own.append(each)
        return "\n".join(
            [f"{self.path}: {words}" for words in (*sentences(own, data, Rig), *odd.values())]
            + errors_by_file(inner, self.spacecraft_path, *self._craft())
        )


def load_rig(path: str | Path) -> Rig:
    """Return the rig that a TOML file describes.

    It is as a run by itself would need it: its requirements and telecommands lie within it.
    Raises RigError, with file, table, key, value and what would be right, for anything wrong in it
    or in the spacecraft file that it names, or in the part files that this one names.
    """
    path = Path(path)
    text = _read(path, f"{path}")
    data = _parsed(path, text)
    if "body" in data:
        raise RigError(f"{path}: is a spacecraft's file: give a rig that names it")
    named = data.get(_SPACECRAFT)
    if not isinstance(named, str):
        wrong = "is missing" if named is None else "must be text in quotes"
        raise RigError(
            f"{path}: spacecraft {wrong}: name a spacecraft's file, relative to this one"
        )
    spacecraft_path = path.parent / named
    called = f'{path}: spacecraft = "{named}": {spacecraft_path}'
    spacecraft_text = _read(spacecraft_path, called)
    if _SPACECRAFT in _parsed(spacecraft_path, spacecraft_text):
        raise RigError(f"{called}: is a rig, not a spacecraft's file: name the one that it names")
    parts = _parts(spacecraft_path, spacecraft_text)
    rig = Source(path, text, spacecraft_path, spacecraft_text, parts).rig()
    _refuse_what_can_never_be_judged(rig, data)
    return rig


def _refuse_what_can_never_be_judged(rig: Rig, data: dict[str, Any]) -> None:
    """Raise RigError for what lies beyond the run's end or is about no column of it.

    Not so for a rig with overrides, or one kept in a recording: a run made shorter is not judged,
    but may be run, and another version's columns may have other names.
    """
    devices = {key: list(value) for key, value in rig.spacecraft if isinstance(value, tuple)}
    columns = (words for _, words in unknown_columns(data.get("requirement"), devices))
    found = [*late_complaints(rig), *columns]
    if found:
        raise RigError("\n".join(f"{rig.source.path}: {words}" for words in found))


def _about(error: ErrorDetails, requirements: Container[object]) -> bool:
    """Whether an error says of one of these requirements, as a whole, what is wrong with it."""
    return (
        error["type"] == "value_error"
        and error["loc"][:1] == ("requirement",)
        and error["loc"][1] in requirements
    )


class KeptRig(Protocol):
    """A recording, as far as the rig in it goes; it may still be growing."""

    @property
    def path(self) -> Path:
        """Where it is."""

    @property
    def metadata(self) -> Mapping[str, Mapping[str, str]]:
        """Record name -> its values."""


def rig_of(recording: KeptRig) -> Rig:
    """Return the rig that a recording was made with; RigError when it does not hold one."""
    kept = recording.metadata.get("rig")
    if kept is None:
        raise RigError(f"{recording.path} does not hold the rig that it was made with")
    paths = Path(kept["path"]), Path(kept["spacecraft_path"])
    parts, overrides = json.loads(kept["parts"]), json.loads(kept["overrides"])
    return Source(paths[0], kept["text"], paths[1], kept["spacecraft_text"], parts, overrides).rig()


def _parts(spacecraft_path: Path, spacecraft_text: str) -> dict[str, str]:
    """Return the text of every part file that a spacecraft's file names, by its name."""
    try:
        names = part_names(_parsed(spacecraft_path, spacecraft_text))
    except ValueError as error:
        raise RigError(f"{spacecraft_path}: {error}") from None
    paths = {name: part_path(spacecraft_path, name) for name in names}
    return {
        name: _read(path, f'{spacecraft_path}: part = "{name}": {path}')
        for name, path in paths.items()
    }


def _read(path: Path, called: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        beside = sorted(file.name for file in path.parent.glob("*.toml"))
        hint = f"; {suggestion(path.name, beside, 'the TOML files there are')}" if beside else ""
        raise RigError(f"{called}: no such file{hint}") from None
    except UnicodeDecodeError:
        raise RigError(f"{called}: is no text in UTF-8") from None
    except OSError as error:
        raise RigError(f"{called}: {error.strerror}") from None


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RigError(f"{path}: is not TOML: {error}") from None

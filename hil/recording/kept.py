"""What a recording keeps as JSON or as a number in its metadata: the file may be a stranger's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from hil.errors import RecordingError


class Kept(Protocol):
    """A recording, or a file that is still growing."""

    @property
    def path(self) -> Path:
        """Where it is."""

    @property
    def metadata(self) -> Mapping[str, Mapping[str, str]]:
        """Record name -> its values."""


def mode_names(recording: Kept) -> tuple[str, ...]:
    """Return the modes' names, by number; none if the recording holds none.

    Raises RecordingError when what it holds is no list of names.
    """
    names = _json(recording, "wire", "modes", "[]")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise damaged(recording, "wire", "modes", "a list of names")
    return tuple(names)


def number(recording: Kept, record: str, key: str, default: float) -> float:
    """Return a number of the metadata; RecordingError when there stands something else."""
    text = recording.metadata.get(record, {}).get(key)
    try:
        return default if text is None else float(text)
    except ValueError:
        raise damaged(recording, record, key, "a number") from None


def steps_a_row(recording: Kept) -> int:
    """Return of how many steps in a row one is recorded: 1, unless the recording is thinned."""
    every = number(recording, "run", "every", 1.0)
    if not (every >= 1.0 and every.is_integer()):
        raise damaged(recording, "run", "every", "a count of steps")
    return int(every)


def rig_files(recording: Kept) -> tuple[dict[str, str], Mapping[str, object]] | None:
    """Return the text of each file of the run's rig by its path, and what was given instead.

    None when the recording holds no rig; RecordingError when what it holds is damaged.
    """
    kept = recording.metadata.get("rig")
    if kept is None:
        return None
    parts, overrides = (_json(recording, "rig", key, "{}") for key in ("parts", "overrides"))
    if not isinstance(parts, dict) or not isinstance(overrides, dict):
        raise damaged(recording, "rig", "parts", "a table of files")
    try:
        files = {kept["path"]: kept["text"], kept["spacecraft_path"]: kept["spacecraft_text"]}
    except KeyError as error:
        raise damaged(recording, "rig", str(error.args[0]), "there") from None
    return files | {str(path): str(text) for path, text in parts.items()}, overrides


def damaged(recording: Kept, record: str, key: str, wanted: str) -> RecordingError:
    """Return the error of metadata that are not what the bench writes."""
    return RecordingError(f"{recording.path} is damaged: its {record} {key} is not {wanted}")


def _json(recording: Kept, record: str, key: str, default: str) -> object:
    try:
        return json.loads(recording.metadata.get(record, {}).get(key, default))
    except (ValueError, RecursionError):
        raise damaged(recording, record, key, "JSON") from None

"""A campaign's folder: what it is, its cases, what each came to, and hashes of all of it."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hil.campaign.case import stem_of
from hil.campaign.kept import (
    KeptOutcome,
    KeptSettings,
    checked,
    parsed,
    read_text,
    told_if_unusable,
)
from hil.errors import RigError
from hil.rig import Rig, Source, rig_from

_FORMAT = 1
_NAME, _RESULTS, _MANIFEST = "campaign.json", "results.jsonl", "manifest.json"
_NEW_MANIFEST = f"{_MANIFEST}.new"
TABLE = "cases.parquet"
Settings = dict[str, Any]


class Folder:
    """The files of a campaign."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def begun(self) -> bool:
        """Whether there is a campaign in it."""
        return (self.path / _NAME).is_file()

    @property
    def settings(self) -> Settings:
        """What the campaign is; RigError when the folder holds none."""
        path, text = self.path / _NAME, self._text(_NAME)
        try:
            found = parsed(text)
            if not isinstance(found, dict) or found["format"] != _FORMAT:
                raise RigError(f"{path}: is of another version of hil")
        except (ValueError, KeyError):
            raise RigError(f"{path}: is damaged: it is not a campaign's") from None
        return checked(found, KeptSettings, f"{path}")

    def keep_settings(self, settings: Settings) -> None:
        """Write what the campaign is."""
        text = json.dumps({"format": _FORMAT, **settings}, indent=1)
        with told_if_unusable(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            (self.path / _NAME).write_text(f"{text}\n", encoding="utf-8")

    @property
    def rig(self) -> Rig:
        """The rig of the campaign."""
        try:
            return rig_from(Source.kept(self.settings["rig"]))
        except (KeyError, TypeError, ValueError, RecursionError):
            raise RigError(f"{self.path / _NAME}: the rig in it is damaged") from None

    def case_path(self, number: int) -> Path:
        """Return the rig file of a case."""
        return self.path / "cases" / f"{stem_of(number)}.toml"

    def recording_path(self, number: int) -> Path:
        """Return where the recording of a case is kept, if it is."""
        return self.path / "recordings" / f"{stem_of(number)}.mcap"

    def keep_recording(self, number: int, octets: bytes) -> None:
        """Write the recording of a case."""
        path = self.recording_path(number)
        with told_if_unusable(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(octets)

    def keep_outcome(self, outcome: Mapping[str, Any]) -> None:
        """Put what a case came to behind the others."""
        with told_if_unusable(self.path), (self.path / _RESULTS).open("a") as file:
            file.write(f"{json.dumps(outcome)}\n")

    def outcomes(self) -> list[dict[str, Any]]:
        """Return what each case came to, by its number; a line that was cut off is left out.

        Raises RigError for a line that is whole and no outcome, and for outcomes that are not of
        one campaign.
        """
        if not (self.path / _RESULTS).exists():
            return []
        found: dict[int, dict[str, Any]] = {}
        drawn: set[str] | None = None
        for number, line in enumerate(self._text(_RESULTS).splitlines(), start=1):
            try:
                told = parsed(line)
            except ValueError:
                continue  # the campaign was killed while it wrote this
            called = f"{self.path / _RESULTS}, line {number}"
            outcome = checked(told, KeptOutcome, called)
            drawn = set(outcome["dispersed"]) if drawn is None else drawn
            if set(outcome["dispersed"]) != drawn:
                raise RigError(f"{called}: is damaged: it disperses other keys than those before")
            found[outcome["case"]] = outcome
        return [found[number] for number in sorted(found)]

    def mend(self) -> None:
        """Give a last line that was cut off its end, so that the next one is whole."""
        path = self.path / _RESULTS
        if path.is_file() and not path.read_bytes().endswith(b"\n"):
            with told_if_unusable(path), path.open("a") as file:
                file.write("\n")

    # -- hashes ------------------------------------------------------------------------------------

    def keep_manifest(self) -> str:
        """Write the hashes of all files, and return the hash of that list."""
        with told_if_unusable(self.path):
            hashes = {name: _hash(self.path / name) for name in self._files()}
            text = json.dumps({"sha256": hashes}, indent=1)
            new = self.path / _NEW_MANIFEST
            new.write_text(f"{text}\n", encoding="utf-8")
            new.replace(self.path / _MANIFEST)  # opened, a pipe in its place would wait for ever
            return _hash(self.path / _MANIFEST)

    def tampered(self) -> list[str]:
        """Return, a sentence each, which files are not what they were when the campaign ended."""
        try:
            hashes = {
                str(name): told for name, told in parsed(self._text(_MANIFEST))["sha256"].items()
            }
        except (ValueError, KeyError, TypeError, AttributeError):
            return [f"{_MANIFEST} is damaged: nothing tells what the files were"]
        with told_if_unusable(self.path):
            present = set(self._files())
            found = [f"{name} is missing" for name in sorted(hashes.keys() - present)]
            found += [f"{name} was added" for name in sorted(present - hashes.keys())]
            return found + [
                f"{name} was changed"
                for name in sorted(present & hashes.keys())
                if _hash(self.path / name) != hashes[name]
            ]

    def manifest_hash(self) -> str:
        """Return the hash of the list of hashes, which the campaign printed at its end."""
        with told_if_unusable(self.path):
            return _hash(self.path / _MANIFEST)

    def _files(self) -> Iterator[str]:
        for path in sorted(self.path.rglob("*")):
            if path.is_file() and path.name not in (_MANIFEST, _NEW_MANIFEST):
                yield path.relative_to(self.path).as_posix()

    def _text(self, name: str) -> str:
        return read_text(self.path / name, f"{self.path}: is not a campaign's folder: {name}")


def _hash(path: Path) -> str:
    if not path.is_file():  # a device would never end
        raise OSError(errno.EINVAL, "is not a file", str(path))
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

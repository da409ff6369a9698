"""A rig's files as text: what a recording keeps of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """A rig's files as text, and what was given instead of the rig file's own values.

    parts: the text of each part file by the name that the spacecraft's file gives it.
    orbit_text: of the orbit message that the rig names; empty if it names none.
    """

    path: Path
    text: str
    spacecraft_path: Path
    spacecraft_text: str
    parts: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, object] = field(default_factory=dict)
    orbit_text: str = ""

    @property
    def name(self) -> str:
        """The rig file's name without its ending."""
        return _in_utf8(Path(self.path.stem))

    def overridden(self, values: Mapping[str, object]) -> Source:
        """Return this source with more values given instead of the file's."""
        return replace(self, overrides={**self.overrides, **values})

    def metadata(self) -> dict[str, str]:
        """Return all of it as a recording's metadata record; ``kept`` reads it back."""
        orbit = {"orbit_text": self.orbit_text} if self.orbit_text else {}
        return {
            "path": _in_utf8(self.path),
            "text": self.text,
            "spacecraft_path": _in_utf8(self.spacecraft_path),
            "spacecraft_text": self.spacecraft_text,
            "parts": json.dumps(dict(self.parts)),
            "overrides": json.dumps(dict(self.overrides), default=datetime.isoformat),
            **orbit,
        }

    @staticmethod
    def kept(record: Mapping[str, str]) -> Source:
        """Return the source that a recording's metadata record holds."""
        return Source(
            Path(record["path"]),
            record["text"],
            Path(record["spacecraft_path"]),
            record["spacecraft_text"],
            {name: str(text) for name, text in dict(json.loads(record["parts"])).items()},
            dict(json.loads(record["overrides"])),
            record.get("orbit_text", ""),
        )


def _in_utf8(path: Path) -> str:
    """A path as a recording can hold it: octets that are no UTF-8 are written as escapes."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")

"""The parts that come with the bench, as a list to choose from."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from hil.machine.shipped import PREFIX, rigs_folder

_FOR = re.compile(r"\s*For \[\[(\w+)\]\]\.?")


@dataclass(frozen=True)
class Part:
    """A part: its name in a spacecraft's file, the table it is for, what it is, its figures."""

    name: str
    table: str
    what: str
    figures: dict[str, object]


def library() -> list[Part]:
    """Return all parts, by the table that they are for."""
    files = sorted((rigs_folder() / "parts").glob("*.toml"))
    return sorted(map(_part, files), key=lambda part: (part.table, part.name))


def _part(path: Path) -> Part:
    text = path.read_text(encoding="utf-8")
    first = text.partition("\n")[0].removeprefix("#").strip()
    found = _FOR.search(first)
    table, what = (found[1], first[: found.start()]) if found else ("", first)
    return Part(PREFIX + path.stem, table, what.rstrip(". "), tomllib.loads(text))

"""Each device of a spacecraft's file, and where its figures come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hil.devices.registry import registry
from hil.rig.reading import parsed
from hil.rig.source import Source

_FOR = re.compile(r"\s*For \[\[\w+\]\]\.?")
_NUMBERED = re.compile(r"\[\d+\] ")


def devices(source: Source) -> Iterator[dict[str, Any]]:
    """Yield the devices of a spacecraft's file, in its order: heading, name, part, sources.

    sources: the numbered comments of the part's file, and how many of its figures are guesses.
    """
    tables = parsed(source.spacecraft_path, source.spacecraft_text)
    for heading in registry().headings:
        for number, table in enumerate(tables.get(heading, ())):
            part = table.get("part")
            text = source.parts.get(part, "")
            yield {
                "heading": heading,
                "name": table.get("name", str(number)),
                "part": part,
                "what": _what(text) if text else "as written in the spacecraft's file",
                "sources": _sources(text),
                "guesses": sum("# guess" in line for line in text.splitlines()),
                "overridden": sorted(set(table) & set(_keys(text))),
            }


def _what(text: str) -> str:
    first = text.partition("\n")[0].removeprefix("#").strip()
    return _FOR.sub("", first).rstrip(". ")


def _sources(text: str) -> list[str]:
    """Return the numbered comments; one that goes on in the next line is whole."""
    found: list[str] = []
    for line in (line.lstrip("# ") for line in text.splitlines()[1:] if line.startswith("#")):
        if _NUMBERED.match(line):
            found.append(line)
        elif found:
            found[-1] += f" {line}"
    return found


def _keys(text: str) -> list[str]:
    lines = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    return [key.strip() for key, equals, _ in lines if equals]

"""Text of strangers: names and titles that a terminal would obey, or not show, are refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_HOLDERS = (str, dict, list)
_ELEMENTS = "tle"  # what is wrong in two-line elements is told by line and column


def unshown_characters(tables: dict[str, Any], path: Path) -> list[str]:
    """Return a sentence for each text and key with control or format characters in it."""
    return [
        f"{path}: {' '.join(filter(None, where))}: has the character U+{ord(odd):04X}, which "
        "cannot be shown: take it out"
        for where, text in _texts(tables, ())
        if not text.isprintable()  # which it is almost always, and which is told at once
        for odd in [next((each for each in text if _cannot_be_shown(each)), None)]
        if odd is not None
    ]


def _texts(value: Any, where: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield (where it stands, text) of every key and text."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            at = (*where, key)
            yield at, key
            if key != _ELEMENTS and isinstance(inner, _HOLDERS):
                yield from _texts(inner, at)
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            if isinstance(inner, _HOLDERS):
                yield from _texts(inner, (*where, f"number {number}"))


def _cannot_be_shown(character: str) -> bool:
    category = unicodedata.category(character)
    return category.startswith("C") or category in ("Zl", "Zp")

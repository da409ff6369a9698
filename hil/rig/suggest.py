"""What was probably meant by a name that there is not."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

_ALIKE, _FAINTLY_ALIKE = 0.7, 0.45  # of 1: the first is a letter or two of a word
_READABLE, _NEAR = 30, 4  # names in a message: all there are up to this many, else the nearest
_LONGEST = 80  # letters of a name that are compared; the comparison is quadratic


def closest(word: str, known: Sequence[str]) -> str | None:
    """Return the known word that differs by a letter or two, if there is one."""
    return next(iter(get_close_matches(word[:_LONGEST], known, n=1, cutoff=_ALIKE)), None)


def suggestion(word: str, known: Sequence[str], otherwise: str) -> str:
    """Return "did you mean ..." for a close match, else the known words after an introduction.

    Where they are too many to read, the nearest ones stand for all.
    """
    if close := closest(word, known):
        return f"did you mean {close}?"
    if len(known) <= _READABLE:
        return f"{otherwise} {', '.join(known)}"
    near = [name for name in known if word in name][:_NEAR]
    near = near or get_close_matches(word[:_LONGEST], known, n=_NEAR, cutoff=_FAINTLY_ALIKE)
    if near:
        return f"did you mean {', '.join(near)}?"
    return f"{otherwise} {', '.join(known[:_NEAR])} and {len(known) - _NEAR} others"

"""What a rule over a rig is: sentences about a rig of which some keys may be wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from hil.rig.model import Rig

Rule = Callable[[Rig], Iterable[str]]


def as_far_as_known(sentences: Iterable[str]) -> Iterator[str]:
    """Yield what a rule says until it needs a key that is wrong; see hil.rig.examine."""
    try:
        yield from sentences
    except (AttributeError, TypeError, ArithmeticError):  # for a key that is wrong, which is told
        return

"""What a rule over a rig is: sentences about a rig of which some keys may be wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

import numpy as np

from hil.rig.model import Rig

Rule = Callable[[Rig], Iterable[str]]


def as_far_as_known(sentences: Iterable[str]) -> list[str]:
    """Return what a rule says until it needs a key that is wrong; see hil.rig.examine."""
    told: list[str] = []
    wrong = AttributeError, TypeError, ArithmeticError  # for a key that is wrong, which is told
    with suppress(*wrong), np.errstate(over="raise", invalid="raise", divide="raise"):
        told.extend(sentences)
    return told

"""Errors at the steps of a run, and the figures that come of them, piece by piece."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hil.judge.pointing.windows import lengths

FloatArray = NDArray[np.float64]


class Series(NamedTuple):
    """A figure over some time: its values (an index: in radians), and the instant of each in s."""

    time_s: FloatArray
    value: FloatArray


class Errors(NamedTuple):
    """Error vectors at some steps in a row, (n, parts) in radians each.

    time_s, at: the steps' instants and the errors there. mean: over the control period that ends
    with each step. inside, inside_s: the error at one instant within that period, and when that is;
    None where nothing is known of it. Each goes on from the one before, so that it may be beyond
    half a turn; size: of the errors at the steps, which is not; None where it is their length.
    """

    time_s: FloatArray
    at: FloatArray
    mean: FloatArray
    inside: FloatArray | None = None
    inside_s: FloatArray | None = None
    size: FloatArray | None = None

    @property
    def sizes(self) -> FloatArray:
        """The sizes (n,) of the errors at the steps."""
        return lengths(self.at) if self.size is None else self.size

    def part(self, steps: slice) -> Errors:
        """Return the errors of some of the steps."""
        known = {k: each for k, each in self._asdict().items() if each is not None}
        return Errors(**{k: each[steps] for k, each in known.items()})


def joined(pieces: list[Errors]) -> Errors:
    """Return the errors of all steps, those of one piece after those of the other."""
    if len(pieces) == 1:
        return pieces[0]
    fields = zip(*pieces, strict=True)
    return Errors(*(_one_after_another(parts) for parts in fields))  # type: ignore[arg-type]


def _one_after_another(parts: tuple[FloatArray | None, ...]) -> FloatArray | None:
    known = [part for part in parts if part is not None]
    return np.concatenate(known) if known else None


def nothing() -> Series:
    """Return a figure of no time."""
    return Series(np.empty(0), np.empty(0))

"""Recording less than a run makes: some columns, one step of so many."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from hil.recording.layout import Columns, places_of


class Thin:
    """Picks the rows and the numbers that are kept; columns: those of the rows kept.

    given: the columns of a whole row. kept: their names, all if None.
    """

    def __init__(self, given: Columns, kept: Iterable[str] | None, every: int) -> None:
        wanted = {name for name, _ in given} if kept is None else set(kept)
        self.columns = tuple((name, size) for name, size in given if name in wanted)
        numbers = np.arange(sum(size for _, size in given))
        places = places_of(given)
        parts = [np.atleast_1d(numbers[places[name]]) for name, _ in self.columns]
        self._places = np.concatenate([*parts, numbers[:0]])
        self._every, self._seen = every, 0

    def rows(self, rows: NDArray[np.float64]) -> tuple[list[int], NDArray[np.float64]]:
        """Return which of many rows are kept, and what is kept of them."""
        first = -self._seen % self._every
        kept = list(range(first, len(rows), self._every))
        self._seen += len(rows)
        return kept, rows[first :: self._every].take(self._places, axis=1)

    def row(self, data: bytes) -> bytes:
        """Return what is kept of a row of little-endian float64: nothing of most rows, maybe."""
        self._seen += 1
        if (self._seen - 1) % self._every:
            return b""
        kept: bytes = np.frombuffer(data, dtype="<f8")[self._places].tobytes()
        return kept

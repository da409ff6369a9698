"""The ways in which three axes can be swapped and inverted."""

from __future__ import annotations

from itertools import permutations, product
from typing import NamedTuple

import numpy as np

from hil.diagnosis.units import AXES
from hil.judge.rows import FloatArray


class Turn(NamedTuple):
    """One of the 48 ways in which three axes can be swapped and inverted."""

    matrix: FloatArray
    changes: int

    @property
    def words(self) -> str:
        shown = []
        for row in self.matrix:
            at = int(np.argmax(np.abs(row)))
            shown.append(("-" if row[at] < 0.0 else "") + AXES[at])
        return f"[{', '.join(shown)}]"


def _turns() -> list[Turn]:
    found = []
    for order in permutations(range(3)):
        for signs in product((1.0, -1.0), repeat=3):
            matrix = np.zeros((3, 3))
            matrix[range(3), order] = signs
            changes = int(np.count_nonzero(np.diag(matrix) != 1.0))
            found.append(Turn(matrix, changes))
    return sorted(found, key=lambda turn: turn.changes)


TURNS = _turns()
"""Those that change least come first."""

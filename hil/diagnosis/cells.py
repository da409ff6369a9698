"""Whether the OBC takes the cells of a coarse Sun sensor in another order than they are sent."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations
from typing import NamedTuple

import numpy as np

from hil.diagnosis.finding import Finding
from hil.diagnosis.units import AXES
from hil.judge.knowledge import estimated_q_eci_from_body
from hil.judge.rows import FloatArray, Mask, Rows
from hil.physics.rotations import apply, conjugate
from hil.rig import Rig

_COUNTS = "coarse_sun_sensor0_illumination_adc"
_SUN, _LIT = "truth_sun_eci", "truth_sunlit"
_ENOUGH, _MOST, _CELLS = 8, 500, 6
_BRIGHT = 0.5  # of full sunlight: less is mostly the Earth's
_NEAR_rad, _FAR_rad, _NINE_OF_TEN = 0.35, 0.45, 90.0
_FACES = [f"{sign}{axis}" for axis in AXES for sign in "+-"]


class _Order(NamedTuple):
    """An order in which cells may be read, and what has changed in it."""

    cells: list[int]
    words: str


def _orders() -> Iterator[_Order]:
    yield _Order(list(range(_CELLS)), "")
    for a, b in combinations(range(_CELLS), 2):
        cells = list(range(_CELLS))
        cells[a], cells[b] = b, a
        yield _Order(cells, f"{_FACES[a]} and {_FACES[b]} exchanged")
    for axes in list(permutations(range(3)))[1:]:
        cells = [2 * axis + side for axis in axes for side in (0, 1)]
        yield _Order(cells, f"in the order {', '.join(_FACES[cell] for cell in cells)}")


_ORDERS = list(_orders())


class Cells:
    """Where the Sun is by the attitude that the OBC has just found, beside what its cells show.

    An attitude that is found anew is made of what the sensors show at that instant.
    """

    columns = frozenset({"estimate_q_eci_from_body", "estimate_flags", _COUNTS, _SUN, _LIT})

    def __init__(self, rig: Rig) -> None:
        self._bright = _BRIGHT * rig.spacecraft.tables("coarse_sun_sensor")[0].full_sun_adc
        self._knew = False
        self._off: list[FloatArray] = []  # angles by order, of each attitude found anew

    def feed(self, rows: Rows) -> None:
        """Take the next steps; those at which an attitude was found anew count."""
        estimated = estimated_q_eci_from_body(rows)
        known: Mask = np.asarray(np.isfinite(estimated).all(axis=1))
        before = np.concatenate([[self._knew], known[:-1]])
        self._knew = bool(known[-1]) if len(known) else self._knew
        counts = rows[_COUNTS]
        bright = np.linalg.norm(_sum(counts), axis=1) > self._bright
        at = np.flatnonzero(known & ~before & (rows[_LIT] > 0.5) & bright)
        believed = apply(conjugate(estimated[at]), rows[_SUN][at])
        for here, sun in zip(counts[at], believed, strict=True):
            read = _sum(np.array([here[order.cells] for order in _ORDERS]))
            cosines = read @ sun / np.maximum(np.linalg.norm(read, axis=1), 1e-9)
            self._off.append(np.arccos(np.clip(cosines, -1.0, 1.0)))
        del self._off[_MOST:]

    def findings(self) -> Iterator[Finding]:
        """Yield in which order the cells would give the attitudes that were found."""
        if len(self._off) < _ENOUGH:
            return
        within = np.percentile(np.array(self._off), _NINE_OF_TEN, axis=0)
        best = int(np.argmin(within))
        if within[best] > _NEAR_rad or within[0] < _FAR_rad:
            return
        words = (
            f"the OBC found its attitude {len(self._off)} times, by a Sun that the cells of coarse "
            f"sun sensor 0 show if they are {_ORDERS[best].words}; the wire has them in the order "
            f"{', '.join(_FACES)}"
        )
        yield Finding(words, 91.0, "any", "coarse sun sensor 0")


def _sum(counts: FloatArray) -> FloatArray:
    """Return the vectors (n, 3) that the counts (n, 6) of cells on six faces point at."""
    return np.asarray(counts[:, 0::2] - counts[:, 1::2])

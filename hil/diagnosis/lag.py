"""Whether the attitude that the OBC believes is that of another instant: errors along the rate."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hil.diagnosis.finding import Finding
from hil.diagnosis.units import amount
from hil.judge.rows import FloatArray

_WRONG_rad = 0.1  # more is no error of time
_MOVES_rad_s, _ENOUGH = 3e-4, 200
_LATE_s, _FITS = 0.02, 0.4


class Lag:
    """Regression of the attitude's error on the body's rate, both about their means.

    About their means, as a boresight that is off at a steady rate looks like a delay.
    """

    def __init__(self) -> None:
        self._count = 0
        self._off, self._rate = np.zeros(3), np.zeros(3)
        self._off2, self._rate2, self._both = np.zeros(3), np.zeros(3), np.zeros(3)

    def feed(self, off_rad: FloatArray, rate: FloatArray) -> None:
        """Take errors of the attitude, as rotation vectors (n, 3), and rates (n, 3), body axes."""
        small = np.linalg.norm(off_rad, axis=1) < _WRONG_rad  # not where nothing is known either
        off, rate = off_rad[small], rate[small]
        self._count += len(off)
        self._off += off.sum(axis=0)
        self._rate += rate.sum(axis=0)
        self._off2 += (off**2).sum(axis=0)
        self._rate2 += (rate**2).sum(axis=0)
        self._both += (off * rate).sum(axis=0)

    def findings(self) -> Iterator[Finding]:
        """Yield by how much the attitude is early or late, if that is most of its error."""
        if self._count < _ENOUGH:
            return
        n = self._count
        off2 = self._off2 / n - (self._off / n) ** 2
        rate2 = self._rate2 / n - (self._rate / n) ** 2
        both = self._both / n - self._off * self._rate / n**2
        moves = rate2 > _MOVES_rad_s**2
        if not moves.any():
            return
        late_s = float(both[moves].sum() / rate2[moves].sum())
        fits = late_s * (2.0 * both[moves] - late_s * rate2[moves])  # of off2, by each axis
        if abs(late_s) < _LATE_s or fits.sum() < _FITS * off2[moves].sum() or (fits < 0.0).any():
            return
        which = "ahead of" if late_s > 0.0 else "behind"
        words = (
            f"the attitude that the OBC believes is {amount(abs(late_s), 's', 2)} {which} the true "
            "one wherever the body turns: it misreads the time stamps of its samples, or does not "
            "use them; they tell when a sample was taken"
        )
        yield Finding(words, 92.0, "any", "time of samples")

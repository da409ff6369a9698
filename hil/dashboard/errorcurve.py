"""The pointing error as a curve that grows with the run.

What a requirement judges afterwards over windows of the whole run, the curve shows as it stands at
each instant, over the window that ends there.
"""

from __future__ import annotations

import numpy as np

from hil.dashboard.rows import FloatArray, Rows
from hil.judge import error_of
from hil.judge.pointing import KNOWLEDGE, SEPARATED, Ground, window_weights
from hil.judge.requirements import PointingRequirement

_MEAN = ("MPE", "MKE")
_RELATIVE = ("RPE", "RKE")
_VECTORS = ("axis", "target", "ground", "q_eci_from_target", "boresight_body")
_INDEX = ("index", "window_s", "separation_s")


def same_vectors(a: PointingRequirement, b: PointingRequirement) -> bool:
    """Return whether two requirements' indices are taken of the same error vectors."""
    return all(getattr(a, name) == getattr(b, name) for name in _VECTORS)


def same_error(a: PointingRequirement, b: PointingRequirement) -> bool:
    """Return whether two requirements limit the same error."""
    return same_vectors(a, b) and all(getattr(a, name) == getattr(b, name) for name in _INDEX)


def of_knowledge(kind: PointingRequirement) -> bool:
    """Return whether it compares estimate with truth, and not truth with a target."""
    return kind.index in KNOWLEDGE


class ErrorCurve:
    """The error that a requirement limits, in degrees, step after step."""

    def __init__(self, kind: PointingRequirement, ground: Ground | None, step_s: float) -> None:
        self.kind = kind
        self._ground = ground
        self._window = round((kind.window_s or 0.0) / step_s)  # steps, one sample more
        self._apart = round((kind.separation_s or 0.0) / step_s)
        self._tail: FloatArray | None = None  # errors of the steps before, as far as they count

    def vectors(self, rows: Rows) -> FloatArray:
        """Return the error vectors (n, parts) in rad that the index is taken of."""
        return error_of(self.kind, rows, self._ground)

    def extend(self, errors: FloatArray) -> FloatArray:
        """Return the error (n,) at the next steps; NaN as long as its window is not full.

        errors: the vectors (n, parts) at those steps.
        """
        before = self._window + self._apart
        if self._tail is None:
            self._tail = np.full((before, errors.shape[1]), np.nan)
        known = np.concatenate([self._tail, errors])
        self._tail = known[len(known) - before :]
        lengths = np.linalg.norm(self._indexed(known, len(errors)), axis=1)
        return np.asarray(np.degrees(lengths))

    def _indexed(self, known: FloatArray, n: int) -> FloatArray:
        """Return the index's vectors at the last n of the known errors."""
        now = known[len(known) - n :]
        if self.kind.index in _MEAN:
            return self._means(known)[-n:]
        if self.kind.index in _RELATIVE:
            return now - self._means(known)[-n:]
        if self.kind.index in SEPARATED:
            means = self._means(known)
            return means[-n:] - means[-n - self._apart : len(means) - self._apart]
        return now

    def _means(self, known: FloatArray) -> FloatArray:
        """Return the means of the windows that end at each error but the first ones."""
        windows = np.lib.stride_tricks.sliding_window_view(known, self._window + 1, axis=0)
        return np.asarray(windows @ window_weights(self._window))

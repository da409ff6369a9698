"""The pointing error as a curve that grows with the run.

What a requirement judges over all windows, the curve shows as it stands at each instant: over the
window that ends there.
"""

from __future__ import annotations

import numpy as np

from hil.judge.pointing import DRIFT, KNOWLEDGE, Drift, Errors, Means, angles, lengths
from hil.judge.requirements import PointingRequirement
from hil.judge.rows import FloatArray
from hil.judge.steps import StepErrors, same_vectors

_ABSOLUTE, _RELATIVE = ("APE", "AKE"), ("RPE", "RKE")
_INDEX = ("index", "window_s", "separation_s")


def same_error(a: PointingRequirement, b: PointingRequirement) -> bool:
    """Return whether two requirements limit the same error."""
    return same_vectors(a, b) and all(getattr(a, name) == getattr(b, name) for name in _INDEX)


def of_knowledge(kind: PointingRequirement) -> bool:
    """Return whether it compares estimate with truth, and not truth with a target."""
    return kind.index in KNOWLEDGE


class ErrorCurve:
    """The error that a requirement limits, in degrees, step after step.

    source: the errors that it is made of, which the requirements share.
    """

    def __init__(self, kind: PointingRequirement, source: StepErrors, step_s: float) -> None:
        self.kind, self.source = kind, source
        window = max(1, round((kind.window_s or 0.0) / step_s))
        self._means = Means(window)
        self._drift = Drift(window, round((kind.separation_s or 0.0) / step_s))

    def extend(self, errors: Errors) -> FloatArray:
        """Return the error (n,) at the next steps; NaN as long as its window is not full."""
        known = self._known(errors)
        curve = np.full(len(errors.time_s), np.nan)
        curve[len(curve) - len(known) :] = np.degrees(known)
        return curve

    def _known(self, errors: Errors) -> FloatArray:
        """Return the error at the last steps, as far as windows end with them."""
        index = self.kind.index
        if index in _ABSOLUTE:
            return errors.sizes
        if index in DRIFT:
            return self._drift.extend(errors).value
        _, means = self._means.extend(errors.time_s, errors.mean)
        if index in _RELATIVE:
            return lengths(errors.at[len(errors.at) - len(means) :] - means)
        return angles(means)

"""The pointing error as a curve that grows with the run.

What a requirement judges afterwards over windows of the whole run, the curve shows as it stands at
each instant, over the window that ends there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from hil.dashboard.rows import FloatArray, Rows
from hil.pointing import KNOWLEDGE, SEPARATED, Axis, Index, Target, error_vectors, q_eci_from_target
from hil.recording import Recording
from hil.requirements import PointingRequirement

_MEAN = ("MPE", "MKE")
_RELATIVE = ("RPE", "RKE")
_ATTITUDE_NOT_KNOWN = 1  # bit 0 of the flags that come with an estimate


@dataclass(frozen=True)
class ErrorKind:
    """Which error: as in hil.requirements.PointingRequirement."""

    index: Index
    axis: Axis
    target: Target | None
    q_eci_from_target: tuple[float, float, float, float] | None = None
    boresight_body: tuple[float, float, float] = (0.0, 0.0, 1.0)
    window_s: float = 0.0
    separation_s: float = 0.0

    @property
    def of_knowledge(self) -> bool:
        """Whether it compares estimate with truth, and not truth with a target."""
        return self.index in KNOWLEDGE


def kind_of(requirement: PointingRequirement) -> ErrorKind:
    """Return the error that a requirement limits."""
    return ErrorKind(
        requirement.index,
        requirement.axis,
        requirement.target,
        requirement.q_eci_from_target,
        requirement.boresight_body,
        requirement.window_s or 0.0,
        requirement.separation_s or 0.0,
    )


class ErrorCurve:
    """One kind of error in degrees, step after step."""

    def __init__(self, kind: ErrorKind, step_s: float) -> None:
        self.kind = kind
        self._window = max(1, round(kind.window_s / step_s))
        self._apart = round(kind.separation_s / step_s)
        self._tail: FloatArray | None = None  # errors of the steps before, as far as they count

    def extend(self, rows: Rows) -> FloatArray:
        """Return the error (n,) at the next rows; NaN as long as its window is not full."""
        errors = self._vectors(rows)
        before = self._window + self._apart
        if self._tail is None:
            self._tail = np.full((before, errors.shape[1]), np.nan)
        known = np.concatenate([self._tail, errors])
        self._tail = known[-before:]
        lengths = np.linalg.norm(self._indexed(known, len(errors)), axis=1)
        return np.asarray(np.degrees(lengths))

    def _vectors(self, rows: Rows) -> FloatArray:
        kind, q_actual = self.kind, rows["truth_q_eci_from_body"]
        if kind.of_knowledge:
            return error_vectors(_estimate(rows), q_actual, kind.axis, kind.boresight_body)
        assert kind.target is not None
        target = q_eci_from_target(cast(Recording, rows), kind.target, kind.q_eci_from_target)
        return error_vectors(q_actual, target, kind.axis, kind.boresight_body)

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
        """Return the means of the windows that end at each error but the first window's."""
        windows = np.lib.stride_tricks.sliding_window_view(known, self._window, axis=0)
        return np.asarray(windows[1:].mean(axis=-1))


def _estimate(rows: Rows) -> FloatArray:
    """Return the estimated attitude (n, 4), NaN where the firmware says that it knows none."""
    estimate = rows["estimate_q_eci_from_body"]
    if "estimate_flags" not in rows:
        return estimate
    flags = np.nan_to_num(rows["estimate_flags"]).astype(int)
    return np.where((flags & _ATTITUDE_NOT_KNOWN)[:, None] > 0, np.nan, estimate)

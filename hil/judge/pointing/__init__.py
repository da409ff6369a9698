"""Pointing errors after ECSS-E-ST-60-10C, "Control performance" (15 November 2008).

e_P is the performance error, target against actual attitude; e_K the knowledge error, estimated
against actual. Each has the same five indices: absolute (APE, AKE), mean over a window (MPE, MKE),
relative to the window's mean (RPE, RKE), drift between two windows of one observation (PDE, KDE)
and reproducibility between windows of two observations (PRE, KRE).

An error is a vector a sample, (n, parts) in radians, and an index the length of what it makes of
the vectors: means are taken before lengths, as the standard's e(t) is signed. A window has samples
at both its ends, and its mean is that of the trapezoidal rule. One starts every tenth of its length
(every sample, if it is short), so that no alignment is missed by much, and one ends with the last
sample.
"""

from hil.errors import PointingError
from hil.judge.pointing.indices import (
    KNOWLEDGE,
    SEPARATED,
    WINDOWED,
    Index,
    Series,
    index_series,
    samples_needed,
    window_weights,
)
from hil.judge.pointing.statistics import (
    Interpretation,
    at_probability,
    confidence,
    failures_among,
    runs_needed,
)
from hil.judge.pointing.vectors import (
    DIRECTIONS,
    Axis,
    Columns,
    Target,
    attitude_error,
    boresight_error,
    direction_eci,
    direction_error,
    error_vectors,
    q_eci_from_target,
    rotations,
)
from hil.physics.ground import Ground

__all__ = [
    "DIRECTIONS",
    "KNOWLEDGE",
    "SEPARATED",
    "WINDOWED",
    "Axis",
    "Columns",
    "Ground",
    "Index",
    "Interpretation",
    "PointingError",
    "Series",
    "Target",
    "at_probability",
    "attitude_error",
    "boresight_error",
    "confidence",
    "direction_eci",
    "direction_error",
    "error_vectors",
    "failures_among",
    "index_series",
    "q_eci_from_target",
    "rotations",
    "runs_needed",
    "samples_needed",
    "window_weights",
]

"""Pointing errors after ECSS-E-ST-60-10C, "Control performance" (15 November 2008).

e_P is the performance error, target against actual attitude; e_K the knowledge error, estimated
against actual. Each has the same five indices: absolute (APE, AKE), mean over a window (MPE, MKE),
relative to the window's mean (RPE, RKE), drift between two windows of one observation (PDE, KDE)
and reproducibility between windows of two observations (PRE, KRE).

An error is a vector a sample, (n, parts) in radians, and an index the length of what it makes of
the vectors: means are taken before lengths, as the standard's e(t) is signed. A window is a whole
number of control periods long and lies within one observation period: a stretch of a run's phase.
One starts at every step. Its mean is that of what is known of each control period, by the
trapezoidal rule where that is its two ends.
"""

from hil.errors import PointingError
from hil.judge.pointing.halfturns import Continuous, angles, nearer
from hil.judge.pointing.indices import (
    DRIFT,
    KNOWLEDGE,
    REPRODUCIBILITY,
    SEPARATED,
    WINDOWED,
    Drift,
    Index,
    IndexOfPeriod,
    WindowMeans,
    index_of_period,
    index_series,
    samples_needed,
    step_means,
    too_short_words,
)
from hil.judge.pointing.series import Errors, Series
from hil.judge.pointing.statistics import (
    Interpretation,
    at_probability,
    confidence,
    failures_among,
    failures_of,
    runs_needed,
)
from hil.judge.pointing.tail import Tail
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
from hil.judge.pointing.windows import Means, lengths, misfit_words, whole_steps
from hil.physics.ground import Ground

__all__ = [
    "DIRECTIONS",
    "DRIFT",
    "KNOWLEDGE",
    "REPRODUCIBILITY",
    "SEPARATED",
    "WINDOWED",
    "Axis",
    "Columns",
    "Continuous",
    "Drift",
    "Errors",
    "Ground",
    "Index",
    "IndexOfPeriod",
    "Interpretation",
    "Means",
    "PointingError",
    "Series",
    "Tail",
    "Target",
    "WindowMeans",
    "angles",
    "at_probability",
    "attitude_error",
    "boresight_error",
    "confidence",
    "direction_eci",
    "direction_error",
    "error_vectors",
    "failures_among",
    "failures_of",
    "index_of_period",
    "index_series",
    "lengths",
    "misfit_words",
    "nearer",
    "q_eci_from_target",
    "rotations",
    "runs_needed",
    "samples_needed",
    "step_means",
    "too_short_words",
    "whole_steps",
]

"""Requirements of the kind "from some moment on, this one at the latest"."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hil.checks.figures import column_figure
from hil.checks.phases import in_mode, stretches
from hil.checks.verdict import Verdict
from hil.pointing import Ground
from hil.recording import Recording
from hil.requirements import ColumnRequirement, ModeRequirement


class _Holding(NamedTuple):
    """At which instants of a phase something holds."""

    time_s: NDArray[np.float64]
    holds: NDArray[np.bool_]


def judged_by_moment(
    requirement: ColumnRequirement | ModeRequirement,
    recordings: Sequence[Recording],
    ground: Ground | None,
) -> Verdict:
    """Judge the moment from which on it holds until the phase's end, in the run with the latest."""
    by_s = requirement.by_s or 0.0
    moments = [_moment_s(_holding(requirement, run, ground)) for run in recordings]
    latest = max(range(len(moments)), key=moments.__getitem__)
    moment_s, path = moments[latest], recordings[latest].path
    met = moment_s <= by_s + 1e-9
    runs = f" of {len(recordings)} runs" if len(recordings) > 1 else ""
    when = "never" if math.isinf(moment_s) else f"from {moment_s:.6g} s on"
    text = (
        f"{requirement.name}: {_what(requirement)} {when}, "
        f"{'by' if met else 'not by'} {by_s:g} s (always{runs}); latest in {path}"
    )
    return Verdict(requirement.name, met, moment_s, by_s, "s", moment_s, text, path)


def _holding(
    requirement: ColumnRequirement | ModeRequirement, recording: Recording, ground: Ground | None
) -> _Holding:
    if isinstance(requirement, ModeRequirement):
        (phase,) = stretches(requirement, recording, ground)
        return _Holding(recording["time_s"][phase], in_mode(recording, requirement.mode)[phase])
    limit = requirement.stated_limit
    series = column_figure(requirement, recording, ground).series
    return _Holding(series.time_s, series.value <= limit.value * limit.unit_si)  # NaN does not


def _moment_s(holding: _Holding) -> float:
    """Return the first instant after which nothing fails any more; infinite if the last does."""
    failing = np.flatnonzero(~holding.holds)
    first = failing[-1] + 1 if len(failing) else 0
    return float(holding.time_s[first]) if first < len(holding.time_s) else math.inf


def _what(requirement: ColumnRequirement | ModeRequirement) -> str:
    if isinstance(requirement, ModeRequirement):
        return f"mode {requirement.mode}"
    limit = requirement.stated_limit
    return f"{requirement.column} within {limit.value:g} {limit.unit}".rstrip()

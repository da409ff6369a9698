"""Requirements of the kind "from some moment on, this one at the latest"."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hil.errors import CheckError
from hil.judge.basis import Member, basis_of, basis_words, member_of
from hil.judge.figures import column_figure
from hil.judge.phases import Mask, asked, in_mode, stretches
from hil.judge.pointing import Ground
from hil.judge.requirements import ColumnRequirement, ModeRequirement
from hil.judge.verdict import Verdict
from hil.recording import Recording


class _Holding(NamedTuple):
    """At which instants of a phase something holds. Judged are those from by_s on."""

    time_s: NDArray[np.float64]
    holds: Mask
    member: Member


def judged_by_moment(
    requirement: ColumnRequirement | ModeRequirement,
    recordings: Sequence[Recording],
    ground: Ground | None,
) -> Verdict:
    """Judge the moment from which on it holds until the phase's end, in the run with the latest."""
    by_s = requirement.by_s or 0.0
    holdings = [_holding(requirement, run, ground) for run in recordings]
    moments = [_moment_s(holding) for holding in holdings]
    latest = max(range(len(moments)), key=moments.__getitem__)
    moment_s, path = moments[latest], holdings[latest].member.recording
    met = moment_s <= by_s + 1e-9
    basis = basis_of([holding.member for holding in holdings])
    when = "never" if math.isinf(moment_s) else f"from {moment_s:.6g} s on"
    text = (
        f"{requirement.name}: {_what(requirement)} {when}, "
        f"{'by' if met else 'not by'} {by_s:g} s (always, {basis_words(basis)}); latest in {path}"
    )
    return Verdict(requirement.name, met, moment_s, by_s, "s", moment_s, text, path, basis=basis)


def _holding(
    requirement: ColumnRequirement | ModeRequirement, recording: Recording, ground: Ground | None
) -> _Holding:
    judged = _from_then_on(requirement, recording, ground)
    member = member_of(recording, judged, judged)
    if isinstance(requirement, ModeRequirement):
        (phase,) = stretches(requirement, recording, ground)
        holds = in_mode(recording, requirement.mode)[phase]
        return _Holding(recording["time_s"][phase].copy(), holds, member)
    limit = requirement.stated_limit
    series = column_figure(requirement, recording, ground).series
    holds = series.value <= limit.value * limit.unit_si  # NaN does not
    return _Holding(series.time_s, holds, member)


def _from_then_on(
    requirement: ColumnRequirement | ModeRequirement, recording: Recording, ground: Ground | None
) -> Mask:
    """Return the phase's steps from by_s on; CheckError when the run does not come to one."""
    time_s, by_s = recording["time_s"], requirement.by_s or 0.0
    judged = asked(requirement, recording, ground) & (time_s >= by_s - 1e-9)
    if not judged.any():
        raise CheckError(
            f"it holds from {by_s:g} s on and {recording.path} ends at {time_s[-1]:g} s"
        )
    return np.asarray(judged)


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

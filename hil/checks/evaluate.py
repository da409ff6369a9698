"""From requirements and recordings to verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from hil.checks.figures import Figure, column_figure, pointing_figure
from hil.checks.link import evaluate_link
from hil.checks.moments import judged_by_moment
from hil.checks.verdict import Verdict, not_judged
from hil.errors import HilError
from hil.pointing import Ground, at_probability
from hil.recording import Recording
from hil.requirements import (
    Allowed,
    ColumnRequirement,
    ModeRequirement,
    PointingRequirement,
    Requirement,
)


class Judged(Protocol):
    """A rig, as far as judging goes."""

    @property
    def requirement(self) -> tuple[Requirement, ...]:
        """What a run must hold."""

    @property
    def allowed(self) -> Allowed:
        """What trouble a run's line may have."""

    @property
    def ground(self) -> Ground:
        """Where its places are."""


def evaluate(rig: Judged, recordings: Sequence[Recording]) -> list[Verdict]:
    """Judge every requirement of a rig, then the line, on one or many runs of it."""
    verdicts = [evaluate_requirement(each, recordings, rig.ground) for each in rig.requirement]
    return [*verdicts, evaluate_link(rig.allowed, recordings)]


def evaluate_requirement(
    requirement: Requirement, recordings: Sequence[Recording], ground: Ground | None = None
) -> Verdict:
    """Judge one requirement; what cannot be judged is never met.

    ground: the rig's places, for a requirement that names one.
    """
    try:
        if isinstance(requirement, ModeRequirement):
            return judged_by_moment(requirement, recordings, ground)
        if isinstance(requirement, ColumnRequirement) and requirement.by_s is not None:
            return judged_by_moment(requirement, recordings, ground)
        return _judged_by_figure(requirement, recordings, ground)
    except HilError as error:
        limit = requirement.stated_limit
        return not_judged(requirement.name, error, recordings[0].path, limit.value, limit.unit)


class _Worst(NamedTuple):
    value: float
    time_s: float
    recording: Path


_OfFigure = PointingRequirement | ColumnRequirement


def _judged_by_figure(
    requirement: _OfFigure, recordings: Sequence[Recording], ground: Ground | None
) -> Verdict:
    limit = requirement.stated_limit
    members = [_member(requirement, recording, ground) for recording in recordings]
    figure = _figure(requirement, members) / limit.unit_si
    worst, remark = _worst(members, recordings, limit.unit_si)
    met = figure <= limit.value
    text = "; ".join(filter(None, [_sentence(requirement, met, figure, worst, members), remark]))
    return Verdict(
        requirement.name,
        met,
        figure,
        limit.value,
        limit.unit,
        worst.time_s,
        text,
        worst.recording,
    )


def _member(requirement: _OfFigure, recording: Recording, ground: Ground | None) -> Figure:
    """Return what a requirement judges of one run, in SI units."""
    if isinstance(requirement, ColumnRequirement):
        return column_figure(requirement, recording, ground)
    return pointing_figure(requirement, recording, ground)


def _figure(requirement: _OfFigure, members: list[Figure]) -> float:
    # At probability 1 every interpretation is the largest value.
    interpretation = requirement.interpretation or "temporal"
    values = [member.series.value for member in members]
    return at_probability(values, requirement.probability, interpretation)


def _worst(
    members: list[Figure], recordings: Sequence[Recording], unit_si: float
) -> tuple[_Worst, str]:
    """Return the largest value of all runs, and what is to be remarked on its run."""
    peaks = []
    for (series, _, remark), recording in zip(members, recordings, strict=True):
        known = np.where(np.isnan(series.value), np.inf, series.value)
        at = int(np.argmax(known))
        peak = _Worst(float(known[at]) / unit_si, float(series.time_s[at]), recording.path)
        peaks.append((peak, remark))
    return max(peaks, key=lambda each: each[0].value)


# ---- words ---------------------------------------------------------------------------------------


def _sentence(
    requirement: _OfFigure, met: bool, figure: float, worst: _Worst, members: list[Figure]
) -> str:
    limit = requirement.stated_limit
    value, most = _apart(figure, limit.value)
    relation = "is within" if met else "exceeds"
    begin_s = min(float(member.series.time_s.min()) for member in members)
    end_s = max(float(member.series.time_s.max()) for member in members)
    runs = f" of {len(members)} runs" if len(members) > 1 else ""
    peak = "not known" if math.isinf(worst.value) else f"{worst.value:.4g} {limit.unit}"
    return (
        f"{requirement.name}: {_what(requirement)} of {value} {limit.unit} {relation} "
        f"{most} {limit.unit} ({_share(requirement)}, {begin_s:g} s to {end_s:g} s{runs}); "
        f"worst {peak} at {worst.time_s:.6g} s in {worst.recording}"
    ).replace("  ", " ")


def _what(requirement: _OfFigure) -> str:
    if isinstance(requirement, PointingRequirement):
        return f"{requirement.index} ({requirement.axis})"
    part = requirement.part
    return requirement.column + (f"[{part}]" if isinstance(part, int) else f" ({part})")


def _share(requirement: _OfFigure) -> str:
    if requirement.interpretation is None:
        return "always"
    return f"{100 * requirement.probability:.6g} % {requirement.interpretation}"


def _apart(value: float, limit: float) -> tuple[str, str]:
    """Return both with as few digits, four at least, as show that they differ."""
    for digits in range(4, 18):
        texts = f"{value:.{digits}g}", f"{limit:.{digits}g}"
        if texts[0] != texts[1] or value == limit:
            break
    return texts

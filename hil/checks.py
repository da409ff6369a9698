"""Judging recordings: each requirement of a rig, and the health of the line, as a verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from hil.errors import HilError
from hil.pointing import (
    KNOWLEDGE,
    Series,
    at_probability,
    error_vectors,
    index_series,
    q_eci_from_target,
    stacked,
)
from hil.recording import Recording
from hil.requirements import Allowed, ColumnRequirement, PointingRequirement, Requirement

LINK = "link"
_TIME_TOLERANCE_s = 1e-9  # a step's time is a product of floats


class CheckError(HilError):
    """A requirement that cannot be judged on the recordings given."""

    exit_status = 2


@dataclass(frozen=True)
class Verdict:
    """What a requirement came to; ``text`` says it in a sentence that stands alone.

    value, limit: in ``unit``, the one that the rig states its limit in.
    worst_time_s: instant of the largest error, simulated seconds since the run's start.
    recording: the run that the largest error is in.
    judged: False when the recordings do not hold what it takes; ``met`` is then False too.
    """

    name: str
    met: bool
    value: float
    limit: float
    unit: str
    worst_time_s: float
    text: str
    recording: Path
    judged: bool = True


class Judged(Protocol):
    """A rig, as far as judging goes."""

    @property
    def requirement(self) -> tuple[Requirement, ...]:
        """What a run must hold."""

    @property
    def allowed(self) -> Allowed:
        """What trouble a run's line may have."""


def evaluate(rig: Judged, recordings: Sequence[Recording]) -> list[Verdict]:
    """Judge every requirement of a rig, then the line, on one or many runs of it."""
    verdicts = [evaluate_requirement(each, recordings) for each in rig.requirement]
    return [*verdicts, evaluate_link(rig.allowed, recordings)]


# ---- requirements --------------------------------------------------------------------------------


class _Worst(NamedTuple):
    value: float
    time_s: float
    recording: Path


def evaluate_requirement(requirement: Requirement, recordings: Sequence[Recording]) -> Verdict:
    """Judge one requirement; what cannot be judged is never met."""
    name, limit = requirement.name, requirement.stated_limit
    try:
        members = [_series(requirement, recording) for recording in recordings]
        figure = _figure(requirement, members) / limit.unit_si
    except HilError as error:
        return _not_judged(name, error, recordings[0].path, limit.value, limit.unit)
    worst = _worst(members, recordings, limit.unit_si)
    met = figure <= limit.value
    text = _sentence(requirement, met, figure, worst, members)
    time_s, path = worst.time_s, worst.recording
    return Verdict(name, met, figure, limit.value, limit.unit, time_s, text, path)


def _series(requirement: Requirement, recording: Recording) -> Series:
    """Return what a requirement judges, in SI units, over its phase of one run."""
    phase = _phase(requirement, recording)
    if isinstance(requirement, ColumnRequirement):
        return Series(recording["time_s"][phase], _part(requirement, recording)[phase])
    q_actual = recording["truth_q_eci_from_body"]
    if requirement.index in KNOWLEDGE:
        errors = error_vectors(
            recording["estimate_q_eci_from_body"],
            q_actual,
            requirement.axis,
            requirement.boresight_body,
        )
    else:
        assert requirement.target is not None
        target = q_eci_from_target(recording, requirement.target, requirement.q_eci_from_target)
        errors = error_vectors(q_actual, target, requirement.axis, requirement.boresight_body)
    return index_series(
        requirement.index,
        recording["time_s"][phase],
        errors[phase],
        requirement.window_s,
        requirement.separation_s,
    )


def _phase(requirement: Requirement, recording: Recording) -> NDArray[np.bool_]:
    if not recording.complete:
        raise CheckError(f"{recording.path} is incomplete: {recording.incomplete_reason}")
    time_s = recording["time_s"]
    end_s = float(time_s[-1]) if len(time_s) else 0.0
    phase = time_s >= requirement.from_s - _TIME_TOLERANCE_s
    if requirement.to_s is not None:
        if requirement.to_s > end_s + (end_s / max(len(time_s) - 1, 1)) + _TIME_TOLERANCE_s:
            raise CheckError(
                f"it holds until {requirement.to_s:g} s and {recording.path} ends at {end_s:g} s"
            )
        phase &= time_s <= requirement.to_s + _TIME_TOLERANCE_s
    if not phase.any():
        raise CheckError(
            f"it holds from {requirement.from_s:g} s on and {recording.path} ends at {end_s:g} s"
        )
    return np.asarray(phase)


def _part(requirement: ColumnRequirement, recording: Recording) -> NDArray[np.float64]:
    values = np.atleast_2d(recording[requirement.column].T).T
    if requirement.part == "norm":
        return np.asarray(np.linalg.norm(values, axis=1))
    if requirement.part == "largest":
        return np.asarray(np.abs(values).max(axis=1))
    if requirement.part >= values.shape[1]:
        raise CheckError(
            f"{requirement.column} has no part {requirement.part}: it has {values.shape[1]}, from 0"
        )
    return np.asarray(np.abs(values[:, requirement.part]))


def _figure(requirement: Requirement, members: list[Series]) -> float:
    # At probability 1 every interpretation is the largest value.
    interpretation = requirement.interpretation or "temporal"
    return at_probability(stacked(members), requirement.probability, interpretation)


def _worst(members: list[Series], recordings: Sequence[Recording], unit_si: float) -> _Worst:
    peaks = []
    for series, recording in zip(members, recordings, strict=True):
        known = np.where(np.isnan(series.value), np.inf, series.value)
        at = int(np.argmax(known))
        peaks.append(_Worst(float(known[at]) / unit_si, float(series.time_s[at]), recording.path))
    return max(peaks, key=lambda peak: peak.value)


# ---- the line ------------------------------------------------------------------------------------


def evaluate_link(allowed: Allowed, recordings: Sequence[Recording]) -> Verdict:
    """Judge what the bench counted on the line against what the rig allows."""
    try:
        troubles = [(_trouble(allowed, recording), recording.path) for recording in recordings]
    except HilError as error:
        return _not_judged(LINK, error, recordings[0].path, 0.0, "")
    found = [(trouble, path) for trouble, path in troubles if trouble]
    path = found[0][1] if found else recordings[0].path
    text = f"{LINK}: met: nothing beyond what is allowed"
    if found:
        words = ", ".join(f"{name} {n} (allowed {most})" for name, n, most in found[0][0])
        text = f"{LINK}: missed: {words}; recording {path}"
    excess = sum(n - most for trouble, _ in found for _, n, most in trouble)
    return Verdict(LINK, not found, float(excess), 0.0, "", math.nan, text, path)


def counters(recording: Recording) -> dict[str, int]:
    """Return what the bench counted on the line, by name; CheckError if it did not come to that."""
    if not recording.complete:
        raise CheckError(f"{recording.path} is incomplete: {recording.incomplete_reason}")
    counted = recording.metadata.get("counters", {})
    return {name: int(count) for name, count in counted.items()}


def _trouble(allowed: Allowed, recording: Recording) -> list[tuple[str, int, int]]:
    counted = counters(recording)
    limits: dict[str, int] = allowed.model_dump()
    missing = [name for name in limits if name not in counted]
    if missing:
        raise CheckError(f"{recording.path} does not count {', '.join(missing)}")
    return [(name, counted[name], most) for name, most in limits.items() if counted[name] > most]


# ---- words ---------------------------------------------------------------------------------------


def _not_judged(name: str, error: HilError, path: Path, limit: float, unit: str) -> Verdict:
    text, nan = f"{name}: not judged: {error}", math.nan
    return Verdict(name, False, nan, limit, unit, nan, text, path, judged=False)


def _sentence(
    requirement: Requirement, met: bool, figure: float, worst: _Worst, members: list[Series]
) -> str:
    limit = requirement.stated_limit
    value, most = _apart(figure, limit.value)
    relation = "is within" if met else "exceeds"
    span = f"{members[0].time_s.min():g} s to {members[0].time_s.max():g} s"
    runs = f" of {len(members)} runs" if len(members) > 1 else ""
    peak = "not known" if math.isinf(worst.value) else f"{worst.value:.4g} {limit.unit}"
    return (
        f"{requirement.name}: {_what(requirement)} of {value} {limit.unit} {relation} "
        f"{most} {limit.unit} ({_share(requirement)}, {span}{runs}); worst {peak} at "
        f"{worst.time_s:.6g} s in {worst.recording}"
    ).replace("  ", " ")


def _what(requirement: Requirement) -> str:
    if isinstance(requirement, PointingRequirement):
        return f"{requirement.index} ({requirement.axis})"
    part = requirement.part
    return requirement.column + (f"[{part}]" if isinstance(part, int) else f" ({part})")


def _share(requirement: Requirement) -> str:
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

"""Verdicts on what the OBC saw in pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hil.judge.amounts import amount, apart
from hil.judge.basis import Basis, among_runs, basis_of, basis_words, caveat_words
from hil.judge.detected import Detected
from hil.judge.detections import (
    ClassRequirement,
    DetectionRequirement,
    FalseDetectionRequirement,
    ReacquisitionRequirement,
    SightRequirement,
)
from hil.judge.verdict import Verdict


def detection_verdict(requirement: SightRequirement, found: Sequence[Detected]) -> Verdict:
    """Return the verdict on what the OBC saw in some runs."""
    limit = requirement.stated_limit
    value = _value(requirement, found) / limit.unit_si
    basis = _basis(requirement, found)
    met = value <= limit.value + 1e-9
    worst = max(found, key=lambda each: _of_run(requirement, each))
    caveat = caveat_words(basis, _share_wanted(requirement)) if met else ""
    if math.isinf(value):
        reached, allowed = "never", amount(limit.value, limit.unit)
    else:
        reached, allowed = apart(value, limit.value, limit.unit)
    what = _words(requirement, found, reached, allowed)
    path = worst.member.recording
    parts = [f"{requirement.name}: {what} ({basis_words(basis)})", f"worst in {path}", caveat]
    return Verdict(
        requirement.name,
        met,
        value,
        limit.value,
        limit.unit,
        max(worst.values)[1],
        "; ".join(filter(None, parts)),
        path,
        basis=basis,
        caveat=caveat,
        reached=reached,
        allowed=allowed,
    )


def _value(requirement: SightRequirement, found: Sequence[Detected]) -> float:
    """Return the share missed, false alarms a picture, or the longest time; all runs together."""
    values = [value for each in found for value, _ in each.values]
    if isinstance(requirement, ReacquisitionRequirement):
        return max(values)
    return sum(values) / len(values)


def _of_run(requirement: SightRequirement, one: Detected) -> float:
    return _value(requirement, [one])


def _share_wanted(requirement: SightRequirement) -> float:
    if isinstance(requirement, DetectionRequirement | ClassRequirement):
        return requirement.probability
    return requirement.runs_share or 1.0


def _basis(requirement: SightRequirement, found: Sequence[Detected]) -> Basis:
    """Return what it rests on.

    One picture of each run is one trial of a share, as the pictures of one run are alike. Of the
    others a run is one trial, where runs_share says how many of them are to hold it.
    """
    basis = basis_of([each.member for each in found])
    sure, limit = requirement.confidence, requirement.stated_limit
    if isinstance(requirement, DetectionRequirement | ClassRequirement):
        shares = [each.share_above for each in found]
        return among_runs(basis, shares, requirement.probability, "mixed", sure)
    if requirement.runs_share is None:
        return basis
    most = limit.value * limit.unit_si + 1e-9
    over = [float(_of_run(requirement, each) > most) for each in found]
    return among_runs(basis, over, requirement.runs_share, "ensemble", sure)


def _words(
    requirement: SightRequirement, found: Sequence[Detected], reached: str, allowed: str
) -> str:
    values = [value for each in found for value, _ in each.values]
    n, zeros = len(values), sum(value == 0.0 for value in values)
    if isinstance(requirement, ReacquisitionRequirement):
        found_it = "found" if requirement.first_too else "found again"
        again = f"not {found_it}" if reached == "never" else f"{found_it} within {reached}"
        times = "once" if n == 1 else f"{n} times"
        was = "came into view" if requirement.first_too else "hidden"
        return f"{requirement.reacquires} {was} {times} and {again}, allowed {allowed}"
    if isinstance(requirement, FalseDetectionRequirement):
        kinds = requirement.kind or "ship or fire"
        what = f"{sum(values):g} times something else taken for {kinds} in {n} pictures"
        return f"{what}, {reached}, allowed {allowed}"
    if isinstance(requirement, ClassRequirement):
        what = f"{requirement.classifies} taken for {requirement.kind} in {zeros} of {n} pictures"
        return f"{what} with a find of it, not in {reached}, allowed {allowed}"
    told = f" and taken for {requirement.kind}" if requirement.kind else ""
    what = f"{requirement.detects} found{told} in {zeros} of {n} pictures that show it"
    return f"{what}, missed in {reached}, allowed {allowed}"

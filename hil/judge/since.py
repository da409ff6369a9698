"""Verdicts on moments and events in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hil.judge.amounts import amount, apart, number
from hil.judge.basis import basis_of, basis_words
from hil.judge.events import EventRequirement, NoEventRequirement
from hil.judge.moments import Moment, MomentRequirement
from hil.judge.occurrences import instant_words
from hil.judge.reactions import Told, told_words
from hil.judge.requirements import ModeRequirement
from hil.judge.verdict import Verdict

OfMoment = MomentRequirement | EventRequirement
_NAMED = 4


def moment_verdict(requirement: OfMoment, moments: Sequence[Moment]) -> Verdict:
    """Return the verdict on the run with the latest moment: of an event, or of what then holds."""
    by_s = requirement.by_s or 0.0
    latest = max(moments, key=lambda moment: moment.after_s)
    moment_s, path = latest.after_s, latest.member.recording
    met = moment_s <= by_s + 1e-9
    basis = basis_of([moment.member for moment in moments])
    if math.isinf(moment_s):
        found, reached, allowed, time_s = _never(requirement, latest)
    else:
        reached, allowed = apart(moment_s, by_s, "s")
        at = f"{reached}{_reference(requirement, latest)}"
        found = f"{_holds(requirement, at)}, {'by' if met else 'not by'} {allowed}"
        time_s = latest.since_s
    text = f"{requirement.name}: {found} (always, {basis_words(basis)}); latest in {path}"
    return Verdict(
        requirement.name,
        met,
        moment_s,
        by_s,
        "s",
        time_s,
        "; ".join(filter(None, [text, latest.remark])),
        path,
        basis=basis,
        reached=reached,
        allowed=allowed,
    )


def no_event_verdict(requirement: NoEventRequirement, told: Sequence[Told]) -> Verdict:
    """Return the verdict on events that were not to be told, of some runs together."""
    worst = max(told, key=lambda each: len(each.events))
    count, path = sum(event.times for each in told for event in each.events), worst.member.recording
    basis = basis_of([each.member for each in told])
    names = ", ".join(str(each).replace("_", " ") for each in requirement.no_event)
    found = f"none of {names} reported"
    if count:
        first = ", ".join(told_words(event, 0.0) for event in worst.events[:_NAMED])
        found = f"{count} reported that must not be: {first}"
    text = f"{requirement.name}: {found} ({basis_words(basis)}); most in {path}"
    first_s = worst.events[0].time_s if worst.events else math.nan
    return Verdict(
        requirement.name, not count, count, 0.0, "", first_s, text, path,
        basis=basis, reached=f"{count}", allowed="0",
    )  # fmt: skip


def _reference(requirement: OfMoment, moment: Moment) -> str:
    if requirement.fault is None:
        return ""
    return f" after {instant_words(requirement)} at {moment.zero_s:.6g} s"


def _holds(requirement: OfMoment, at: str) -> str:
    """Return what holds, or was told, from when on."""
    if isinstance(requirement, EventRequirement):
        return f"{_called(requirement)} reported {at}"
    if isinstance(requirement, ModeRequirement):
        return f"mode {requirement.mode} from {at} on"
    limit = requirement.stated_limit
    return f"{requirement.column} within {amount(limit.value, limit.unit)} from {at} on"


def _called(requirement: EventRequirement) -> str:
    name = str(requirement.event).replace("_", " ")
    value = "" if requirement.event_value is None else f" {requirement.event_value:g}"
    return f"event {name}{value}"


def _never(requirement: OfMoment, moment: Moment) -> tuple[str, str, str, float]:
    """Return, of what does not hold at the end: in words, how near it came, to what, and when."""
    by = f"{number(requirement.by_s or 0.0)} s{_reference(requirement, moment)}"
    if isinstance(requirement, EventRequirement):
        return _not_told(requirement, moment, by)
    if isinstance(requirement, ModeRequirement):
        return _mode_left(requirement, moment, by)
    limit = requirement.stated_limit
    nearest, allowed = apart(moment.nearest / limit.unit_si, limit.value, limit.unit)
    last = amount(moment.last / limit.unit_si, limit.unit)
    words = (
        f"{requirement.column} is {last} at the end and was to stay within {allowed} from "
        f"{by} on: smallest {nearest} at {moment.nearest_s:.6g} s"
    )
    return words, last, allowed, moment.nearest_s


def _not_told(
    requirement: EventRequirement, moment: Moment, by: str
) -> tuple[str, str, str, float]:
    told = (
        f"reported instead: {', '.join(moment.instead)}"
        if moment.instead
        else "nothing was reported"
    )
    words = f"{_called(requirement)} is not reported, and was to be by {by}: {told}"
    return words, "not reported", f"{number(requirement.by_s)} s", moment.zero_s + requirement.by_s


def _mode_left(
    requirement: ModeRequirement, moment: Moment, by: str
) -> tuple[str, str, str, float]:
    mode, last = requirement.mode, moment.last_mode
    if moment.longest is None:
        words = f"mode {mode} is not reached, and was to be by {by}: at the end {last}"
        at_s = math.nan if requirement.fault is None else moment.zero_s + requirement.by_s
        return words, last, mode, at_s
    from_s, to_s = moment.longest
    words = (
        f"mode {mode} is left again, and was to be kept from {by} on: longest kept "
        f"from {from_s:.6g} s to {to_s:.6g} s, at the end {last}"
    )
    return words, last, mode, from_s

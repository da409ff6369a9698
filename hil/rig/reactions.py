"""Requirements that name a fault or an event: whether there is one, and whether it is in time."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hil.faults import Fault
from hil.flight.parameters import EVENTS
from hil.judge.events import ALARMS, EventRequirement, NoEventRequirement
from hil.judge.required import FAULT_KEYS
from hil.judge.requirements import Requirement
from hil.rig.model import Rig
from hil.rig.suggest import suggestion


def reactions_fit(rig: Rig) -> Iterator[str]:
    """Yield what is wrong with requirements that name a fault or an event that there is not."""
    names = [fault.name for fault in rig.fault]
    for requirement in rig.requirement:
        called = f'[[requirement]] "{requirement.name}"'
        for key in FAULT_KEYS:
            name = getattr(requirement, key)
            if name is not None and name not in names:
                yield f'{called}: {key} = "{name}": no such [[fault]]; {_there_are(name, names)}'
        yield from (f"{called}: {words}" for words in _unknown_events(requirement))
        fault = fault_of(rig, requirement)
        if requirement.after_fault_end and fault and not _ends(fault):
            yield f'{called}: the fault "{fault.name}" never ends: give it duration_s'


def fault_of(rig: Rig, requirement: Requirement) -> Fault | None:
    """Return the fault that a requirement's times count from, if there is one."""
    found = (fault for fault in rig.fault if fault.name == requirement.fault)
    return next(found, None)


def zero_s(rig: Rig, requirement: Requirement) -> float:
    """Return the earliest instant that a requirement's times can count from, in simulated time."""
    fault = fault_of(rig, requirement)
    if fault is None:
        return 0.0
    begin_s = _begin_s(rig, fault)
    return begin_s + (fault.duration_s or 0.0) if requirement.after_fault_end else begin_s


def latest_s(rig: Rig, requirement: Requirement) -> float:
    """Return the latest instant at which a requirement can hold, in simulated time."""
    start_s = zero_s(rig, requirement)
    to_s = math.inf if requirement.to_s is None else start_s + requirement.to_s
    fault = fault_of(rig, requirement)
    if requirement.while_fault and fault and fault.duration_s is not None:
        to_s = min(to_s, start_s + fault.duration_s)
    return min(to_s, rig.duration_s)


def short_faults(rig: Rig) -> Iterator[str]:
    """Yield each requirement whose fault is over before it is to hold."""
    for requirement in rig.requirement:
        fault = fault_of(rig, requirement)
        if fault is None or requirement.while_fault is None or fault.duration_s is None:
            continue
        for key in ("from_s", "by_s"):
            value_s = getattr(requirement, key, None) or 0.0
            if value_s >= fault.duration_s:
                lasts = f'the fault "{fault.name}" lasts {fault.duration_s:g} s'
                yield f'[[requirement]] "{requirement.name}": {key} = {value_s:g}: {lasts}'


def _begin_s(rig: Rig, fault: Fault, deep: int = 0) -> float:
    """Return when a fault begins at the earliest; 0 where that is decided in the run."""
    if fault.at_s is not None:
        return fault.at_s
    what, _, name = (fault.on or "").partition(" ")
    cause = next((each for each in rig.fault if each.name == name), None)
    if what != "fault" or cause is None or deep > len(rig.fault):
        return fault.after_s
    return fault.after_s + _begin_s(rig, cause, deep + 1)


def _ends(fault: Fault) -> bool:
    return fault.duration_s is not None or fault.count is not None


def _unknown_events(requirement: Requirement) -> Iterator[str]:
    """Yield the events that the reference flight software does not have; codes are anybody's."""
    named: tuple[str | int, ...] = ()
    if isinstance(requirement, EventRequirement):
        named = (requirement.event,)
    elif isinstance(requirement, NoEventRequirement):
        named = requirement.no_event
    known = [*(event.name for event in EVENTS), *ALARMS]
    for name in named:
        if isinstance(name, str) and name not in known:
            hint = suggestion(name, known, "there are")
            yield f'event "{name}": no such event; {hint}; of another firmware give the code'


def _there_are(name: str, names: list[str]) -> str:
    return suggestion(name, names, "there are") if names else "there is none"

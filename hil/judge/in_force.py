"""Which faults were in force when: read off the events that tell of their beginnings and ends."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from hil.judge.verdict import Verdict
from hil.recording import Event

BEGAN, ENDED = "fault_began", "fault_ended"
_SOURCE = "fault"


class InForce(NamedTuple):
    """A fault, in words, and from when until when it was in force; inf: to the run's end."""

    words: str
    begin_s: float
    end_s: float


def faults_of(events: Iterable[Event]) -> tuple[InForce, ...]:
    """Return what failed in a run, in the order in which it began."""
    open_: dict[str, float] = {}
    found: list[InForce] = []
    for event in events:
        if event.source != _SOURCE:
            continue
        if event.name == BEGAN:
            open_[event.text] = event.time_s
        elif event.name == ENDED and event.text in open_:
            found.append(InForce(event.text, open_.pop(event.text), event.time_s))
    found += [InForce(words, begin_s, math.inf) for words, begin_s in open_.items()]
    return tuple(sorted(found, key=lambda fault: fault.begin_s))


def with_faults_named(verdict: Verdict, faults: Sequence[InForce]) -> Verdict:
    """Return a verdict that is not met with what had failed at its worst instant."""
    then = [fault for fault in faults if fault.begin_s <= verdict.worst_time_s < fault.end_s]
    if verdict.met or not then:
        return verdict
    named = "; ".join(f"{fault.words} (since {fault.begin_s:g} s)" for fault in then)
    return replace(verdict, text=f"{verdict.text}; in force then: {named}")


def named_in(
    verdicts: Sequence[Verdict], faults: Sequence[tuple[Path, Sequence[InForce]]]
) -> list[Verdict]:
    """Return verdicts with the faults of the run that each one's worst instant is in."""
    by_run = dict(faults)
    return [with_faults_named(each, by_run.get(each.recording, ())) for each in verdicts]

"""Which faults were in force at the instant that decides a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from hil.judge.occurrences import FaultLog, InForce
from hil.judge.verdict import Verdict
from hil.recording import Event


def faults_of(events: Iterable[Event]) -> tuple[InForce, ...]:
    """Return what failed in a run, in the order in which it began."""
    return FaultLog(events).all


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

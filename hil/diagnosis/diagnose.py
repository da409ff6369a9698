"""From a recording, the rig in it and its verdicts to what the likeliest cause is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hil.devices.registry import registry
from hil.diagnosis import conditions, estimates, feedback, wheels
from hil.diagnosis.beliefs import belief_findings
from hil.diagnosis.conditions import Conditions
from hil.diagnosis.estimates import Estimates
from hil.diagnosis.feedback import Feedback
from hil.diagnosis.finding import Diagnosis, Finding, ranked
from hil.diagnosis.following import Follower, followers_of
from hil.diagnosis.misunderstood import misunderstood
from hil.diagnosis.orbitmodels import OrbitModels
from hil.diagnosis.readings import READINGS
from hil.diagnosis.samples import CARRY, Samples
from hil.diagnosis.story import Line, event_findings, with_faults
from hil.diagnosis.told import told_findings
from hil.diagnosis.trouble import Trouble
from hil.diagnosis.tuning import tuning_findings
from hil.diagnosis.validity import Validity, validity_findings
from hil.diagnosis.wheels import Wheels
from hil.errors import HilError, RigError
from hil.judge import Verdict, link_counts, run_of
from hil.judge.rows import FloatArray, Rows
from hil.recording import Recording
from hil.rig import Rig, aged_elements, rig_of

Read = Callable[[Path], Recording]
_LOG = logging.getLogger(__name__)
_SPOILT = 60.0


class _Witnesses(NamedTuple):
    """All who look at a run's steps."""

    trouble: Trouble
    validity: list[Validity]
    samples: list[Samples]
    wheels: Wheels | None
    feedback: Feedback | None
    followers: list[Follower]
    conditions: Conditions | None
    orbits: OrbitModels | None
    estimates: Estimates | None
    line: Line

    @property
    def columns(self) -> set[str]:
        """The columns that they read."""
        needed = {"time_s", *self.trouble.columns, *self.line.columns}
        needed = needed.union(*(each.columns for each in self.validity))
        needed = needed.union(*(each.columns for each in self.samples))
        if self.wheels is not None:
            needed |= wheels.COLUMNS
        if self.feedback is not None:
            needed |= feedback.COLUMNS
        needed = needed.union(*(each.columns for each in self.followers))
        if self.conditions is not None:
            needed |= conditions.COLUMNS
        if self.orbits is not None:
            needed |= self.orbits.columns
        if self.estimates is not None:
            needed |= estimates.COLUMNS
        return needed


def diagnose(
    recording: Recording, verdicts: Sequence[Verdict], rig: Rig | None = None
) -> Diagnosis:
    """Return why a run missed what it missed; only remarks if it missed nothing.

    rig: by which it was judged, if that is not the one in the recording. What the recording cannot
    tell, for lack of a rig or of columns, is left out.
    """
    try:
        own = rig_of(recording)
    except RigError:
        return Diagnosis()
    judged = rig or own
    witnesses = _witnesses(own, judged, recording, verdicts)
    _read(recording, witnesses)
    trouble = witnesses.trouble
    found = list(_found(own, recording, witnesses))
    rate = witnesses.estimates.followed_rate if witnesses.estimates else None
    found += misunderstood(own, found, recording.events, rate)
    found = with_faults(found, recording.events, trouble)
    missed = any(not each.too_short for each in trouble.verdicts.values())
    return ranked(found, trouble.blamed, missed=missed)


def diagnose_worst(
    rig: Rig, paths: Sequence[Path], verdicts: Sequence[Verdict], read: Read = Recording
) -> Diagnosis:
    """Return the diagnosis of that run of several in which the first missed requirement is worst.

    read: how a recording is opened; of runs that miss nothing only a single one is looked at.
    """
    missed = next((each.recording for each in verdicts if not each.met), None)
    path = missed or (paths[0] if len(paths) == 1 else None)
    try:
        return Diagnosis() if path is None else diagnose(read(path), verdicts, rig)
    except HilError as error:
        _LOG.debug("no diagnosis: %s", error)
        return Diagnosis()


def _found(rig: Rig, recording: Recording, witnesses: _Witnesses) -> Iterator[Finding]:
    trouble, events = witnesses.trouble, recording.events
    for words in aged_elements(rig):
        yield Finding(words, 1.0, topic="mean elements", cause=False)
    yield from trouble.findings()
    yield from belief_findings(rig, trouble)
    yield from tuning_findings(rig, trouble)
    yield from told_findings(rig, recording, trouble, witnesses.orbits)
    yield from validity_findings(witnesses.validity, trouble)
    sampled = [found for each in witnesses.samples for found in each.findings(trouble)]
    yield from sampled
    if witnesses.estimates is not None and not any(each.weight > _SPOILT for each in sampled):
        yield from witnesses.estimates.findings()  # of what sensors show wrongly it is no news
    if witnesses.wheels is not None:
        yield from witnesses.wheels.findings(trouble)
    if witnesses.feedback is not None:
        yield from witnesses.feedback.findings(trouble)
    for follower in witnesses.followers:
        yield from follower.findings()
    if witnesses.conditions is not None:
        yield from witnesses.conditions.findings(trouble)
    yield from event_findings(events, run_of(recording).modes, trouble)
    counters = _counters(recording)
    yield from witnesses.line.findings(trouble, counters)


def _counters(recording: Recording) -> dict[str, int]:
    try:
        return link_counts(recording).at_the_end
    except HilError:
        return {}


def sensors_of(rig: Rig, columns: Iterable[str]) -> list[Validity]:
    """Return those who watch a rig's sensors, as far as a recording has their columns."""
    known, found = set(columns), []
    for kind in registry().sensors:
        for instance, table in enumerate(rig.spacecraft.tables(kind.heading)):
            rate_hz = getattr(table, kind.rate_key)
            each = Validity(kind.name, instance, table, rate_hz, rig.orbit.body.radius_m)
            if each.columns <= known:
                found.append(each)
    return found


def _witnesses(
    rig: Rig, judged: Rig, recording: Recording, verdicts: Sequence[Verdict]
) -> _Witnesses:
    columns = {name for name, _ in recording.columns}
    run = run_of(recording)
    trouble = Trouble(judged, run, verdicts)
    orbits: OrbitModels | None = OrbitModels(rig, trouble)
    if not (orbits and orbits.wanted and orbits.columns <= columns):
        orbits = None
    if run.every > 1:  # the others follow devices from one step to the next
        between = Conditions(rig) if columns >= conditions.COLUMNS else None
        return _Witnesses(trouble, [], [], None, None, [], between, orbits, None, Line(rig.step_s))
    has_tracker = bool(rig.spacecraft.tables("star_tracker"))
    samples = [
        Samples(kind.name, instance, table, run.step_s, has_tracker=has_tracker)
        for kind in registry().sensors
        if kind.name in READINGS
        for instance, table in enumerate(rig.spacecraft.tables(kind.heading))
    ]
    has_wheels = bool(rig.spacecraft.wheel) and columns >= wheels.COLUMNS
    return _Witnesses(
        trouble,
        sensors_of(rig, columns),
        [each for each in samples if each.columns <= columns],
        Wheels(rig, _latency_s(rig, recording)) if has_wheels else None,
        Feedback(rig) if has_wheels else None,
        [each for each in followers_of(rig) if each.columns <= columns],
        Conditions(rig) if columns >= conditions.COLUMNS else None,
        orbits,
        Estimates() if columns >= estimates.COLUMNS else None,
        Line(run.step_s),
    )


def _latency_s(rig: Rig, recording: Recording) -> float:
    """Return how late commands took effect, about."""
    paced = recording.metadata.get("run", {}).get("pace") != "lockstep"
    if not paced and rig.obc.latency is None:
        return rig.obc.latency_s
    replies = recording["reply_s"] if "reply_s" in recording else np.array([])
    known = replies[np.isfinite(replies)]
    return min(rig.step_s, float(np.median(known))) if paced and len(known) else 0.5 * rig.step_s


def _read(recording: Recording, witnesses: _Witnesses) -> None:
    """Show the run to all, piece by piece."""
    before: dict[str, FloatArray] = {}
    columns = {name for name, _ in recording.columns}
    for rows in recording.blocks(sorted(witnesses.columns & columns)):
        wide: Rows = {
            name: np.concatenate([before[name], values]) if before else values
            for name, values in rows.items()
        }
        start = len(next(iter(before.values()))) if before else 0
        marked = witnesses.trouble.mark(rows)
        witnesses.line.feed(rows)
        for validity in witnesses.validity:
            validity.feed(rows, marked)
        for samples in witnesses.samples:
            samples.feed(wide, start)
        if witnesses.wheels is not None:
            witnesses.wheels.feed(wide, start, marked)
        if witnesses.feedback is not None:
            witnesses.feedback.feed(rows)
        for follower in witnesses.followers:
            follower.feed(rows)
        if witnesses.conditions is not None:
            witnesses.conditions.feed(rows, marked)
        if witnesses.orbits is not None:
            witnesses.orbits.feed(rows, marked)
        if witnesses.estimates is not None:
            witnesses.estimates.feed(rows)
        before = {name: values[-CARRY:] for name, values in wide.items()}

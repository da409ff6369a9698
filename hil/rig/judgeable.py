"""Rules over what a run by itself must hold: within the run, and such that it can be judged."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hil.judge.requirements import PointingRequirement, Requirement
from hil.rig.cones import commanded_into_cones
from hil.rig.faults import faults_begin_in_the_run
from hil.rig.model import Rig
from hil.rig.radio import stations_have_passes
from hil.rig.reactions import latest_s, short_faults, zero_s
from hil.rig.recorded import column_sizes
from hil.rig.rules import Rule, as_far_as_known
from hil.rig.times import not_whole

_ROUNDED = 1e-6  # of a step: durations and periods are decimal numbers in binary


def _late_requirements(rig: Rig) -> Iterator[str]:
    last_s = rig.duration_s - rig.step_s
    latest = {"from_s": last_s, "by_s": last_s, "to_s": rig.duration_s}
    for requirement in rig.requirement:
        since_s = zero_s(rig, requirement)
        for key, most in latest.items():
            called = f'[[requirement]] "{requirement.name}": {key}'
            yield from _beyond(rig, called, getattr(requirement, key, None), most, since_s)


def _late_telecommands(rig: Rig) -> Iterator[str]:
    for number, order in enumerate(rig.telecommand, start=1):
        called = f"[[telecommand]] number {number}: at_s"
        if order.at_s:
            yield from not_whole(called, order.at_s, "step_s", rig.step_s)
        yield from _beyond(rig, called, order.at_s, rig.duration_s - rig.step_s)


def _late_scans(rig: Rig) -> Iterator[str]:
    for scan in rig.scan:
        called = f'[[scan]] "{scan.name}"'
        for key in ("at_s", "every_s"):
            if value := getattr(scan, key):
                yield from not_whole(f"{called}: {key}", value, "step_s", rig.step_s)
        if scan.end_s > rig.duration_s:
            yield (
                f"{called}: its {len(scan.places_deg())} cells end at {scan.end_s:g} s, after the "
                f"run (duration_s = {rig.duration_s:g}): begin earlier, or make cells larger"
            )


def _windows(rig: Rig) -> Iterator[str]:
    every = rig.recording.every
    thinned = f": [recording] every = {every} keeps one step in so many" if every > 1 else ""
    for requirement in rig.requirement:
        if isinstance(requirement, PointingRequirement):
            for words in requirement.period_misfits(every * rig.step_s):
                yield f'[[requirement]] "{requirement.name}": {words}{thinned}'


def _unjudgeable(rig: Rig) -> Iterator[str]:
    """Yield each requirement that no run of this length can judge."""
    for requirement in rig.requirement:
        yield from as_far_as_known(_unjudgeable_one(rig, requirement))


def _unjudgeable_one(rig: Rig, requirement: Requirement) -> Iterator[str]:
    called = f'[[requirement]] "{requirement.name}"'
    begin_s, end_s = zero_s(rig, requirement) + requirement.from_s, latest_s(rig, requirement)
    if begin_s >= end_s or hasattr(requirement, "event"):
        return  # which is told: it lies beyond the end
    step_s = rig.recording.every * rig.step_s  # from one recorded step to the next
    last_s = min(end_s, rig.duration_s - rig.step_s)
    held = _steps_within(begin_s, last_s, step_s)
    samples = held - math.ceil(requirement.settle_s / step_s - _ROUNDED)
    phase_s = max(0, samples - 1) * step_s
    left = f"from_s, to_s and settle_s leave {phase_s:.10g} s, the last step at {last_s:.10g} s"
    needed_s = _windows_s(requirement)
    if held < 1:
        yield f"{called}: from_s and to_s hold less than one step of step_s = {step_s}"
    elif samples < 1:
        yield (
            f"{called}: settle_s = {requirement.settle_s} leaves nothing to judge of the phase's "
            f"{(held - 1) * step_s:.10g} s"
        )
    elif needed_s > phase_s + _ROUNDED * step_s:
        yield f"{called}: its windows take {needed_s:g} s, and {left}"
    else:
        yield from (f"{called}: {words}" for words in _vacuous(requirement, samples))


def _steps_within(begin_s: float, end_s: float, step_s: float) -> int:
    """Return how many steps begin between two instants, both of them included."""
    first = math.ceil(begin_s / step_s - _ROUNDED)
    return max(0, math.floor(end_s / step_s + _ROUNDED) - first + 1)


def _windows_s(requirement: Requirement) -> float:
    """Return how long a requirement's windows take together, 0 for none."""
    window_s = getattr(requirement, "window_s", None) or 0.0
    return float(window_s + (getattr(requirement, "separation_s", None) or 0.0))


def _vacuous(requirement: Requirement, samples: int) -> Iterator[str]:
    """Yield why a requirement is met whatever happens, or nearly so."""
    probability = getattr(requirement, "probability", 1.0)
    if probability * samples < 1.0 - 1e-6 and samples > 1:
        yield (
            f"probability = {probability:g} asks for less than one of the phase's {samples} "
            "samples: a single one within the limit would meet it"
        )
    degrees = getattr(requirement, "limit_deg", None)
    arcsec = getattr(requirement, "limit_arcsec", None)
    limit_deg = degrees if degrees is not None else (arcsec or 0.0) / 3600.0
    if limit_deg >= 180.0:
        yield f"a limit of {limit_deg:g} deg can never be missed: errors end at 180 deg"


def _parts(rig: Rig) -> Iterator[str]:
    sizes = column_sizes(
        rig.spacecraft.devices,
        rig.obc.telemetry,
        scene=rig.scene is not None,
        radio=rig.radio is not None,
    )
    for requirement in rig.requirement:
        part, column = getattr(requirement, "part", None), getattr(requirement, "column", "")
        if isinstance(part, int) and part >= sizes.get(column, part + 1):
            most = sizes[column] - 1
            valid = f"0 to {most}" if most else "only 0"
            yield (
                f'[[requirement]] "{requirement.name}": part = {part} of {column}: valid numbers: '
                f"{valid}"
            )


def _beyond(
    rig: Rig, called: str, value: float | None, most: float, since_s: float = 0.0
) -> Iterator[str]:
    if value is not None and since_s + value > most + 1e-9:
        counted = f", counted from {since_s:g} s," if since_s else ""
        end = f"lies beyond the end of the run, duration_s = {rig.duration_s}"
        if since_s + value <= rig.duration_s and most < rig.duration_s:
            end = f"lies after the last step, which begins at {most:.10g} s"
        yield f"{called} = {value}{counted} {end}"


RUN_RULES: tuple[Rule, ...] = (
    commanded_into_cones,
    faults_begin_in_the_run,
    short_faults,
    _late_requirements,
    _windows,
    _unjudgeable,
    _parts,
    _late_telecommands,
    _late_scans,
    stations_have_passes,
)

"""Whether the parts of a rig fit each other: one sentence for each that does not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hil.physics.step import check_step
from hil.rig.timeline import condition_complaints, order_complaints

if TYPE_CHECKING:
    from hil.rig.model import Rig

_TURN_MOST_rad = 1.0  # the integrator's error in a step grows with its fifth power
_SHORTEST_STEP_s = 1e-6
_LINK = "link"  # the name under which the line is judged


def complaints(rig: Rig) -> Iterator[str]:
    """Yield all that keeps a rig whose keys are right by themselves from being run."""
    yield from _steps(rig)
    yield from _sensor_rates(rig)
    twice = _twice([target.name for target in rig.target])
    yield from (f"two targets are called {name!r}: name each differently" for name in twice)
    if not twice:  # else nobody knows which one a name means
        yield from order_complaints(rig.telecommand, rig.target)
        yield from condition_complaints(rig.requirement, rig.target)
    yield from _earthly(rig)
    yield from _requirement_names(rig)


def late_complaints(rig: Rig) -> Iterator[str]:
    """Yield each requirement and telecommand that lies beyond the run's end."""
    last_s = rig.duration_s - rig.step_s
    latest = {"from_s": last_s, "by_s": last_s, "to_s": rig.duration_s}
    for requirement in rig.requirement:
        for key, most in latest.items():
            called = f'[[requirement]] "{requirement.name}": {key}'
            yield from _beyond(rig, called, getattr(requirement, key, None), most)
    for number, order in enumerate(rig.telecommand, start=1):
        called = f"[[telecommand]] number {number}: at_s"
        if order.at_s:
            yield from _not_whole(called, order.at_s, "step_s", rig.step_s)
        yield from _beyond(rig, called, order.at_s, last_s)


def _beyond(rig: Rig, called: str, value: float | None, most: float) -> Iterator[str]:
    if value is not None and value > most + 1e-9:
        yield f"{called} = {value} lies beyond the end of the run, duration_s = {rig.duration_s}"


def _not_whole(key: str, value_s: float, unit_key: str, unit_s: float) -> Iterator[str]:
    """Yield a sentence unless a duration is one or more whole steps."""
    n = value_s / unit_s
    if round(n) < 1 or abs(n - round(n)) > 1e-6 * n:
        near = max(1, round(n)) * unit_s
        yield f"{key} = {value_s} is no whole number of {unit_key} = {unit_s}: use {near:.9g}, say"


def _steps(rig: Rig) -> Iterator[str]:
    latency_s = rig.obc.latency_s
    yield from _not_whole("duration_s", rig.duration_s, "step_s", rig.step_s)
    if latency_s and rig.obc.latency is not None:
        yield "give [obc] latency_s or a table [obc.latency], not both"
    if latency_s >= rig.step_s:
        yield f"[obc] latency_s = {latency_s} must be less than step_s = {rig.step_s}"
    if rig.truth.step_s is not None:
        yield from _truth_step(rig, rig.truth.step_s)
    if rig.step_s < _SHORTEST_STEP_s:
        yield f"step_s = {rig.step_s} must be at least {_SHORTEST_STEP_s}: HELLO tells microseconds"
    else:
        yield from _turn(rig)


def _turn(rig: Rig) -> Iterator[str]:
    rate_deg_s = rig.attitude.rate_body_deg_s
    turn_rad = math.radians(math.hypot(*rate_deg_s)) * rig.truth_step_s
    if turn_rad > _TURN_MOST_rad:
        yield (
            f"[attitude] rate_body_deg_s = {list(rate_deg_s)} turns the body by {turn_rad:.3g} rad "
            f"in a step of the truth, {rig.truth_step_s:g} s: at most {_TURN_MOST_rad:g} rad"
        )


def _truth_step(rig: Rig, step_s: float) -> Iterator[str]:
    wrong = list(_not_whole("step_s", rig.step_s, "[truth] step_s", step_s))
    if rig.obc.latency_s and not wrong:
        yield from _not_whole("[obc] latency_s", rig.obc.latency_s, "[truth] step_s", step_s)
    yield from wrong
    try:
        check_step(step_s, rig.spacecraft.wheel, rig.spacecraft.flexible_mode)
    except ValueError as error:
        yield f"[truth] step_s: {error}"


def _sensor_rates(rig: Rig) -> Iterator[str]:
    for heading, rate_hz in rig.spacecraft.sensor_rates():
        steps = 1.0 / (rate_hz * rig.step_s)
        if round(steps) < 1 or abs(steps - round(steps)) > 1e-6 * steps:
            fit = sorted({max(1, math.floor(steps)), max(1, math.ceil(steps))})
            rates = " or ".join(f"{1.0 / (n * rig.step_s):.6g}" for n in fit)
            yield (
                f"{heading} = {rate_hz:g} in the spacecraft's file is not one sample every so "
                f"many steps of step_s = {rig.step_s}: use {rates}"
            )


def _earthly(rig: Rig) -> Iterator[str]:
    body = rig.orbit.central_body
    if rig.target and body != "earth":
        yield "[[target]] is for orbits about the Earth: its places are on WGS84"
    if rig.spacecraft.gps and body != "earth":
        yield f"the spacecraft has a [[gps]], and there is none at the {body}"


def _requirement_names(rig: Rig) -> Iterator[str]:
    names = [requirement.name for requirement in rig.requirement]
    for name in _twice(names):
        yield f"two requirements are called {name!r}: name each differently"
    if _LINK in names:
        yield f"a requirement cannot be called {_LINK!r}: [allowed] judges the line"


def _twice(names: list[str]) -> list[str]:
    return [name for name, n in Counter(names).items() if n > 1]

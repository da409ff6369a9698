"""Rules over a rig's times: ranges that make sense, and multiples of each other."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hil.link.clock import exact_s
from hil.physics.step import FASTEST_rad_s, check_step
from hil.rig.latency import PERIODS_LATE_MOST
from hil.rig.model import Rig
from hil.rig.rules import Rule

_STEP_s = (1e-4, 60.0)
_TRUTH_STEP_s = (1e-5, 1.0)
_TIMEOUT_s = (1e-3, 600.0)
_BOOT_s = (0.1, 600.0)
_BAUD = (300, 25_000_000)
_COUNTED_MOST = float(1 << 32)  # SYNC counts steps, and the time code seconds, in 32 bits


def _outside(key: str, value: float | None, least: float, most: float) -> Iterator[str]:
    if value is not None and not least <= value <= most:
        yield f"{key} = {value} must be {least:g} to {most:g}"


def not_whole(key: str, value_s: float, unit_key: str, unit_s: float) -> Iterator[str]:
    """Yield a sentence unless a duration is one or more whole steps."""
    n = value_s / unit_s
    if not math.isfinite(n):
        yield f"{key} = {value_s} is too many times {unit_key} = {unit_s}"
    elif round(n) < 1 or abs(n - round(n)) > 1e-6 * n:
        near = max(1, round(n)) * unit_s
        yield f"{key} = {value_s} must be a multiple of {unit_key} = {unit_s} (nearest: {near:.9g})"


def _duration(rig: Rig) -> Iterator[str]:
    yield from not_whole("duration_s", rig.duration_s, "step_s", rig.step_s)


def _times(rig: Rig) -> Iterator[str]:
    """Yield what is outside of what makes sense; shorter times than these were never meant."""
    yield from _outside("step_s", rig.step_s, *_STEP_s)
    yield from _outside("[truth] step_s", rig.truth.step_s, *_TRUTH_STEP_s)


def _obc_times(rig: Rig) -> Iterator[str]:
    yield from _outside("[obc] reply_timeout_s", rig.obc.reply_timeout_s, *_TIMEOUT_s)
    yield from _outside("[obc] boot_s", rig.obc.boot_s, *_BOOT_s)
    yield from _outside("[obc] quiet_before_hello_s", rig.obc.quiet_before_hello_s, 0.0, _BOOT_s[1])
    yield from _outside("[obc] baud", rig.obc.baud, *_BAUD)


def _one_latency(rig: Rig) -> Iterator[str]:
    if rig.obc.latency_s and rig.obc.latency is not None:
        yield "give [obc] latency_s or a table [obc.latency], not both"


def _latency(rig: Rig) -> Iterator[str]:
    most_s, table = PERIODS_LATE_MOST * rig.step_s, rig.obc.latency
    given = {"[obc] latency_s": rig.obc.latency_s}
    if table is not None:
        given["[obc.latency] p99_s"] = table.p99_s or 0.0
    for key, value_s in given.items():
        if value_s > most_s:
            yield (
                f"{key} = {value_s} must be at most {PERIODS_LATE_MOST} control periods, "
                f"{most_s:g} s"
            )


def _clock(rig: Rig) -> Iterator[str]:
    """HELLO tells the control period as an exact fraction of two 32-bit numbers."""
    if not _STEP_s[0] <= rig.step_s <= _STEP_s[1]:
        return
    period_s = exact_s(rig.step_s)
    if period_s.denominator >= _COUNTED_MOST:
        near = float(period_s.limit_denominator(1_000_000))
        yield f"step_s = {rig.step_s} has too many decimals to be sent exactly (nearest: {near!r})"


def _countable(rig: Rig) -> Iterator[str]:
    most_s = min(_COUNTED_MOST * rig.step_s, _COUNTED_MOST)
    if rig.duration_s >= most_s:
        yield (
            f"duration_s = {rig.duration_s:g} is more than the line can count: at most "
            f"2**32 steps and 2**32 s, here {most_s:.3g} s"
        )


def _turn(rig: Rig) -> Iterator[str]:
    if any(_times(rig)):
        return
    rate_deg_s = rig.attitude.rate_body_deg_s
    rate_rad_s = math.radians(math.hypot(*rate_deg_s))
    if rate_rad_s > FASTEST_rad_s:
        yield (
            f"[attitude] rate_body_deg_s = {list(rate_deg_s)} is {rate_rad_s:.3g} rad/s: "
            f"at most {FASTEST_rad_s:g} rad/s"
        )


def _truth_steps_fit(rig: Rig) -> Iterator[str]:
    step_s = rig.truth.step_s
    if step_s is None:
        return
    wrong = list(not_whole("step_s", rig.step_s, "[truth] step_s", step_s))
    yield from wrong
    if rig.obc.latency_s and not wrong:
        yield from not_whole("[obc] latency_s", rig.obc.latency_s, "[truth] step_s", step_s)


def _truth_follows(rig: Rig) -> Iterator[str]:
    if rig.truth.step_s is None:
        return
    try:
        check_step(rig.truth.step_s, rig.spacecraft.wheel, rig.spacecraft.flexible_mode)
    except ValueError as error:
        yield f"[truth] step_s: {error}"


def _field_nodes(rig: Rig) -> Iterator[str]:
    node_s = rig.environment.magnetic_field_node_s
    if node_s and not any(_times(rig)):
        truth_step_s = rig.truth_step_s
        key = "[environment] magnetic_field_node_s"
        yield from not_whole(key, node_s, "the truth's step", truth_step_s)


def _sensor_rates(rig: Rig) -> Iterator[str]:
    for heading, rate_hz in rig.spacecraft.sensor_rates():
        samples = rate_hz * rig.step_s
        steps = 1.0 / samples if samples > 1e-300 else math.inf
        if steps == math.inf:
            yield f"{heading} = {rate_hz:g} in the spacecraft's file: the sensor never measures"
        elif round(steps) < 1 or abs(steps - round(steps)) > 1e-6 * steps:
            fit = sorted({max(1, math.floor(steps)), max(1, math.ceil(steps))})
            rates = " or ".join(f"{1.0 / (n * rig.step_s):.9g}" for n in fit)
            yield (
                f"{heading} = {rate_hz:g} in the spacecraft's file: there must be a whole number "
                f"of steps of step_s = {rig.step_s} from one sample to the next (nearest: {rates})"
            )


TIME_RULES: tuple[Rule, ...] = (
    _times,
    _clock,
    _duration,
    _countable,
    _obc_times,
    _one_latency,
    _latency,
    _truth_steps_fit,
    _truth_follows,
    _turn,
    _field_nodes,
    _sensor_rates,
)

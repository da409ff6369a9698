"""Whether the flight software's gains suit the spacecraft and what is asked of it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hil.diagnosis.believed import Beliefs
from hil.diagnosis.finding import Finding
from hil.diagnosis.trouble import Trouble
from hil.diagnosis.units import number
from hil.judge.pointing import KNOWLEDGE
from hil.judge.requirements import ColumnRequirement, ModeRequirement, PointingRequirement
from hil.rig import Rig

_RATE = "truth_rate_body_rad_s"
_POINT_NOWHERE = {"idle", "detumble"}
_DAMPED = 0.35  # less than half of what is usual
_DIES_AWAY = 5.0  # time constants until an error is a hundredth
_EARTH_T_m3 = 1.1e16  # mean size of a dipole field over its sphere, times r^3 (IGRF: 7.8e15 T m3)
_ACROSS = 2.0 / 3.0  # of a dipole or a rate is across the field, on average


def tuning_findings(rig: Rig, trouble: Trouble) -> Iterator[Finding]:
    """Yield gains that cannot do what is asked; nothing of a firmware without parameters."""
    yield from _modes(rig, trouble)
    if not rig.spacecraft.flight_software:
        return
    yield from _aimless(rig, trouble)
    beliefs = Beliefs(rig.spacecraft.flight_software)
    if rig.spacecraft.wheel:
        yield from _loop(rig, beliefs, trouble)
    if rig.spacecraft.rod and not _wheels_hold(rig):
        yield from _braking(rig, beliefs, trouble)


def _wheels_hold(rig: Rig) -> bool:
    """Whether the wheels can take up the momentum that the body has at the start."""
    held = sum(each.spin_inertia_kg_m2 * each.speed_max_rad_s for each in rig.spacecraft.wheel)
    inertia = np.array(rig.spacecraft.body.inertia_body_kg_m2)
    return bool(np.linalg.norm(inertia @ rig.initial_rate_body_rad_s()) < held)


def _modes(rig: Rig, trouble: Trouble) -> Iterator[Finding]:
    """Yield a mode that is required and that nobody commands."""
    commanded = [rig.obc.mode, *(each.mode for each in rig.telecommand if each.mode)]
    for each in trouble.missed:
        if isinstance(each, ModeRequirement) and each.mode not in commanded:
            words = (
                f'"{each.name}" asks for mode {each.mode}, but [obc] and [[telecommand]] command '
                f"{' and '.join(dict.fromkeys(map(str, commanded)))} only"
            )
            yield Finding(words, 90.0, "any", "mode")


def _aimless(rig: Rig, trouble: Trouble) -> Iterator[Finding]:
    """Yield a requirement to point in a run whose modes point nowhere."""
    commanded = {rig.obc.mode, *(each.mode for each in rig.telecommand if each.mode)}
    for each in trouble.missed:
        if not isinstance(each, PointingRequirement) or each.index in KNOWLEDGE:
            continue
        if each.target is not None and commanded <= _POINT_NOWHERE:
            words = (
                f'"{each.name}" asks for pointing, but [obc] and [[telecommand]] command '
                f"{' and '.join(sorted(map(str, commanded)))} only"
            )
            yield Finding(words, 89.0, "control", "mode")


def _loop(rig: Rig, beliefs: Beliefs, trouble: Trouble) -> Iterator[Finding]:
    """Yield a loop by wheels that is too slow, too fast or hardly damped."""
    bandwidth, damping = beliefs["control_bandwidth_rad_s"], beliefs["control_damping"]
    if damping < _DAMPED:
        words = (
            f"[flight_software] control_damping is {damping:g}: the loop swings for long; 0.5 to 1 "
            "is usual"
        )
        yield Finding(words, 76.0, "control", "damping")
        return
    needs_s, has_s = _DIES_AWAY / (damping * bandwidth), trouble.asked_s - trouble.begin_s
    if needs_s > max(has_s, 30.0):
        words = (
            f"[flight_software] control_bandwidth_rad_s is {bandwidth:g}: an error takes "
            f"{needs_s:.0f} s to die away, and the requirement begins {has_s:.0f} s after the start"
        )
        yield Finding(words, 74.0, "control", "bandwidth")
    # of the loop s^2 + 2 d w s + w^2: where its gain is 1, and the phase left there
    crossover = bandwidth * math.sqrt(2 * damping**2 + math.sqrt(4 * damping**4 + 1.0))
    margin = math.atan(2.0 * damping * crossover / bandwidth)
    late_s = rig.step_s + max(0.0, rig.obc.latency_s - beliefs["command_delay_s"])
    if crossover * late_s > 0.8 * margin:
        words = (
            f"[flight_software] control_bandwidth_rad_s is {bandwidth:g}: with {late_s:g} s from a "
            f"sample to its torque {math.degrees(margin - crossover * late_s):.0f} deg of phase "
            "margin are left"
        )
        yield Finding(words, 76.0, "control", "bandwidth")
    yield from _vibration(rig, beliefs)
    for mode in rig.spacecraft.flexible_mode:
        if crossover > math.pi * mode.frequency_hz:  # less than an octave apart
            words = (
                f"[flight_software] control_bandwidth_rad_s is {bandwidth:g}: the loop works up to "
                f"{crossover / 2.0 / math.pi:.2g} Hz and excites the vibration at "
                f"{mode.frequency_hz:g} Hz"
            )
            yield Finding(words, 78.0, "control", "bandwidth")


def _vibration(rig: Rig, beliefs: Beliefs) -> Iterator[Finding]:
    """Yield a period that slews are planned by and that none of the vibrations has."""
    period_s = beliefs["flexible_period_s"]
    periods = [1.0 / mode.frequency_hz for mode in rig.spacecraft.flexible_mode]
    if not period_s or not periods or 0.6 * min(periods) < period_s < 1.5 * max(periods):
        return
    words = (
        f"[flight_software] flexible_period_s is {period_s:g}, and the spacecraft swings with "
        f"{' and '.join(f'{each:.3g}' for each in periods)} s: slews leave it swinging"
    )
    yield Finding(words, 79.0, "control", "vibration")


def _braking(rig: Rig, beliefs: Beliefs, trouble: Trouble) -> Iterator[Finding]:
    """Yield rods or a gain with which a rotation cannot be braked in the time that is given."""
    for each in trouble.missed:
        given_s = each.by_s or each.from_s if isinstance(each, ColumnRequirement) else None
        if given_s and isinstance(each, ColumnRequirement) and each.column == _RATE:
            limit = each.stated_limit
            found = list(_cannot_brake(rig, beliefs, limit.value * limit.unit_si, given_s))
            if found:
                yield from found
                return


def _cannot_brake(
    rig: Rig, beliefs: Beliefs, limit_rad_s: float, given_s: float
) -> Iterator[Finding]:
    largest = max(rig.spacecraft.body.inertia_body_kg_m2[k][k] for k in range(3))
    rate = math.hypot(*rig.initial_rate_body_rad_s())
    field_T = _EARTH_T_m3 / math.hypot(*rig.orbit.state()[0]) ** 3
    dipole = min(each.dipole_max_A_m2 * each.dipole_gain for each in rig.spacecraft.rod)
    brakes_s = largest * (rate - limit_rad_s) / (_ACROSS * dipole * field_T)
    if brakes_s > 0.9 * given_s:
        words = (
            f"rods of {number(dipole, 2)} A m2 take about {brakes_s:.0f} s to brake "
            f"{math.degrees(rate):.2g} deg/s of {number(largest, 2)} kg m2; {given_s:.0f} s are "
            "given"
        )
        yield Finding(words, 82.0, "control", "rods")
    gain = beliefs["detumble_gain_s"]
    falls = math.log(max(rate / limit_rad_s, 1.0))
    damps_s = falls / (_ACROSS * gain)
    if damps_s > 0.9 * given_s:
        words = (
            f"[flight_software] detumble_gain_s is {gain:g}: a rate falls from "
            f"{math.degrees(rate):.2g} deg/s to the limit in about {damps_s:.0f} s; "
            f"{given_s:.0f} s are given"
        )
        yield Finding(words, 81.0, "control", "detumble gain")

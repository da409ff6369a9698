"""How long an integration step may be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from hil.physics.spacecraft import FlexibleMode, WheelModel

ORDINARY_STEP_s = 0.05  # RK4 stays within 0.1 arcsec in 600 s of a slewing CubeSat
FASTEST_rad_s = 1e4  # what turns faster is no spacecraft
CALM_ERROR_rad_s = 8e-7  # rate (rate step)^4 at which RK4 begins to err by 0.1 arcsec in 600 s
STEPS_A_FRICTION_TIME = 10.0  # follows the Coulomb law through zero speed
STEPS_A_VIBRATION = 20.0  # keeps a mode's phase within 0.03 degrees a cycle


def longest_step_s(
    wheels: Sequence[WheelModel] = (), modes: Sequence[FlexibleMode] = ()
) -> tuple[float, str]:
    """The longest step that RK4 follows this spacecraft with, and what sets it."""
    limits = [
        (
            w.friction_time_constant_s / STEPS_A_FRICTION_TIME,
            f"the friction of wheel {i} (time constant {w.friction_time_constant_s:.3g} s)",
        )
        for i, w in enumerate(wheels)
    ] + [
        (
            1.0 / (m.frequency_hz * STEPS_A_VIBRATION),
            f"flexible mode {i} ({m.frequency_hz:g} Hz)",
        )
        for i, m in enumerate(modes)
    ]
    return min(limits, default=(math.inf, "nothing"))


def calm_rate_rad_s(step_s: float) -> float:
    """The fastest turn that RK4 follows at a step with 0.1 arcsec in 600 s.

    Its error after a time T is a small share of T rate (rate step)^4; the share is measured, over
    bodies of all shapes that turn about any axis.
    """
    return float((CALM_ERROR_rad_s / step_s**4) ** 0.2)


def choose_step_s(
    intervals_s: Sequence[float],
    wheels: Sequence[WheelModel] = (),
    modes: Sequence[FlexibleMode] = (),
) -> float:
    """The longest good step of which a whole number makes each interval; those of 0 s do not count.

    Intervals are taken for the fractions of nanoseconds, or the simple ones, that they are.
    """
    exact = [Fraction(interval).limit_denominator(10**9) for interval in intervals_s]
    parts = math.lcm(*(interval.denominator for interval in exact))
    common_s = Fraction(math.gcd(*(int(interval * parts) for interval in exact)), parts)
    longest = min(ORDINARY_STEP_s, longest_step_s(wheels, modes)[0])
    return float(common_s / math.ceil(common_s / longest - 1e-9))


def check_step(
    step_s: float, wheels: Sequence[WheelModel] = (), modes: Sequence[FlexibleMode] = ()
) -> None:
    """Raise ValueError when a step is not positive, or longer than RK4 can follow."""
    if not (math.isfinite(step_s) and step_s > 0.0):
        raise ValueError(f"integration step {step_s} s: must be positive")
    longest, reason = longest_step_s(wheels, modes)
    if step_s > longest:
        raise ValueError(
            f"integration step {step_s} s is too long for {reason}: use at most {longest:.3g} s"
        )

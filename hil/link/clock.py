"""Simulated time: whole control periods of an exact length, told to everybody by one clock."""

import math
import sys
from fractions import Fraction

from hil.link.cuc import TICKS_PER_SECOND

_NS_PER_SECOND = 1_000_000_000
_SIMPLEST = 1_000_000  # denominators up to here stand for what a decimal fraction cannot say


def exact_s(duration_s: float) -> Fraction:
    """The duration that a float stands for: the simple fraction it is nearest to, or its decimals.

    0.1 is 1/10 and 0.016666666666666666 is 1/60; 0.0166667 is what it says, 166667/10000000.
    """
    simple = Fraction(duration_s).limit_denominator(_SIMPLEST)
    if abs(float(simple) - duration_s) <= 4.0 * sys.float_info.epsilon * abs(duration_s):
        return simple
    return Fraction(repr(float(duration_s)))


class Clock:
    """Simulated time of a run. The loop moves it from step to step; everybody else reads it.

    period_s: the control period, an exact fraction of a second; no time is ever rounded before it
    is asked for in a unit, so that nothing adds up.
    uptime_s: what the OBC's time, which is that of the packets, is ahead of the run's.
    step, now_ns, now_s, now_ticks: the present step and its instant, rounded to the nearest.
    """

    def __init__(self, period_s: Fraction, uptime_s: Fraction = Fraction(0)) -> None:
        self.period_s, self._uptime_s = period_s, uptime_s
        period_us = period_s * 1_000_000
        self._us, self._us_parts = period_us.numerator, period_us.denominator
        # In whole parts of a tick: the uptime, with half a tick for the nearest, and a step.
        at_start = uptime_s * TICKS_PER_SECOND + Fraction(1, 2)
        a_step = period_s * TICKS_PER_SECOND
        self._tick_parts = math.lcm(at_start.denominator, a_step.denominator)
        self._parts_at_start = int(at_start * self._tick_parts)
        self._parts_a_step = int(a_step * self._tick_parts)
        self.go_to(0)

    def go_to(self, step: int) -> None:
        """Make a step the present one."""
        self.step = step
        self.now_ns = (2000 * step * self._us + self._us_parts) // (2 * self._us_parts)
        self.now_s = step * self._us / self._us_parts * 1e-6
        self.now_ticks = (self._parts_at_start + step * self._parts_a_step) // self._tick_parts

    @property
    def parts(self) -> tuple[int, int, int]:
        """Of a tick's whole parts: those at the start, of a step, and of a tick."""
        return self._parts_at_start, self._parts_a_step, self._tick_parts

    def time_s(self, step: int) -> float:
        """Seconds from the start of the run to a step."""
        return step * self._us / self._us_parts * 1e-6

    def time_ns(self, step: int) -> int:
        """Nanoseconds from the start of the run to a step, the nearest."""
        return (2000 * step * self._us + self._us_parts) // (2 * self._us_parts)

    def ticks(self, step: int) -> int:
        """The CUC time of a step: the tick nearest to the exact time."""
        return (self._parts_at_start + step * self._parts_a_step) // self._tick_parts

    def ticks_before(self, age_s: float) -> int:
        """The CUC time of what was measured so long before the present step."""
        steps = age_s * 1e6 * self._us_parts / self._us
        whole = round(steps)
        if abs(steps - whole) < 1e-6:
            return self.ticks(self.step - whole)
        now_s = self._uptime_s + self.step * self.period_s
        exact = now_s - Fraction(round(age_s * _NS_PER_SECOND), _NS_PER_SECOND)
        return math.floor(exact * TICKS_PER_SECOND + Fraction(1, 2))

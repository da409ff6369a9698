"""Elementary functions of sums and products alone: no library's last bit gets into a picture.

Exponent and root are exact in IEEE 754 (ldexp, frexp, sqrt); the rest are polynomials. Errors are
relative and far below one count of any camera.
"""

from __future__ import annotations

import math

from hil.physics.compiled import compiled

_LOG2_E, _LN2 = 1.4426950408889634, 0.6931471805599453
_TWO_PI = 6.283185307179586


@compiled
def exp(x: float) -> float:
    """Return e to the x, within 1e-8; 0 below -80, that of 80 above."""
    if x < -80.0:
        return 0.0
    x = min(x, 80.0)
    whole = math.floor(x * _LOG2_E + 0.5)
    r = x - whole * _LN2
    series = 1.0 + r * (1.0 + r * (1.0 / 2.0 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (
        1.0 / 120.0 + r * (1.0 / 720.0 + r / 5040.0))))))  # fmt: skip
    return math.ldexp(series, int(whole))


@compiled
def log(x: float) -> float:
    """Return the natural logarithm of a positive number, within 1e-9."""
    mantissa, exponent = math.frexp(x)
    if mantissa < 0.7071067811865476:
        mantissa, exponent = 2.0 * mantissa, exponent - 1
    s = (mantissa - 1.0) / (mantissa + 1.0)
    s2 = s * s
    series = 1.0 + s2 * (1.0 / 3.0 + s2 * (1.0 / 5.0 + s2 * (1.0 / 7.0 + s2 * (
        1.0 / 9.0 + s2 * (1.0 / 11.0 + s2 / 13.0)))))  # fmt: skip
    return 2.0 * s * series + exponent * _LN2


@compiled
def sine_of_turns(turns: float) -> float:
    """Return the sine of an angle in turns, within 1e-7."""
    part = turns - math.floor(turns + 0.5)
    if part > 0.25:
        part = 0.5 - part
    elif part < -0.25:
        part = -0.5 - part
    x = _TWO_PI * part
    x2 = x * x
    return x * (1.0 - x2 / 6.0 * (1.0 - x2 / 20.0 * (1.0 - x2 / 42.0 * (1.0 - x2 / 72.0 * (
        1.0 - x2 / 110.0)))))  # fmt: skip


@compiled
def clamp(x: float, low: float, high: float) -> float:
    """Return x, or the end of the range that it is beyond."""
    return max(low, min(high, x))


@compiled
def smooth_step(x: float) -> float:
    """Return 0 below 0, 1 above 1, and a cubic between."""
    x = clamp(x, 0.0, 1.0)
    return x * x * (3.0 - 2.0 * x)

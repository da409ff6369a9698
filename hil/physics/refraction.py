"""How the air bends the light that comes from the ground to a spacecraft.

Seen from above the air a target appears higher than it is. Light and straight line, which both
begin at the target, part by the angle that the light is bent by on its last metres, above all in
the lowest kilometres, and so lie side by side when they leave the air.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hil.physics.compiled import compiled
from hil.physics.vectors import FloatArray

# Dry air of 15 deg C as in the International Standard Atmosphere (ISO 2533), green light of 550 nm
# (Edlen, Metrologia 2 (1966) 71).
STANDARD_PRESSURE_hPa = 1013.25
_REFRACTIVITY = 2.7778e-4
SCALE_HEIGHT_m = 287.05287 * 288.15 / 9.80665
_RADIUS_m = 6_371_000.0
_LOWEST_COSINE = 0.03489949670250097  # sin 2 deg
_LEVELS = 12


def lift_m(
    zenith_cosine: ArrayLike, height_m: ArrayLike = 0.0, pressure_hPa: float = STANDARD_PRESSURE_hPa
) -> FloatArray:
    """How many metres (n,) higher a target appears from beyond the air, along its plumb line.

    zenith_cosine: (n,) of the angle at the target from its zenith to the spacecraft; below 2
    degrees of elevation as there. pressure_hPa: at sea level.

    The ray equation y'' = dn/dy (Born and Wolf, Principles of Optics, section 3.2, to first order
    in n - 1) between fixed ends a distance apart has the slope sum(s dn/dy ds) / distance at the
    far one. With n - 1 falling exponentially and a height of s cos z + (s sin z)^2 / 2 r, a target
    raised by (n - 1) H / cos^2 z f is seen along that slope; f = x^2 2 (1 - sqrt(pi) x e^x^2
    erfc x), x = cot z sqrt(r / 2 H), whose continued fraction (Abramowitz and Stegun, 7.1.14) is
    taken. Of the air only n - 1 times H, that is its weight, counts near the zenith.
    """
    cosine = np.maximum(np.asarray(zenith_cosine, dtype=float), _LOWEST_COSINE)
    return np.asarray(straight_lift_m(height_m, pressure_hPa) / _divisor(cosine))


def straight_lift_m(height_m: ArrayLike, pressure_hPa: float) -> FloatArray:
    """How many metres (n,) higher a target appears that is seen from straight above."""
    above_sea = np.exp(-np.asarray(height_m, dtype=float) / SCALE_HEIGHT_m)
    refractivity = _REFRACTIVITY * SCALE_HEIGHT_m * pressure_hPa / STANDARD_PRESSURE_hPa
    return np.asarray(refractivity * above_sea)


@compiled
def lift_slanted(zenith_cosine: float) -> float:
    """How many times higher than from straight above, for compiled code: see ``lift_m``."""
    times: float = 1.0 / divisor(max(zenith_cosine, _LOWEST_COSINE))
    return times


def _divisor(cosine: Any) -> Any:
    """Divide by what one seen from straight above is raised by: numbers or arrays."""
    y = (1.0 / (cosine * cosine) - 1.0) * SCALE_HEIGHT_m / _RADIUS_m
    below = 1.0 + 0.0 * y
    for level in range(_LEVELS, 1, -1):
        below = 1.0 + level * y / below
    return cosine * cosine * (y + below)


divisor = compiled(_divisor)

"""Aberration: where the light's direction and time and the observer's speed let things be seen."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hil.physics.compiled import compiled
from hil.physics.constants import SPEED_OF_LIGHT_m_s
from hil.physics.vectors import FloatArray, Vector, cross, scale, subtract

# The Earth's orbit about the Sun at J2000 (Simon et al., Astronomy and Astrophysics 282 (1994) 663)
_ORBIT_SPEED_m_s = 29_788.8  # mu / angular momentum: 29 784.7 / sqrt(1 - e^2)
_ECCENTRICITY = 0.016_708_63
_PERIHELION_rad = math.radians(102.937_35)
_OBLIQUITY_rad = math.radians(23.439_291_1)
_COSINE, _SINE = math.cos(_OBLIQUITY_rad), math.sin(_OBLIQUITY_rad)
ECLIPTIC_POLE_ECI = (0.0, -_SINE, _COSINE)
_ALONG, _ACROSS = math.cos(_PERIHELION_rad), math.sin(_PERIHELION_rad)
_TO_PERIHELION = (
    _ECCENTRICITY * _ALONG,
    _ECCENTRICITY * _ACROSS * _COSINE,
    _ECCENTRICITY * _ACROSS * _SINE,
)


@compiled
def earth_velocity(sun_eci: Vector) -> Vector:
    """Return the Earth's velocity about the Sun in m/s, ECI, from the unit vector to the Sun.

    The hodograph of an ellipse, v = mu / h pole x (e + r / |r|); within 30 m/s (0.02 arcsec of
    aberration) of the barycentric one (Battin, Mathematics and Methods of Astrodynamics, 3.5).
    """
    across = cross(ECLIPTIC_POLE_ECI, subtract(_TO_PERIHELION, sun_eci))
    return scale(_ORBIT_SPEED_m_s, across)


@compiled
def aberration_turn(boresight: Vector, velocity_m_s: Vector) -> Vector:
    """Return the rotation vector in rad that stars about a boresight are turned by.

    Any frame, the same for both. A star at s is seen at s + (v - s (s . v)) / c (Kaplan, USNO
    Circular 179, section 3.2, first order: the next is 0.001 arcsec), which is a turn by s x v / c.
    """
    return scale(1.0 / SPEED_OF_LIGHT_m_s, cross(boresight, velocity_m_s))


def way_of_light_m(
    place_at: Callable[[Any], FloatArray], time_s: Any, eye_m: FloatArray, velocity_m_s: FloatArray
) -> FloatArray:
    """Return the ways (..., 3) in m on which a thing is seen against stars without aberration.

    place_at: where it is at times (...), (..., 3) in any frame that does not turn; eye and velocity
    (..., 3) in the same. To first order of speed by that of light that is where it was, seen from
    where the eye was, a light time ago: what the thing moved meanwhile is the light time's part,
    what the eye moved is aberration (the Explanatory Supplement to the Astronomical Almanac calls
    both planetary aberration).
    """
    light_s = np.linalg.norm(place_at(time_s) - eye_m, axis=-1) / SPEED_OF_LIGHT_m_s
    return np.asarray(place_at(time_s - light_s) - (eye_m - light_s[..., None] * velocity_m_s))

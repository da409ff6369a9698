"""How Earth and Moon are turned, and the frame of two-line elements, by IAU models."""

from __future__ import annotations

import math

import erfa
import numpy as np

from hil.physics.vectors import FloatArray

JulianDate = tuple[float, float]  # in two parts, days
_DEGREE = math.radians(1.0)


def earth_intermediate(tt: JulianDate) -> FloatArray:
    """Matrix (3, 3) from GCRS to the intermediate frame of date, IAU 2006/2000A (SOFA c2i06a)."""
    return np.asarray(erfa.c2i06a(*tt))


def earth_rotation(ut1: JulianDate) -> float:
    """Earth rotation angle in radians (SOFA era00)."""
    return float(erfa.era00(*ut1))


def teme_from_eci(tt: JulianDate, ut1: JulianDate) -> FloatArray:
    """Matrix (3, 3) from GCRS to the true equator, mean equinox frame of sgp4.

    Vallado et al., Revisiting Spacetrack Report 3, AIAA 2006-6753, appendix C: Greenwich mean
    sidereal time of 1982 leads from TEME to the Earth-fixed frame, as the Earth rotation angle does
    from the intermediate frame.
    """
    back = earth_rotation(ut1) - float(erfa.gmst82(*ut1))
    return about_z(back) @ earth_intermediate(tt)


def about_z(angle_rad: float) -> FloatArray:
    """Matrix (3, 3) to axes turned about z: at +90 degrees, what was y is x."""
    c, s = math.cos(angle_rad), math.sin(angle_rad)
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


def about_x(angle_rad: float) -> FloatArray:
    """Matrix (3, 3) to axes turned about x: at +90 degrees, what was z is y."""
    c, s = math.cos(angle_rad), math.sin(angle_rad)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, s], [0.0, -s, c]])


# IAU working group on cartographic coordinates, report of 2009 (Archinal et al. 2011), table 2:
# argument (degrees, degrees a day), and what it adds to the pole's right ascension (sine), its
# declination (cosine) and the prime meridian (sine), in degrees.
_LUNAR_TERMS = np.array(
    [
        [125.045, -0.0529921, -3.8787, 1.5419, 3.5610],
        [250.089, -0.1059842, -0.1204, 0.0239, 0.1208],
        [260.008, 13.0120009, 0.0700, -0.0278, -0.0642],
        [176.625, 13.3407154, -0.0172, 0.0068, 0.0158],
        [357.529, 0.9856003, 0.0, 0.0, 0.0252],
        [311.589, 26.4057084, 0.0072, -0.0029, -0.0066],
        [134.963, 13.0649930, 0.0, 0.0009, -0.0047],
        [276.617, 0.3287146, 0.0, 0.0, -0.0046],
        [34.226, 1.7484877, 0.0, 0.0, 0.0028],
        [15.134, -0.1589763, -0.0052, 0.0008, 0.0052],
        [119.743, 0.0036096, 0.0, 0.0, 0.0040],
        [239.961, 0.1643573, 0.0, 0.0, 0.0019],
        [25.053, 12.9590088, 0.0043, -0.0009, -0.0044],
    ]
)


def moon_orientation(tt: JulianDate) -> tuple[FloatArray, float]:
    """Matrix (3, 3) from ICRF to the Moon's pole and node, and the angle W of its prime meridian.

    The x axis of the turned frame points to the mean Earth.
    """
    days = (tt[0] - 2_451_545.0) + tt[1]
    argument = (_LUNAR_TERMS[:, 0] + _LUNAR_TERMS[:, 1] * days) * _DEGREE
    sine, cosine = np.sin(argument), np.cos(argument)
    centuries = days / 36_525.0
    ascension = 269.9949 + 0.0031 * centuries + float(_LUNAR_TERMS[:, 2] @ sine)
    declination = 66.5392 + 0.0130 * centuries + float(_LUNAR_TERMS[:, 3] @ cosine)
    meridian = 38.3213 + 13.17635815 * days - 1.4e-12 * days * days
    meridian += float(_LUNAR_TERMS[:, 4] @ sine)
    pole = about_x((90.0 - declination) * _DEGREE) @ about_z((90.0 + ascension) * _DEGREE)
    return pole, meridian * _DEGREE

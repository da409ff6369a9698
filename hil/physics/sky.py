"""Where Sun, Moon and Earth stand and how the planet is turned, without any download.

Python asks pyerfa (IAU SOFA) at the ends of a segment of six hours; compiled code evaluates the
segment's polynomials at any instant in it. The cubics are within a metre and the linear frame
within 0.001 arcsec.
"""

from __future__ import annotations

import math
import warnings
from datetime import datetime
from typing import NamedTuple

import erfa
import numpy as np

from hil.physics.compiled import compiled
from hil.physics.constants import ASTRONOMICAL_UNIT_m, SPEED_OF_LIGHT_m_s
from hil.physics.orientation import (
    JulianDate,
    earth_intermediate,
    earth_rotation,
    moon_orientation,
)
from hil.physics.records import SKY, Record, RecordArray, records
from hil.physics.vectors import FloatArray, Matrix, Vector, add_scaled, matrix, scale

SEGMENT_s = 21_600.0
_DAY_s = 86_400.0
EARTH_SPIN_rad_s = (
    2.0 * math.pi * 1.002_737_811_911_354_48 / _DAY_s
)  # IAU 2000 Earth rotation angle


class Sky:
    """Segments of the sky seen from the Earth or the Moon, for time in seconds since an epoch."""

    def __init__(
        self,
        epoch_utc: datetime,
        central_body: str = "earth",
        ut1_minus_utc_s: float = 0.0,
        precession_nutation: bool = True,
    ) -> None:
        """Begin at an epoch; without precession and nutation the pole stays along ECI z."""
        with warnings.catch_warnings():  # "dubious year": leap seconds nobody knows yet
            warnings.simplefilter("ignore", erfa.ErfaWarning)
            self._tt, self._ut1 = _time_scales(epoch_utc, ut1_minus_utc_s)
        self.central_body = central_body
        self._moving_pole = precession_nutation

    def tt(self, time_s: float) -> JulianDate:
        """Terrestrial time."""
        return self._tt[0], self._tt[1] + time_s / _DAY_s

    def ut1(self, time_s: float) -> JulianDate:
        """Universal time, which the Earth turns by."""
        return self._ut1[0], self._ut1[1] + time_s / _DAY_s

    def segment(self, time_s: float) -> RecordArray:
        """The SKY record, shape (1,), of the segment that begins at or before a time."""
        start = math.floor(time_s / SEGMENT_s) * SEGMENT_s
        record = records(SKY)
        record["start_s"], record["length_s"] = start, SEGMENT_s
        ends = (start, start + SEGMENT_s)
        sun, third = zip(*(self._bodies(t) for t in ends), strict=True)
        record["sun_m"], record["third_m"] = _cubic(*sun), _cubic(*third)
        (first, angle, rate), (last, _, _) = self._orientation(ends[0]), self._orientation(ends[1])
        record["intermediate_from_eci"][0] = first, last - first
        record["spin_angle_rad"], record["spin_rate_rad_s"] = angle, rate
        return record

    def _orientation(self, time_s: float) -> tuple[FloatArray, float, float]:
        """Matrix to the frame of the pole, angle about it in radians, rate in rad/s."""
        if self.central_body == "moon":
            pole, angle = moon_orientation(self.tt(time_s))
            _, later = moon_orientation(self.tt(time_s + SEGMENT_s))
            return pole, angle, (later - angle) / SEGMENT_s
        pole = earth_intermediate(self.tt(time_s)) if self._moving_pole else np.eye(3)
        return pole, earth_rotation(self.ut1(time_s)), EARTH_SPIN_rad_s

    def _bodies(self, time_s: float) -> tuple[FloatArray, FloatArray]:
        """Position and velocity (2, 3) of the Sun and of the third body from the central body."""
        sun, moon = sun_from_earth(*self.tt(time_s)), moon_from_earth(*self.tt(time_s))
        return (sun - moon, -moon) if self.central_body == "moon" else (sun, moon)


def _time_scales(epoch_utc: datetime, ut1_minus_utc_s: float) -> tuple[JulianDate, JulianDate]:
    """Terrestrial and universal time of an epoch."""
    e = epoch_utc
    seconds = e.second + e.microsecond * 1e-6
    utc = erfa.dtf2d("UTC", e.year, e.month, e.day, e.hour, e.minute, seconds)
    return erfa.taitt(*erfa.utctai(*utc)), erfa.utcut1(*utc, ut1_minus_utc_s)


def sun_from_earth(tt1: float, tt2: float) -> FloatArray:
    """Apparent geocentric Sun, (2, 3): m and m/s, GCRS, at a TT date in two parts.

    The Earth's place one light time ago, so that the annual aberration (20.5 arcsec) is in it: this
    is where the light comes from. Raises nothing; valid 1900 to 2100 (erfa epv00).
    """
    earth = _metres(erfa.epv00(tt1, tt2)[0])
    light_time_days = float(np.linalg.norm(earth[0])) / SPEED_OF_LIGHT_m_s / _DAY_s
    return -_metres(erfa.epv00(tt1, tt2 - light_time_days)[0])


def moon_from_earth(tt1: float, tt2: float) -> FloatArray:
    """Geocentric Moon, (2, 3): m and m/s, GCRS, at a TT date in two parts (erfa moon98)."""
    return _metres(erfa.moon98(tt1, tt2))


def _metres(state_au: object) -> FloatArray:
    """Position and velocity in au and au per day as (2, 3) in m and m/s."""
    fields = np.asarray(state_au)
    both = np.stack([fields["p"], fields["v"]]) if fields.dtype.names else fields
    return np.asarray(both * np.array([[1.0], [1.0 / _DAY_s]]) * ASTRONOMICAL_UNIT_m)


def _cubic(start: FloatArray, end: FloatArray) -> FloatArray:
    """Hermite coefficients (4, 3) in u = 0..1 of a path, from the states at its ends."""
    (p0, v0), (p1, v1) = start, end
    v0, v1 = v0 * SEGMENT_s, v1 * SEGMENT_s
    return np.stack([p0, v0, 3 * (p1 - p0) - 2 * v0 - v1, 2 * (p0 - p1) + v0 + v1])


class SkyView(NamedTuple):
    """The sky at one instant."""

    sun_m: Vector  # from the central body, ECI
    third_m: Vector
    fixed_from_eci: Matrix  # to the frame that turns with the planet


@compiled
def _polynomial(c: FloatArray, u: float) -> Vector:
    return (
        c[0, 0] + u * (c[1, 0] + u * (c[2, 0] + u * c[3, 0])),
        c[0, 1] + u * (c[1, 1] + u * (c[2, 1] + u * c[3, 1])),
        c[0, 2] + u * (c[1, 2] + u * (c[2, 2] + u * c[3, 2])),
    )


@compiled
def sky_at(time_s: float, sky: Record) -> SkyView:
    """Return the sky at a time inside the segment."""
    elapsed = time_s - sky.start_s
    u = elapsed / sky.length_s
    start, change = matrix(sky.intermediate_from_eci[0]), matrix(sky.intermediate_from_eci[1])
    x = add_scaled(start[0], u, change[0])
    y = add_scaled(start[1], u, change[1])
    z = add_scaled(start[2], u, change[2])
    angle = sky.spin_angle_rad + sky.spin_rate_rad_s * elapsed
    c, s = math.cos(angle), math.sin(angle)
    turned_x = add_scaled(scale(c, x), s, y)
    turned_y = add_scaled(scale(c, y), -s, x)
    return SkyView(_polynomial(sky.sun_m, u), _polynomial(sky.third_m, u), (turned_x, turned_y, z))

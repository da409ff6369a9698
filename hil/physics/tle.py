"""Two-line elements: checked, and propagated by sgp4 into ECI."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime

import numpy as np
from sgp4.api import SGP4_ERRORS, Satrec
from sgp4.conveniences import jday_datetime
from sgp4.io import compute_checksum

from hil.physics.orientation import teme_from_eci
from hil.physics.sky import SEGMENT_s, Sky
from hil.physics.vectors import FloatArray

TwoLines = tuple[str, str]
_DAY_s = 86_400.0


def satellite(lines: TwoLines) -> Satrec:
    """The satellite of two lines; raises ValueError for lines that fail their checksum."""
    wrong = [words for number, line in enumerate(lines, 1) for words in _wrong(number, line)]
    if wrong:
        raise ValueError("\n".join(wrong))
    return Satrec.twoline2rv(*lines)


def _wrong(number: int, line: str) -> Iterator[str]:
    if len(line.rstrip()) != 69 or not line.startswith(f"{number} ") or not line[68].isdigit():
        yield (
            f"tle: line {number} must have 69 characters and begin with '{number} ', and its last "
            f"is a digit: {line!r}"
        )
    elif compute_checksum(line) != int(line[68]):
        yield (
            f"tle: line {number} ends in the checksum {line[68]}, but adds up to "
            f"{compute_checksum(line)}: {line!r}"
        )


class Sgp4Orbit:
    """An orbit as sgp4 propagates it, for time in seconds since an epoch."""

    def __init__(self, lines: TwoLines, epoch_utc: datetime) -> None:
        """Take two lines; raises ValueError when they are no element set."""
        self._satellite = satellite(lines)
        self._day, self._fraction = jday_datetime(epoch_utc)
        self._sky = Sky(epoch_utc)
        self._segment: int | None = None
        self._frames = np.zeros((2, 3, 3))

    def state(self, time_s: float) -> tuple[FloatArray, FloatArray]:
        """Position in m and velocity in m/s, ECI.

        Raises ValueError when the satellite has decayed.
        """
        error, position_km, velocity_km_s = self._satellite.sgp4(
            self._day, self._fraction + time_s / _DAY_s
        )
        if error:
            raise ValueError(f"tle: sgp4 at {time_s:.1f} s after the epoch: {SGP4_ERRORS[error]}")
        eci_from_teme = self._teme_from_eci(time_s).T
        return (
            1e3 * eci_from_teme @ np.array(position_km),
            1e3 * eci_from_teme @ np.array(velocity_km_s),
        )

    def _teme_from_eci(self, time_s: float) -> FloatArray:
        """Between the ends of six hours the frame moves linearly within 0.001 arcsec."""
        segment = math.floor(time_s / SEGMENT_s)
        if segment != self._segment:
            self._segment = segment
            self._frames = np.stack([self._exact(segment), self._exact(segment + 1)])
        part = time_s / SEGMENT_s - segment
        return np.asarray((1.0 - part) * self._frames[0] + part * self._frames[1])

    def _exact(self, segment: int) -> FloatArray:
        time_s = segment * SEGMENT_s
        return teme_from_eci(self._sky.tt(time_s), self._sky.ut1(time_s))

"""Two-line elements and orbit messages: checked, and propagated by sgp4 into ECI."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime

import numpy as np
from sgp4.api import SGP4_ERRORS, Satrec
from sgp4.conveniences import jday_datetime, sat_epoch_datetime
from sgp4.io import compute_checksum

from hil.physics.omm import OrbitMessage
from hil.physics.orientation import teme_from_eci
from hil.physics.sky import SEGMENT_s, Sky
from hil.physics.vectors import FloatArray

TwoLines = tuple[str, str]
MeanElements = TwoLines | OrbitMessage
_DAY_s = 86_400.0

# A column's mark, CelesTrak's "Two-Line Element Set Format": _ a blank, . and 1 and 2 themselves,
# d a digit, D a digit or a blank, + a sign or a blank, A a digit, letter or blank, T anything.
_COLUMNS = (
    "1_ADDDDT_DDDTTT" + "TT_ddDDd.dddddddd_+.dddddddd_+DDDDD+d_+DDDDD+d_D_DDDDd",
    "2_ADDDD_DDd.dddd_DDd.dddd_ddddddd_DDd.dddd_DDd.dddd_Dd.ddddddddDDDDDd",
)
_MARKS = {
    "_": (" ", "a blank"),
    "d": ("0123456789", "a digit"),
    "D": ("0123456789 ", "a digit or a blank"),
    "+": ("+- ", "a sign or a blank"),
    "A": ("0123456789 ABCDEFGHJKLMNPQRSTUVWXYZ", "a digit, a blank or a letter but I and O"),
    "T": ("".join(map(chr, range(32, 127))), "a letter, a digit or a blank"),
}
# Of each line: what it says, the columns where, the least and the most that it can be.
_RANGES = (
    (
        ("day of the year", 21, 32, 1.0, 366.99999999),
        ("ephemeris type (4: SGP4-XP, whose drag is another)", 63, 63, 0.0, 3.0),
    ),
    (
        ("inclination", 9, 16, 0.0, 180.0),
        ("right ascension of the node", 18, 25, 0.0, 360.0),
        ("argument of perigee", 35, 42, 0.0, 360.0),
        ("mean anomaly", 44, 51, 0.0, 360.0),
        ("mean motion", 53, 63, 1e-8, 20.0),
    ),
)


def satellite(elements: MeanElements) -> Satrec:
    """The satellite of two lines or a message; ValueError, with line and column, for damage."""
    if isinstance(elements, OrbitMessage):
        return elements.satellite()
    if elements[0].startswith("2 ") and elements[1].startswith("1 "):
        raise ValueError("tle: line 2 stands before line 1: swap them")
    wrong = [words for number, line in enumerate(elements, 1) for words in _wrong(number, line)]
    if not wrong and elements[0][2:7] != elements[1][2:7]:
        wrong = [
            f"tle: line 1 is of satellite {elements[0][2:7]!r} and line 2 of {elements[1][2:7]!r}"
        ]
    if wrong:
        raise ValueError("\n".join(wrong))
    return Satrec.twoline2rv(*elements)


def elements_epoch(elements: MeanElements) -> datetime:
    """The instant, UTC, that mean elements are of."""
    epoch: datetime = sat_epoch_datetime(satellite(elements))
    return epoch


def _wrong(number: int, line: str) -> Iterator[str]:
    line = line.rstrip("\r\n ")
    odd = [
        f"column {at} must be {wanted}, not {_shown(given)}"
        for at, (given, mark) in enumerate(zip(line, _COLUMNS[number - 1], strict=False), 1)
        for allowed, wanted in [_MARKS.get(mark, (mark, repr(mark)))]
        if given not in allowed
    ]
    if len(line) != 69 or not line.startswith(f"{number} "):
        yield (
            f"tle: line {number} must have 69 characters and begin with '{number} '; it has "
            f"{len(line)}" + (f", and {odd[0]}" if odd else "") + f": {line!a}"
        )
    elif odd:
        yield f"tle: line {number}: {'; '.join(odd[:3])}: {line!a}"
    elif compute_checksum(line) != int(line[68]):
        yield (
            f"tle: line {number} ends in the checksum {line[68]}, but adds up to "
            f"{compute_checksum(line)}: {line!a}"
        )
    else:
        yield from _beyond(number, line)


def _beyond(number: int, line: str) -> Iterator[str]:
    """Yield each number of a sound line that cannot be; a blank for a digit is a zero."""
    for name, first, last, least, most in _RANGES[number - 1]:
        value = float(line[first - 1 : last].replace(" ", "0"))
        if not least <= value <= most:
            yield (
                f"tle: line {number}: the {name}, columns {first} to {last}, is {value:.12g}: must "
                f"be {least:g} to {most:.12g}"
            )


def _shown(character: str) -> str:
    names = {"\u00a0": "a no-break space", "\t": "a tab", "O": "the letter O", "o": "the letter o"}
    names["\ufeff"] = "a byte order mark"
    return names.get(character, ascii(character))


class Sgp4Orbit:
    """An orbit as sgp4 propagates it, for time in seconds since an epoch."""

    def __init__(self, elements: MeanElements, epoch_utc: datetime) -> None:
        """Take mean elements; raises ValueError when they are damaged."""
        self._satellite = satellite(elements)
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
            raise ValueError(f"sgp4 at {time_s:.1f} s after the epoch: {SGP4_ERRORS[error]}")
        if not np.isfinite((position_km, velocity_km_s)).all():
            raise ValueError(f"sgp4 at {time_s:.1f} s after the epoch: the state is not finite")
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

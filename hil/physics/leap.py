"""Leap seconds: how far GPS time is ahead of UTC, and UTC some time after an instant."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import erfa

GPS_EPOCH = datetime(1980, 1, 6, tzinfo=UTC)
_TAI_MINUS_GPS_s = 19
_S = 1_000_000_000
_1970 = datetime(1970, 1, 1, tzinfo=UTC)


def leap_s(utc: datetime) -> int:
    """Return GPS time minus UTC at an instant (IERS Bulletin C, as IAU SOFA has it)."""
    return _leap_s(utc.year, utc.month, utc.day)


@lru_cache(maxsize=64)
def _leap_s(year: int, month: int, day: int) -> int:
    with warnings.catch_warnings():  # "dubious year": leap seconds nobody knows yet
        warnings.simplefilter("ignore", erfa.ErfaWarning)
        tai_minus_utc_s = erfa.dat(year, month, day, 0.0)
    return round(float(tai_minus_utc_s)) - _TAI_MINUS_GPS_s


def leap_s_at(utc_ns: int) -> int:
    """Return GPS time minus UTC at an instant, ns since 1970 without leap seconds."""
    return leap_s(_1970 + timedelta(seconds=utc_ns // _S))


def utc_after(start_ns: int, elapsed_ns: int) -> int:
    """Return UTC so long after an instant, both in ns since 1970 without leap seconds.

    A second that UTC inserts meanwhile has the number of the one before it, as in POSIX.
    """
    naive_ns = start_ns + elapsed_ns
    return naive_ns - (leap_s_at(naive_ns) - leap_s_at(start_ns)) * _S

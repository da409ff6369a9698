"""Times as receivers say them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from hil.physics.leap import leap_s_at

GPS_EPOCH_UNIX_s = 315_964_800
"""1980-01-06."""
_WEEK_s = 604_800
_S = 1_000_000_000


class GpsTime(NamedTuple):
    """Week and ns of the week."""

    week: int
    ns: int

    @property
    def ms(self) -> int:
        """Whole ms of the week."""
        return self.ns // 1_000_000


def gps_time(utc_ns: int) -> GpsTime:
    """Return GPS time of an instant of UTC, ns since 1970."""
    since = utc_ns + (leap_s_at(utc_ns) - GPS_EPOCH_UNIX_s) * _S
    return GpsTime(*divmod(since, _WEEK_s * _S))


def utc_of(time: GpsTime) -> int:
    """Return an instant of GPS time as ns of UTC since 1970."""
    gps_ns = (time.week * _WEEK_s + GPS_EPOCH_UNIX_s) * _S + time.ns
    return gps_ns - leap_s_at(gps_ns - leap_s_at(gps_ns) * _S) * _S


def calendar(utc_ns: int) -> tuple[datetime, int]:
    """Return an instant of UTC to the second, and the ns beyond it."""
    seconds, ns = divmod(utc_ns, _S)
    return datetime.fromtimestamp(seconds, UTC), ns

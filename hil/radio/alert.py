"""The alert of the reference flight software, as it lies in its space packet's data."""

from __future__ import annotations

import struct
from typing import NamedTuple

ALERT_APID, CFDP_APID, HEARD_APID = 0x301, 0x302, 0x303
_LAYOUT = struct.Struct(">HBBHIHBiiffff")
ALERT_OCTETS = _LAYOUT.size
HEARD = struct.Struct(">H")
_TICKS_PER_SECOND = 1 << 24


class Alert(NamedTuple):
    """What was recognised, and where, WGS84.

    kind: as a sight's. confidence: of 255. shutter_s: middle of the exposure, by the OBC's time.
    covariance_m2: east, north, and of both.
    """

    number: int
    kind: int
    confidence: int
    picture: int
    shutter_s: float
    latitude_deg: float
    longitude_deg: float
    height_m: float
    covariance_m2: tuple[float, float, float]


def alert_of(data: bytes) -> Alert | None:
    """Return the alert that data hold; None when their length is not an alert's."""
    if len(data) != _LAYOUT.size:
        return None
    number, kind, confidence, picture, seconds, high, low, *place = _LAYOUT.unpack(data)
    latitude, longitude, height_m, east_m2, north_m2, both_m2 = place
    fraction = (high << 8 | low) / _TICKS_PER_SECOND
    return Alert(
        number,
        kind,
        confidence,
        picture,
        seconds + fraction,
        1e-7 * latitude,
        1e-7 * longitude,
        height_m,
        (east_m2, north_m2, both_m2),
    )

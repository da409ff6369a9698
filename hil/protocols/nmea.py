"""NMEA 0183 sentences of a receiver: GGA and RMC.

Source: PyPI pynmeagps 1.1.8 (BSD-3); every receiver's manual has the sentences' forms.
"""

from __future__ import annotations

import math
from typing import Any

from hil.physics.geodesy import Place, north_east_down, place
from hil.protocols.checksums import xor8
from hil.protocols.device import Device, Measured, Protocol, Settings
from hil.protocols.stream import Heard, Part, Reader, synced
from hil.protocols.times import calendar

_KNOT_m_s = 1852.0 / 3600.0
_LONGEST = 120


def sentence(text: str) -> bytes:
    """Return a sentence with its sum and end."""
    return f"${text}*{xor8(text.encode()):02X}\r\n".encode()


def _angle(value_deg: float, digits: int, ends: str) -> str:
    """Return an angle as degrees and minutes, and the side that it lies on."""
    minutes = round(abs(value_deg) * 60.0, 5)
    degrees, rest = divmod(minutes, 60.0)
    return f"{int(degrees):0{digits}d}{rest:08.5f},{ends[value_deg < 0.0]}"


def gga(at: Place | None, utc_ns: int) -> bytes:
    """Return GGA; at: None without a fix."""
    time = _clock(utc_ns)
    if at is None:
        return sentence(f"GPGGA,{time},,,,,0,00,99.99,,,,,,")
    where = f"{_angle(at.latitude_deg, 2, 'NS')},{_angle(at.longitude_deg, 3, 'EW')}"
    return sentence(f"GPGGA,{time},{where},1,11,0.80,{at.height_m:.1f},M,0.0,M,,")


def rmc(at: Place | None, north_m_s: float, east_m_s: float, utc_ns: int) -> bytes:
    """Return RMC; at: None without a fix."""
    time, date = _clock(utc_ns), calendar(utc_ns)[0].strftime("%d%m%y")
    if at is None:
        return sentence(f"GPRMC,{time},V,,,,,,,{date},,,N")
    where = f"{_angle(at.latitude_deg, 2, 'NS')},{_angle(at.longitude_deg, 3, 'EW')}"
    knots = math.hypot(north_m_s, east_m_s) / _KNOT_m_s
    course = math.degrees(math.atan2(east_m_s, north_m_s)) % 360.0
    return sentence(f"GPRMC,{time},A,{where},{knots:.2f},{course:.2f},{date},,,A")


def _clock(utc_ns: int) -> str:
    at, ns = calendar(utc_ns)
    return f"{at:%H%M%S}.{ns // 10_000_000:02d}"


def _at(buffer: bytes) -> Part | None:
    end = buffer.find(b"\n")
    if end < 0:
        return Part(1, why="no end of line") if len(buffer) > _LONGEST else None
    line = buffer[: end + 1]
    if len(line) > _LONGEST or line[-5:-4] != b"*" or line[-2:] != b"\r\n":
        return Part(1, why="no sentence")
    text = line[1:-5]
    if line[-4:-2] != f"{xor8(text):02X}".encode() or not all(32 <= octet < 127 for octet in text):
        return Part(1, why="wrong sum")
    name, *fields = text.decode("ascii").split(",")
    return Part(end + 1, name, {"fields": tuple(fields)})


look = synced(b"$", _at)


def parsed(buffer: bytes) -> tuple[str, dict[str, Any]]:
    """Return the name and fields of one good sentence; ValueError for what is none."""
    part = _at(buffer)
    if part is None or part.why:
        raise ValueError(f"{buffer!r} is not a sentence")
    return part.name, dict(part.values)


class NmeaReceiver(Device):
    """One that says GGA and RMC after each fix and obeys nothing."""

    start_ns = 1_000_000_000  # guess

    def __init__(self, settings: Settings) -> None:
        """Make one that is off."""
        super().__init__(settings, Reader(look))

    def _measured(self, measured: Measured, now_ns: int) -> None:
        at = place(measured.values[:3]) if measured.valid else None
        north = east = 0.0
        if at is not None:
            north, east, _ = north_east_down(at, measured.values[3:6])
        self._say(gga(at, measured.utc_ns) + rmc(at, north, east, measured.utc_ns), now_ns)

    def _told(self, heard: Heard, now_ns: int) -> None:
        """No source has commands that all receivers obey."""


PROTOCOLS = (
    Protocol(
        name="nmea",
        title="NMEA 0183 receiver: GGA and RMC",
        kinds=("gps",),
        device=NmeaReceiver,
        from_device=lambda: Reader(look),
        to_device=lambda: Reader(look),
        command=sentence,
        octets=(82 + 80, 0),
        bauds=(9_600, 38_400, 115_200, 4_800),
        bits=7,
        sources=("PyPI pynmeagps 1.1.8 (BSD-3)",),
        unsure=("it says no vertical speed: flight software has to difference heights",),
    ),
)

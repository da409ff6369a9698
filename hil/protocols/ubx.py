"""u-blox receivers: UBX frames; NAV-PVT after each fix, ACK to settings.

Sources: PX4/PX4-GPSDrivers (BSD-3) ubx.h, PyPI pyubx2 1.4.0 (BSD-3).
"""

from __future__ import annotations

import math
import struct
from typing import Any

from hil.physics.geodesy import north_east_down, place
from hil.protocols import nmea
from hil.protocols.checksums import fletcher8
from hil.protocols.device import MS, Device, Measured, Protocol, S, Settings, clipped, text_command
from hil.protocols.stream import Heard, Part, Reader, synced
from hil.protocols.times import calendar, gps_time

SYNC = b"\xb5\x62"
NAV_PVT, ACK_ACK, ACK_NAK, MON_VER = (0x01, 0x07), (0x05, 0x01), (0x05, 0x00), (0x0A, 0x04)
_CFG = 0x06
_CFG_KNOWN = {0x00, 0x01, 0x02, 0x08, 0x09, 0x13, 0x16, 0x23, 0x24, 0x3E, 0x8A}
_PVT = struct.Struct("<IHBBBBBBIiBBBBiiiiIIiiiiiIIHHIiHH")
_I32, _U32 = 2**31 - 1, 2**32 - 1
_LONGEST = 4096
_CLASSES = frozenset((0x01, 0x02, 0x04, 0x05, 0x06, 0x09, 0x0A, 0x0B, 0x0D, 0x10, 0x13, 0x21, 0x27))


def frame(kind: tuple[int, int], payload: bytes = b"") -> bytes:
    """Return a frame of a class and id."""
    body = bytes(kind) + len(payload).to_bytes(2, "little") + payload
    return SYNC + body + fletcher8(body)


def nav_pvt(measured: Measured) -> bytes:
    """Return NAV-PVT's payload for a fix; ValueError for a height that int32 mm cannot say."""
    at, ns = calendar(measured.utc_ns)
    stamp = (gps_time(measured.utc_ns).ms, at.year, at.month, at.day, at.hour, at.minute, at.second)
    if not measured.valid:
        return _PVT.pack(*stamp, 0, _U32, ns, 0, 0, 0, 0, *[0] * 4, *[_U32] * 2, *[0] * 5,
                         *[_U32] * 2, 9999, 0, 0, 0, 0, 0)  # fmt: skip
    where = place(measured.values[:3])
    height_mm = round(1e3 * where.height_m)
    if abs(height_mm) > _I32:
        raise ValueError(f"NAV-PVT cannot say a height of {where.height_m:.0f} m: int32 mm")
    north, east, down = north_east_down(where, measured.values[3:6])
    velocity = [clipped(1e3 * each, -_I32, _I32) for each in (north, east, down)]
    ground = clipped(1e3 * math.hypot(north, east), 0, _I32)
    heading = round(1e5 * (math.degrees(math.atan2(east, north)) % 360.0))
    return _PVT.pack(
        *stamp, 7, 20, ns, 3, 1, 0xE0, 11, round(1e7 * where.longitude_deg),
        round(1e7 * where.latitude_deg), height_mm, height_mm, 1500, 2500, *velocity, ground,
        heading, 40, 100_000, 120, 0, 0, 0, 0, 0,
    )  # fmt: skip


def _at(buffer: bytes) -> Part | None:
    if buffer[2:3] and buffer[2] not in _CLASSES:
        return Part(1, why="no such class")
    if len(buffer) < 6:
        return None
    length = int.from_bytes(buffer[4:6], "little")
    if length > _LONGEST:
        return Part(1, why="too long")
    octets = 8 + length
    if len(buffer) < octets:
        return None
    if fletcher8(buffer[2 : octets - 2]) != buffer[octets - 2 : octets]:
        return Part(1, why="wrong checksum")
    return Part(octets, *_understood((buffer[2], buffer[3]), buffer[6 : octets - 2]))


def _understood(kind: tuple[int, int], payload: bytes) -> tuple[str, dict[str, Any]]:
    if kind == NAV_PVT and len(payload) == _PVT.size:
        told = _PVT.unpack(payload)
        return "NAV-PVT", {
            "ms": told[0],
            "fix": told[10],
            "longitude_deg": 1e-7 * told[14],
            "latitude_deg": 1e-7 * told[15],
            "height_m": 1e-3 * told[16],
            "velocity_ned_m_s": tuple(1e-3 * each for each in told[20:23]),
        }
    names = {ACK_ACK: "ACK-ACK", ACK_NAK: "ACK-NAK", MON_VER: "MON-VER"}
    return names.get(kind, f"UBX {kind[0]:02X} {kind[1]:02X}"), {"kind": kind, "payload": payload}


look = synced(SYNC, _at)


class UbxReceiver(Device):
    """One that says NAV-PVT after each fix and acknowledges settings, whose content it ignores."""

    start_ns = 1 * S  # guess

    def __init__(self, settings: Settings) -> None:
        """Make one that is off."""
        super().__init__(settings, Reader(look))

    def _started(self, now_ns: int) -> None:
        self._say(nmea.sentence("GNTXT,01,01,02,u-blox AG - www.u-blox.com"), now_ns)

    def _measured(self, measured: Measured, now_ns: int) -> None:
        self._say(frame(NAV_PVT, nav_pvt(measured)), now_ns)

    def _told(self, heard: Heard, now_ns: int) -> None:
        kind, payload = heard.values.get("kind", NAV_PVT), heard.values.get("payload", b"")
        if kind[0] == _CFG:
            answer = ACK_ACK if kind[1] in _CFG_KNOWN and payload else ACK_NAK
            self._say(frame(answer, bytes(kind)), now_ns + 10 * MS)
        elif kind == MON_VER and not payload:
            versions = b"EXT CORE 1.00 (emulated)".ljust(30, b"\0") + b"00080000".ljust(10, b"\0")
            self._say(frame(MON_VER, versions), now_ns + 10 * MS)


PROTOCOLS = (
    Protocol(
        name="ubx",
        title="u-blox receiver, UBX",
        kinds=("gps",),
        device=UbxReceiver,
        from_device=lambda: Reader(look),
        to_device=lambda: Reader(look),
        command=text_command(""),
        octets=(8 + _PVT.size, 0),
        bauds=(38_400, 9_600, 115_200, 57_600, 230_400, 460_800, 921_600),
        limits={"height_m": _I32 * 1e-3},
        answer_s=0.01,
        sources=("PX4/PX4-GPSDrivers 7c353a1 (BSD-3)", "PyPI pyubx2 1.4.0 (BSD-3)"),
        unsure=(
            "what its settings change: they are acknowledged and nothing else",
            "height over mean sea level: that over the ellipsoid stands in its place",
        ),
    ),
)

"""NovAtel OEM6 and OEM7 receivers: binary logs with a 32-bit CRC, and commands as lines of text.

Sources: ut-issl/c2a-aobc (MIT) oem7600.c; of the maker: novatel_oem7_driver (MIT) oem7_messages.h,
and the message database in `novatel_edie` (MIT).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hil.physics.leap import leap_s_at
from hil.protocols.checksums import crc32_novatel
from hil.protocols.stream import Part, Reader, lines, synced
from hil.protocols.times import GpsTime, calendar, utc_of

SYNC = b"\xaa\x44\x12"
_HEADER = struct.Struct("<3sBHBBHHBBHIIHH")
_COM1 = 0x20
_FINE, _UNKNOWN_TIME = 180, 20
_BESTXYZ = struct.Struct("<II3d3fII3d3f4s3fBBBBBBBB")
_TIME = struct.Struct("<IdddIBBBBII")
_MONITOR = struct.Struct("<fI")
_OVERHEAD = _HEADER.size + 4


class Log(NamedTuple):
    """A log's number and the CRC of its definition, as the maker's decoder has it."""

    number: int
    definition: int


LOGS = {
    "BESTXYZ": Log(241, 0x44CF),
    "TIME": Log(101, 0x9924),
    "HWMONITOR": Log(963, 0),
}
_NAMES = {log.number: name for name, log in LOGS.items()}


def message(name: str, body: bytes, time: GpsTime, *, known: bool = True, left: int = 0) -> bytes:
    """Return a binary log. known: whether the receiver knows the time. left: logs that follow."""
    log = LOGS[name]
    status = _FINE if known else _UNKNOWN_TIME
    header = _HEADER.pack(
        SYNC, _HEADER.size, log.number, 0, _COM1, len(body), left, 100, status, time.week,
        time.ms, 0, log.definition, 0,
    )  # fmt: skip
    return header + body + crc32_novatel(header + body).to_bytes(4, "little")


def bestxyz(
    position_ecef_m: Sequence[float], velocity_ecef_m_s: Sequence[float], *, fixed: bool
) -> bytes:
    """Return BESTXYZ's body; fixed: with a solution."""
    status, kind, doppler, used = (0, 16, 8, 9) if fixed else (1, 0, 0, 0)
    return _BESTXYZ.pack(
        status, kind, *position_ecef_m, 1.5, 1.5, 1.5, status, doppler, *velocity_ecef_m_s,
        0.03, 0.03, 0.03, bytes(4), 0.0, 0.0, 0.0, used, used, used, 0, 0, 0, 0, 1,
    )  # fmt: skip


def time_log(utc_ns: int, *, known: bool) -> bytes:
    """Return TIME's body for an instant of UTC."""
    at, ns = calendar(utc_ns)
    ms = 1000 * at.second + ns // 1_000_000
    day = (at.year, at.month, at.day, at.hour, at.minute, ms)
    return _TIME.pack(0 if known else 3, 0.0, 1e-9, -leap_s_at(utc_ns), *day, int(known))


def hardware_monitor(temperature_degC: float, supply_V: float) -> bytes:
    """Return HWMONITOR's body: board temperature and supply (sources 1 and 6 of its readings)."""
    readings = ((temperature_degC, 0x100), (supply_V, 0x600))
    return struct.pack("<I", len(readings)) + b"".join(_MONITOR.pack(*each) for each in readings)


def _at(buffer: bytes) -> Part | None:
    if len(buffer) < 10:
        return None
    if buffer[3] != _HEADER.size:
        return Part(1, why="a header of unknown length")
    (body,) = struct.unpack_from("<H", buffer, 8)
    if body > 4096:
        return Part(1, why="too long")
    octets = _OVERHEAD + body
    if len(buffer) < octets:
        return None
    data, crc = buffer[: octets - 4], buffer[octets - 4 : octets]
    if crc32_novatel(data) != int.from_bytes(crc, "little"):
        return Part(1, why="wrong checksum")
    return Part(octets, *_understood(data))


def _understood(data: bytes) -> tuple[str, Mapping[str, Any]]:
    head = _HEADER.unpack_from(data)
    number, status, week, ms = head[2], head[8], head[9], head[10]
    body = data[_HEADER.size :]
    values: dict[str, Any] = {
        "week": week,
        "ms": ms,
        "time_known": status >= 80,
        "utc_ns": utc_of(GpsTime(week, ms * 1_000_000)),
    }
    name = _NAMES.get(number, f"log {number}")
    if name == "BESTXYZ" and len(body) == _BESTXYZ.size:
        told = _BESTXYZ.unpack(body)
        values |= {"position_status": told[0], "position_ecef_m": told[2:5]}
        values |= {"velocity_status": told[8], "velocity_ecef_m_s": told[10:13]}
    elif name == "TIME" and len(body) == _TIME.size:
        told = _TIME.unpack(body)
        values |= {"clock_status": told[0], "utc": told[4:10], "utc_valid": told[10]}
    return name, values


look = synced(SYNC, _at)


def _command(line: bytes) -> tuple[str, dict[str, Any]] | str:
    if not all(32 <= octet < 127 for octet in line):
        return "no text"
    return "command", {"words": tuple(line.decode("ascii").split())}


def commands() -> Reader:
    """Return what reads commands; CR, LF or both end one."""
    return Reader(lines(_command, b"\r\n"))

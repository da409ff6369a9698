"""nanoSSOC-D60 digital sun sensor: short frames with a sum, UART.

Sources: AA-CubeSat-Team/soci_gnc_hardware sun_wrap.cpp and Flatsat_spoofs/sunSpoofv2; registers as
in ut-issl/c2a-aobc (MIT) nanossoc_d60.c, which is for I2C.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any

from hil.protocols.checksums import sum8
from hil.protocols.device import MS, Device, Measured, Protocol, Settings
from hil.protocols.stream import Heard, Part, Reader, synced

SYNC = b"\x60"
VOLTAGES, FILTERED, ANGLES = 1, 3, 4
_ANGLES = struct.Struct("<fffB")
_CELLS = struct.Struct("<4f")
GOOD, DARK, ALBEDO, MIXED, OUT_OF_VIEW = 0, 10, 11, 12, 13
"""Codes in decimal, of S2E's emulator. Of c2a-aobc's driver they are 0x10 to 0x13: unsure."""


def frame(command: int, data: bytes = b"") -> bytes:
    """Return a frame to the sensor, without data, or from it; the length counts the sum too."""
    body = bytes([command, len(data) + 1]) + data
    return SYNC + body + bytes([sum8(body)])


def angles(sun: Sequence[float], valid: bool) -> bytes:
    """Return the data of an answer for a direction (3,) in the sensor's axes; z looks out."""
    x, y, z = sun if valid else (0.0, 0.0, 1.0)
    alpha, beta = math.degrees(math.atan2(x, z)), math.degrees(math.atan2(y, z))
    seen = valid and z > 0.0
    code = GOOD if seen else OUT_OF_VIEW if valid else DARK
    return _ANGLES.pack(alpha, beta, 100.0 * max(0.0, z) if seen else 0.0, code)


def direction(alpha_deg: float, beta_deg: float) -> tuple[float, float, float]:
    """Return the unit vector to the Sun, in the sensor's axes."""
    x, y = math.tan(math.radians(alpha_deg)), math.tan(math.radians(beta_deg))
    length = math.sqrt(1.0 + x * x + y * y)
    return x / length, y / length, 1.0 / length


def _at(buffer: bytes) -> Part | None:
    if len(buffer) < 4:
        return None
    command, length = buffer[1], buffer[2]
    sizes = {VOLTAGES: _CELLS.size, FILTERED: _CELLS.size, ANGLES: _ANGLES.size}
    if command not in sizes or length not in (1, sizes[command] + 1):
        return Part(1, why="no such command")
    if len(buffer) < 3 + length:
        return None
    if sum8(buffer[1 : 2 + length]) != buffer[2 + length]:
        return Part(1, why="wrong sum")
    data = buffer[3 : 2 + length]
    return Part(3 + length, *_understood(command, data))


def _understood(command: int, data: bytes) -> tuple[str, dict[str, Any]]:
    if not data:
        return "ask", {"command": command}
    if command == ANGLES:
        alpha, beta, intensity, code = _ANGLES.unpack(data)
        told = {"alpha_deg": alpha, "beta_deg": beta, "intensity": intensity, "code": code}
        return "angles", told
    return "cells", {"command": command, "values": _CELLS.unpack(data)}


look = synced(SYNC, _at)


class SunSensor(Device):
    """One that answers 3 ms after a question, and not at all when asked less than 20 ms later."""

    start_ns = 100 * MS  # guess
    pause_ns = 20 * MS

    def __init__(self, settings: Settings) -> None:
        """Make one that is off."""
        super().__init__(settings, Reader(look))

    def _started(self, now_ns: int) -> None:
        self._free_ns = now_ns

    def _measured(self, measured: Measured, now_ns: int) -> None:
        """It waits to be asked."""

    def _told(self, heard: Heard, now_ns: int) -> None:
        if heard.name != "ask" or now_ns < self._free_ns:
            return
        self._free_ns = now_ns + self.pause_ns
        measured = self.measured
        sun, valid = (measured.values, measured.valid) if measured else ((0.0, 0.0, 1.0), False)
        command = int(heard.values["command"])
        if command == ANGLES:
            self._say(frame(command, angles(sun, valid)), now_ns + 3 * MS)
        else:
            late_ns = (7 if command == FILTERED else 3) * MS
            self._say(frame(command, _CELLS.pack(*_cells(sun, valid))), now_ns + late_ns)


def _cells(sun: Sequence[float], valid: bool) -> tuple[float, float, float, float]:
    """Voltages of the four quadrants; guess: what they are is not in any source, see the page."""
    x, y, z = sun if valid else (0.0, 0.0, 0.0)
    return (z + x + y, z - x + y, z - x - y, z + x - y)


PROTOCOLS = (
    Protocol(
        name="nanossoc",
        title="nanoSSOC-D60 sun sensor, UART",
        kinds=("fine_sun_sensor",),
        device=SunSensor,
        from_device=lambda: Reader(look),
        to_device=lambda: Reader(look),
        command=lambda text: frame(int(text, 0)),
        octets=(17, 4),
        answer_s=0.003,
        sources=(
            "AA-CubeSat-Team/soci_gnc_hardware 4259a39, Flatsat_spoofs",
            "ut-issl/c2a-aobc 24de303 and s2e-aobc 3c4a02b (MIT), for I2C",
        ),
        unsure=(
            "codes other than 0: 10 to 13 here, 0x10 to 0x13 in c2a-aobc",
            "voltages of the cells, and that a question within 20 ms is not answered",
        ),
    ),
)

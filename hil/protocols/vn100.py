"""VectorNav VN-100: binary output of the common group, registers as text.

Source: dawonn/vectornav vnproglib-1.2.0.0, the maker's own library (MIT).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from hil.protocols.checksums import crc16_xmodem
from hil.protocols.device import MS, Device, Measured, Protocol, Settings
from hil.protocols.nmea import look as look_text
from hil.protocols.nmea import sentence
from hil.protocols.stream import Heard, Part, Reader

SYNC = b"\xfa"
COMMON = 1
LENGTHS = (8, 8, 8, 12, 16, 12, 24, 12, 12, 24, 20, 28, 2, 4, 8)
"""Of the common group's fields, by bit."""
STARTED_ns, RATE, MAGNETOMETER = 0, 5, 10
_OUTPUT = 75
_BAD_COMMAND, _BAD_REGISTER = 4, 8  # guess
_GAUSS_T = 1e-4


def frame(fields: Mapping[int, bytes]) -> bytes:
    """Return a binary message of the common group's fields by bit."""
    mask = sum(1 << bit for bit in fields)
    body = bytes([COMMON]) + mask.to_bytes(2, "little")
    body += b"".join(fields[bit] for bit in sorted(fields))
    return SYNC + body + crc16_xmodem(body).to_bytes(2, "big")


def look(buffer: bytes) -> Part | None:
    """Find binary messages of the common group, and sentences."""
    if buffer.startswith(b"$"):
        return look_text(buffer)
    if not buffer.startswith(SYNC):
        return Part(1, why="no message")
    if len(buffer) < 4:
        return None if buffer[1:2] in (b"", bytes([COMMON])) else Part(1, why="another group")
    mask = int.from_bytes(buffer[2:4], "little")
    if buffer[1] != COMMON or mask >> len(LENGTHS) or not mask:
        return Part(1, why="another group")
    octets = 6 + sum(length for bit, length in enumerate(LENGTHS) if mask >> bit & 1)
    if len(buffer) < octets:
        return None
    if crc16_xmodem(buffer[1:octets]):  # over a good message and its checksum it is 0
        return Part(1, why="wrong checksum")
    return Part(octets, "common", _values(mask, buffer[4 : octets - 2]))


def _values(mask: int, data: bytes) -> dict[str, Any]:
    forms = {
        STARTED_ns: ("started_ns", "<Q"),
        3: ("yaw_pitch_roll_deg", "<3f"),
        4: ("quaternion", "<4f"),
        RATE: ("rate_rad_s", "<3f"),
        MAGNETOMETER: ("field_gauss_T_Pa", "<5f"),
    }
    values: dict[str, Any] = {}
    at = 0
    for bit, length in enumerate(LENGTHS):
        if mask >> bit & 1:
            name, form = forms.get(bit, (f"field{bit}", f"<{length}s"))
            values[name] = struct.unpack_from(form, data, at)
            at += length
    return values


class Vn100(Device):
    """One that sends time, rate and magnetometer when it measures, once register 75 asks for it.

    It is a gyro or a magnetometer of the bench; what it is not shows zeros.
    """

    start_ns = 200 * MS  # guess

    def __init__(self, settings: Settings) -> None:
        """Make one that is off; its binary output is off until it is told."""
        super().__init__(settings, Reader(look_text))
        self.mask = 0

    def _started(self, now_ns: int) -> None:
        self._on_ns = now_ns

    def _measured(self, measured: Measured, now_ns: int) -> None:
        if not self.mask:
            return
        celsius = measured.temperature_K - 273.15
        nothing = (0.0, 0.0, 0.0)
        rate = measured.values if self.settings.kind == "gyro" else nothing
        field_T = measured.values if self.settings.kind == "magnetometer" else nothing
        gauss = [value / _GAUSS_T for value in field_T]
        known = {
            STARTED_ns: struct.pack("<Q", now_ns - self._on_ns),
            RATE: struct.pack("<3f", *rate),
            MAGNETOMETER: struct.pack("<5f", *gauss, celsius, 101.325),
        }
        bits = (bit for bit in range(len(LENGTHS)) if self.mask >> bit & 1)
        fields = {bit: known.get(bit, bytes(LENGTHS[bit])) for bit in bits}
        self._say(frame(fields), now_ns)

    def _told(self, heard: Heard, now_ns: int) -> None:
        fields = heard.values["fields"]
        if heard.name == "VNRRG" and fields:
            known = {"1": "VN-100 (emulated)", "2": "1", "3": "0001"}.get(fields[0].lstrip("0"))
            words = f"{fields[0]},{known}" if known else ""
        elif heard.name == "VNWRG" and fields:
            words = ",".join(fields) if self._wrote(fields) else ""
        elif heard.name == "VNRST":
            self.power_on(now_ns)
            return
        else:
            words = ""
        code = _BAD_COMMAND if heard.name not in ("VNRRG", "VNWRG") else _BAD_REGISTER
        answer = f"{heard.name},{words}" if words else f"VNERR,{code:02d}"
        self._say(sentence(answer), now_ns + MS)

    def _wrote(self, fields: tuple[str, ...]) -> bool:
        """Take register 75: port, divider of 800 Hz, groups, mask; the rate is the rig's."""
        try:
            number, port, _ = (int(field) for field in fields[:3])
            groups, mask = (int(field, 16) for field in fields[3:])
        except ValueError:
            return False
        if number != _OUTPUT or groups not in (0, COMMON) or mask >> len(LENGTHS):
            return False
        self.mask = mask if port and groups else 0
        return True


PROTOCOLS = (
    Protocol(
        name="vn100",
        title="VectorNav VN-100",
        kinds=("gyro", "magnetometer"),
        device=Vn100,
        from_device=lambda: Reader(look),
        to_device=lambda: Reader(look_text),
        command=sentence,
        octets=(6 + 8 + 12 + 20, 0),
        bauds=(115_200, 9_600, 230_400, 460_800, 921_600),
        answer_s=0.001,
        sources=("dawonn/vectornav 6824e8b, vnproglib 1.2.0.0 (MIT), the maker's",),
        unsure=(
            "start-up time and the numbers of its errors",
            "groups other than the common one are not spoken",
        ),
    ),
)

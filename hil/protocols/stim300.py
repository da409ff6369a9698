"""Sensonor STIM300: datagrams of 24-bit numbers, RS-422.

Source: vortexntnu/stim300-driver (MIT) stim300_constants.h, datagram_parser.cpp; ids of
rock-drivers' imu_stim300 for revision B. An accelerometer or inclinometer is none of the bench's
devices: its numbers are zero.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any, NamedTuple

from hil.protocols.checksums import crc32_mpeg2
from hil.protocols.device import (
    MS,
    Device,
    Measured,
    Protocol,
    S,
    Settings,
    clipped,
    text_command,
)
from hil.protocols.stream import Heard, Look, Part, Reader, lines

INTEGRITY, STARTING, OUTSIDE, OVERLOAD, CHANNEL = 0x80, 0x40, 0x20, 0x10, 0x08
"""Bits of a status octet."""
RATE_deg_s = 2.0**-14
ANGLE_deg = 2.0**-21
TEMPERATURE_degC = 2.0**-8
_MOST = 1 << 23
_ZERO_degC_K = 273.15
_24_BITS = (1 << 24) - 1
_TEMPERATURES, _TAIL = struct.Struct(">hhhB"), struct.Struct(">BH")


class Datagram(NamedTuple):
    """What is in a datagram: groups of three numbers (g, a, i), temperatures, auxiliary input.

    pads: zeros that its checksum covers and that are not sent.
    """

    groups: str
    temperatures: bool
    auxiliary: bool
    pads: int

    @property
    def octets(self) -> int:
        """Its length with id, counter, latency and checksum."""
        per_group = 10 + (7 if self.temperatures else 0)
        return 8 + per_group * len(self.groups) + (4 if self.auxiliary else 0)


DATAGRAMS = {
    0x90: Datagram("g", False, False, 2),
    0x91: Datagram("ga", False, False, 0),
    0x92: Datagram("gi", False, False, 0),
    0x93: Datagram("gai", False, False, 2),
    0x94: Datagram("g", True, False, 3),
    0xA5: Datagram("ga", True, False, 2),
    0xA6: Datagram("gi", True, False, 2),
    0xA7: Datagram("gai", True, False, 1),
    0x98: Datagram("g", False, True, 2),
    0x99: Datagram("ga", False, True, 0),
    0x9A: Datagram("gi", False, True, 0),
    0x9B: Datagram("gai", False, True, 2),
    0x9C: Datagram("g", True, True, 3),
    0xAD: Datagram("ga", True, True, 2),
    0xAE: Datagram("gi", True, True, 2),
    0xAF: Datagram("gai", True, True, 1),
}
CONFIGURATION = 0xBC
_CONFIGURATION_OCTETS, _CONFIGURATION_PADS = 26, 2


def datagram(
    number: int,
    gyro: Sequence[int],
    status: int = 0,
    temperature: int = 0,
    counter: int = 0,
    latency_us: int = 0,
) -> bytes:
    """Return a datagram with gyro counts (3,); other groups hold zeros."""
    kind = DATAGRAMS[number]
    others = len(kind.groups) - 1
    x, y, z = gyro
    rates = (x & _24_BITS) << 48 | (y & _24_BITS) << 24 | z & _24_BITS
    body = bytes([number]) + rates.to_bytes(9, "big") + bytes([status]) + bytes(10 * others)
    if kind.temperatures:
        body += _TEMPERATURES.pack(temperature, temperature, temperature, 0) * (1 + others)
    body += bytes(4) if kind.auxiliary else b""
    return closed(body + _TAIL.pack(counter & 0xFF, latency_us), kind.pads)


def closed(body: bytes, pads: int) -> bytes:
    """Return a datagram with its checksum."""
    return body + crc32_mpeg2(body + bytes(pads)).to_bytes(4, "big")


def configuration(number: int, rate: int = 5, unit: int = 0) -> bytes:
    """Return the configuration datagram: which datagrams are sent, how often, in which unit.

    rate: 0 to 4 are 125, 250, 500, 1000, 2000 Hz, 5 external trigger. unit: 0 rate, 1 increment.
    """
    kind = DATAGRAMS[number]
    octets = bytearray(_CONFIGURATION_OCTETS - 4)
    octets[0], octets[1], octets[2] = CONFIGURATION, ord("-"), 1
    octets[3] = rate << 5 | kind.auxiliary << 4 | kind.temperatures << 3
    octets[3] |= ("i" in kind.groups) << 2 | ("a" in kind.groups) << 1
    octets[5] = unit
    return closed(bytes(octets), _CONFIGURATION_PADS)


def look(terminated: bool = False) -> Look:
    """Return what finds datagrams; terminated: with CR LF after each."""
    tail = b"\r\n" if terminated else b""

    def found(buffer: bytes) -> Part | None:
        number = buffer[0]
        kind = DATAGRAMS.get(number)
        if kind is None and number != CONFIGURATION:
            return Part(1, why="no datagram")
        octets = kind.octets if kind else _CONFIGURATION_OCTETS
        pads = kind.pads if kind else _CONFIGURATION_PADS
        if len(buffer) < octets + len(tail):
            return None
        body, crc = buffer[: octets - 4], buffer[octets - 4 : octets]
        if crc32_mpeg2(body + bytes(pads)) != int.from_bytes(crc, "big"):
            return Part(1, why="wrong checksum")
        if buffer[octets : octets + len(tail)] != tail:
            return Part(1, why="no CR LF")
        name, values = _values(body, kind) if kind else ("configuration", {"octets": body[1:]})
        return Part(octets + len(tail), name, values)

    return found


def _values(body: bytes, kind: Datagram) -> tuple[str, dict[str, Any]]:
    at = 1 + 10 * len(kind.groups)
    values: dict[str, Any] = {
        "rate_deg_s": tuple(count * RATE_deg_s for count in _signed(body[1:10], 3)),
        "status": body[10],
    }
    if kind.temperatures:
        values["temperature_degC"] = _signed(body[at : at + 6], 2)[0] * TEMPERATURE_degC
    values["counter"], values["latency_us"] = body[-3], int.from_bytes(body[-2:], "big")
    return f"datagram {body[0]:02X}", values


def _signed(data: bytes, octets: int) -> list[int]:
    return [
        int.from_bytes(data[at : at + octets], "big", signed=True)
        for at in range(0, len(data), octets)
    ]


def _command(line: bytes) -> tuple[str, dict[str, Any]] | str:
    text = line.decode("ascii", "replace")
    return ("command", {"text": text}) if text.isprintable() else "no text"


class Stim300(Device):
    """One that is triggered by the bench: a datagram each time that its gyro is sampled.

    Datagram and unit are kept without power once service mode saved them; ``C`` asks for the
    configuration, which also comes by itself at the start.
    """

    start_ns = 300 * MS  # guess: 0.3 s until the first datagram, and then the status bit
    starting_s = 1.0  # guess

    def __init__(self, settings: Settings, number: int = 0x94) -> None:
        """Make one that sends datagrams of a number: gyros and their temperature."""
        super().__init__(settings, Reader(lines(_command, b"\r\n")))
        self.number, self.unit, self.counter, self.service = number, 0, 0, False

    def _started(self, now_ns: int) -> None:
        self.counter, self.service = 0, False
        self._good_ns = now_ns + round(self.starting_s * S)
        self._say(configuration(self.number, unit=self.unit), now_ns)

    def _measured(self, measured: Measured, now_ns: int) -> None:
        if self.service:
            return
        self.counter = (self.counter + round(2000.0 / self.settings.rate_hz)) & 0xFF
        status = (0 if now_ns >= self._good_ns else STARTING) | (0 if measured.valid else OVERLOAD)
        temperature = clipped(
            (measured.temperature_K - _ZERO_degC_K) / TEMPERATURE_degC, -0x8000, 0x7FFF
        )
        self._say(
            datagram(
                self.number, self.counts(measured.values), status, temperature, self.counter, 86
            ),
            now_ns,
        )

    def counts(self, rate_rad_s: Sequence[float]) -> list[int]:
        """Return rates, or angles gained in a sample, in counts."""
        scale = 1.0 / RATE_deg_s if self.unit != 1 else 1.0 / (ANGLE_deg * self.settings.rate_hz)
        return [clipped(math.degrees(rate) * scale, -_MOST, _MOST - 1) for rate in rate_rad_s]

    def _told(self, heard: Heard, now_ns: int) -> None:
        word, _, value = str(heard.values["text"]).partition(" ")
        if self.service:
            self._serviced(word, value, now_ns)
        elif word == "C":
            self._say(configuration(self.number, unit=self.unit), now_ns + MS)
        elif word == "SERVICEMODE":
            self.service = True
            self._say(b"\r\n>", now_ns + MS)  # guess
        elif word == "R":
            self.power_on(now_ns)

    def _serviced(self, word: str, value: str, now_ns: int) -> None:
        units = {"r": 0, "a": 0, "i": 1, "m": 2, "s": 3}
        if word == "x":
            self.service = False
        elif word == "u" and value in units:
            self.unit = units[value]
        elif word == "d" and value in _LETTERS:
            self.number = _LETTERS[value]
        else:  # guess: that there is such an answer; its words are not from any source
            self._say(b"E002\r\n>", now_ns + MS)
            return
        self._say(b">", now_ns + MS)


_LETTERS = {f"{number:02x}": number for number in DATAGRAMS}  # guess: how a datagram is chosen

PROTOCOLS = (
    Protocol(
        name="stim300",
        title="Sensonor STIM300 inertial unit",
        kinds=("gyro",),
        device=Stim300,
        from_device=lambda: Reader(look()),
        to_device=lambda: Reader(lines(_command, b"\r\n")),
        command=text_command("\r"),
        octets=(DATAGRAMS[0x94].octets, 0),
        bauds=(460_800, 374_400, 921_600, 1_843_200),
        trigger_ns=86_000,
        limits={"rate_rad_s": math.radians((_MOST - 1) * RATE_deg_s)},
        sources=("vortexntnu/stim300-driver e7e0ba4 (MIT)",),
        unsure=(
            "service mode's answers and the choice of a datagram in it",
            "time until the first datagram and until the status bit is gone",
            "from a trigger to the datagram: that of the STIM210",
            "axis numbers in bits 0 to 2 of a status octet: left 0",
        ),
    ),
)

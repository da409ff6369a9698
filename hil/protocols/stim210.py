"""Sensonor STIM210 gyros: datagrams with a CRC-8, RS-422. Its ids are not those of the STIM300.

Source: ut-issl/c2a-aobc (MIT) stim210.c and, of the same team, s2e-aobc stim210.cpp: one source.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from hil.protocols.checksums import crc8_stim210
from hil.protocols.device import (
    MS,
    Device,
    Measured,
    Protocol,
    Settings,
    clipped,
    text_command,
)
from hil.protocols.stim300 import ANGLE_deg, RATE_deg_s, TEMPERATURE_degC
from hil.protocols.stream import Heard, Look, Part, Reader, lines

KINDS = {  # id -> letter of its command, and what it has besides the rates
    0x90: ("s", ""),
    0x92: ("e", "r"),
    0xA0: ("j", "T"),
    0xA2: ("k", "c"),
    0xA4: ("l", "l"),
    0xA5: ("m", "cl"),
    0x99: ("n", "Tc"),
    0xA6: ("o", "Tl"),
    0xA8: ("p", "Tcl"),
}
_SIZES = {"r": 3, "T": 6, "c": 1, "l": 2}
_ID_OF = {letter: number for number, (letter, _) in KINDS.items()}
_MOST = 1 << 23


def octets_of(number: int) -> int:
    """Return the length of a datagram without CR LF."""
    return 12 + sum(_SIZES[each] for each in KINDS[number][1])


def datagram(
    number: int,
    gyro: Sequence[int],
    status: int = 0,
    temperature: int = 0,
    counter: int = 0,
    latency_us: int = 0,
    terminated: bool = False,
) -> bytes:
    """Return a datagram with gyro counts (3,); terminated: with CR LF."""
    body = bytes([number]) + b"".join(count.to_bytes(3, "big", signed=True) for count in gyro)
    body += bytes([status])
    parts = {
        "r": bytes(3),
        "T": temperature.to_bytes(2, "big", signed=True) * 3,
        "c": bytes([counter & 0xFF]),
        "l": latency_us.to_bytes(2, "big"),
    }
    body += b"".join(parts[each] for each in KINDS[number][1])
    return body + bytes([crc8_stim210(body)]) + (b"\r\n" if terminated else b"")


def look(terminated: bool = False) -> Look:
    """Return what finds datagrams; terminated: with CR LF after each."""
    tail = b"\r\n" if terminated else b""

    def found(buffer: bytes) -> Part | None:
        if buffer[0] not in KINDS:
            return Part(1, why="no datagram")
        octets = octets_of(buffer[0])
        if len(buffer) < octets + len(tail):
            return None
        body = buffer[: octets - 1]
        if crc8_stim210(body) != buffer[octets - 1]:
            return Part(1, why="wrong checksum")
        if buffer[octets : octets + len(tail)] != tail:
            return Part(1, why="no CR LF")
        return Part(octets + len(tail), f"datagram {body[0]:02X}", _values(body))

    return found


def _values(body: bytes) -> dict[str, Any]:
    counts = [int.from_bytes(body[at : at + 3], "big", signed=True) for at in (1, 4, 7)]
    values: dict[str, Any] = {
        "rate_deg_s": tuple(count * RATE_deg_s for count in counts),
        "status": body[10],
    }
    at = 11
    for each in KINDS[body[0]][1]:
        number = int.from_bytes(body[at : at + min(2, _SIZES[each])], "big", signed=each == "T")
        if each == "T":
            values["temperature_degC"] = number * TEMPERATURE_degC
        elif each != "r":
            values["counter" if each == "c" else "latency_us"] = number
        at += _SIZES[each]
    return values


def _command(line: bytes) -> tuple[str, dict[str, Any]] | str:
    text = line.decode("ascii", "replace")
    return ("command", {"text": text}) if text.isprintable() else "no text"


class Stim210(Device):
    """One that is triggered by the bench: a datagram each time that its gyro is sampled."""

    start_ns = 1000 * MS  # guess

    def __init__(self, settings: Settings, number: int = 0xA5) -> None:
        """Make one that sends datagrams of a number: rates, counter and latency."""
        super().__init__(settings, Reader(lines(_command, b"\r\n")))
        self.number, self.unit, self.terminated = number, "a", False
        self.counter, self.service = 0, False

    def _started(self, now_ns: int) -> None:
        del now_ns
        self.counter, self.service = 0, False

    def _measured(self, measured: Measured, now_ns: int) -> None:
        if self.service:
            return
        self.counter = (self.counter + round(2000.0 / self.settings.rate_hz)) & 0xFF
        temperature = clipped((measured.temperature_K - 273.15) / TEMPERATURE_degC, -0x8000, 0x7FFF)
        rates = 1.0 / RATE_deg_s
        scale = rates if self.unit != "i" else 1.0 / (ANGLE_deg * self.settings.rate_hz)
        counts = [
            clipped(math.degrees(rate) * scale, -_MOST, _MOST - 1) for rate in measured.values
        ]
        status = 0 if measured.valid else 0x10  # guess: as of the STIM300; only 0 is known as good
        self._say(
            datagram(self.number, counts, status, temperature, self.counter, 86, self.terminated),
            now_ns,
        )

    def _told(self, heard: Heard, now_ns: int) -> None:
        word, _, value = str(heard.values["text"]).partition(" ")
        if not self.service:
            self.service = word == "SERVICEMODE"
            return
        if word == "x":
            self.service = False
        elif word == "d" and value in _ID_OF:
            self.number = _ID_OF[value]
        elif word == "u" and value in ("a", "i", "m", "s"):
            self.unit = value
        elif word == "r" and value in ("2", "3"):
            self.terminated = value == "3"
        elif word not in ("m", "f"):
            self._say(b"E\r\n", now_ns + MS)  # guess: no source has its words


PROTOCOLS = (
    Protocol(
        name="stim210",
        title="Sensonor STIM210 gyros",
        kinds=("gyro",),
        device=Stim210,
        from_device=lambda: Reader(look()),
        to_device=lambda: Reader(lines(_command, b"\r\n")),
        command=text_command("\r"),
        octets=(octets_of(0xA5), 0),
        bauds=(460_800,),
        trigger_ns=86_000,
        limits={"rate_rad_s": math.radians((_MOST - 1) * RATE_deg_s)},
        sources=("ut-issl/c2a-aobc 24de303 and s2e-aobc 3c4a02b (MIT), of one team",),
        unsure=(
            "no decoder of others was found to prove it with",
            "start-up time, what it answers to a wrong command, bits of its status octet",
        ),
    ),
)

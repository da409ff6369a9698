"""Honeywell HMR2300 magnetometer: commands as text, samples as text or 7 octets; no checksum.

Sources: Honeywell data sheet, pages 7 and 8; itu-rover/mag-hmr2300; SilvaRC's MATLAB driver.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from hil.protocols.device import MS, Device, Measured, Protocol, Settings, clipped, text_command
from hil.protocols.stream import Heard, Part, Reader, lines

COUNTS_PER_T = 1.5e8
MOST = 30_000
RATES = (10, 20, 25, 30, 40, 50, 60, 100, 123, 154)
ALL = 99
_TEXT = re.compile(rb"([ +-]) ?(\d{1,2}),(\d{3})")


def binary(counts: Sequence[int]) -> bytes:
    """Return a binary sample of counts (3,)."""
    return b"".join(count.to_bytes(2, "big", signed=True) for count in counts) + b"\r"


def text(counts: Sequence[int]) -> bytes:
    """Return an ASCII sample of counts (3,): 27 characters and CR."""
    fields = (
        f"{'-' if count < 0 else ' '}{abs(count) // 1000:2d},{abs(count) % 1000:03d}"
        for count in counts
    )
    return "".join(f"{field}  " for field in fields).encode() + b"\r"


def _ascii(line: bytes) -> tuple[str, dict[str, Any]] | str:
    found = _TEXT.findall(line)
    if len(found) == 3 and len(line) == 27:
        counts = [(-1 if sign == b"-" else 1) * int(a + b) for sign, a, b in found]
        return "sample", {"field_T": tuple(count / COUNTS_PER_T for count in counts)}
    if line and all(32 <= octet < 127 for octet in line):
        return "answer", {"text": line.decode("ascii")}
    return "no text"


look_ascii = lines(_ascii, b"\r")


def look_binary(buffer: bytes) -> Part | None:
    """Find samples of 7 octets, whose only mark is CR at their end, and answers of text."""
    for answer in (b"OK\r", b"ASCII ON\r", b"BINARY ON\r", b"WE OFF\r", b"Re-enter\r"):
        if buffer.startswith(answer):
            return Part(len(answer), "answer", {"text": answer[:-1].decode()})
        if answer.startswith(buffer):
            return None
    if len(buffer) < 7:
        return None
    if buffer[6:7] != b"\r":
        return Part(1, why="no CR after six octets")
    counts = [int.from_bytes(buffer[at : at + 2], "big", signed=True) for at in (0, 2, 4)]
    if max(map(abs, counts)) > MOST:
        return Part(1, why="beyond the range")
    return Part(7, "sample", {"field_T": tuple(count / COUNTS_PER_T for count in counts)})


def _command(line: bytes) -> tuple[str, dict[str, Any]] | str:
    found = re.fullmatch(rb"\*(\d\d)([ -~]+)", line)
    if found is None:
        return "no command"
    return "command", {"address": int(found[1]), "text": found[2].decode().upper()}


_look_line = lines(_command, b"\r")


def _look_command(buffer: bytes) -> Part | None:
    return Part(1, "stop") if buffer.startswith(b"\x1b") else _look_line(buffer)


class Magnetometer(Device):
    """One that answers ``*ddX``; it streams, in text or octets, a sample a measurement."""

    start_ns = 50 * MS  # guess
    answer_ns = 2 * MS

    def __init__(self, settings: Settings) -> None:
        """Make one that is off."""
        super().__init__(settings, Reader(_look_command))
        self.binary = False

    def _started(self, now_ns: int) -> None:
        del now_ns
        self.streams = self._write_enabled = False

    def _sample(self, measured: Measured | None) -> bytes:
        values = measured.values if measured else (0.0, 0.0, 0.0)
        counts = [clipped(value * COUNTS_PER_T, -MOST, MOST) for value in values]
        return binary(counts) if self.binary else text(counts)

    def _measured(self, measured: Measured, now_ns: int) -> None:
        if self.streams:
            self._say(self._sample(measured), now_ns)

    def _told(self, heard: Heard, now_ns: int) -> None:
        if heard.name == "stop":
            self.streams = False
            return
        own = self.settings.address
        if heard.values["address"] not in (own, ALL):
            return
        word = str(heard.values["text"])
        if word == "C":
            self.streams = True
            return
        answer = self._sample(self.measured) if word == "P" else self._obeyed(word).encode() + b"\r"
        self._say(answer, now_ns + self.answer_ns)

    def _obeyed(self, word: str) -> str:
        """Do what a command says; return the answer."""
        if word == "WE":
            self._write_enabled = True
            return "OK"
        if word in ("#", "Q"):
            return "SER# 0001" if word == "#" else "S/N: 0001"  # guess: Q's words
        rates = {f"R={rate}" for rate in RATES}
        if word not in {"A", "B", *rates}:
            return "Re-enter"
        enabled, self._write_enabled = self._write_enabled, False
        if not enabled:
            return "WE OFF"
        if word in ("A", "B"):
            self.binary = word == "B"
            return "BINARY ON" if self.binary else "ASCII ON"
        return "OK"


PROTOCOLS = (
    Protocol(
        name="hmr2300",
        title="Honeywell HMR2300 magnetometer",
        kinds=("magnetometer",),
        device=Magnetometer,
        from_device=lambda: Reader(look_ascii),
        to_device=lambda: Reader(_look_command),
        command=text_command("\r"),
        octets=(28, 5),
        bauds=(9_600, 19_200),
        addresses=range(ALL),
        duplex="half",
        limits={"field_T": MOST / COUNTS_PER_T},
        answer_s=0.002,
        checksum=False,
        sources=(
            "Honeywell HMR2300 data sheet, pages 7 and 8",
            "itu-rover/mag-hmr2300 21646bc, SilvaRC/HMR2300-Magnetometer-MATLAB",
        ),
        unsure=(
            "no checksum: a flipped bit in a sample is a wrong field and cannot be refused",
            "start-up time; the words of the answer to Q",
        ),
    ),
)

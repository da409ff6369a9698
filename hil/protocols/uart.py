"""What a line does to octets: how long they take, and what a receiver of another rate makes."""

from __future__ import annotations

from typing import NamedTuple


class Format(NamedTuple):
    """Bits of an octet on the line; parity: N, E or O."""

    bits: int = 8
    parity: str = "N"
    stop: int = 1

    @property
    def length(self) -> int:
        """Bit times of an octet, with its start bit."""
        return 1 + self.bits + (self.parity != "N") + self.stop


def format_of(text: str) -> Format:
    """Return what ``8N1`` stands for; ValueError for what is none."""
    if len(text) != 3 or text[0] not in "78" or text[1] not in "NEO" or text[2] not in "12":
        raise ValueError(f"{text!r} is not a format: write bits, parity and stop bits, as in 8N1")
    return Format(int(text[0]), text[1], int(text[2]))


USUAL = Format()


def octet_ns(baud: int, form: Format = USUAL) -> int:
    """Return how long an octet takes."""
    return round(form.length * 1e9 / baud)


def received(data: bytes, sent_baud: float, read_baud: float) -> tuple[bytes, int]:
    """Return what a receiver of another rate reads of 8N1 octets, and its framing errors.

    It looks at the middle of each of its own bits, from each fall of an idle line on. An octet
    whose stop bit is low is kept, as the usual peripheral does, and counted.
    """
    levels = [level for octet in data for level in _levels(octet)]
    ratio = sent_baud / read_baud
    at, read, errors, end = 0.0, bytearray(), 0, len(levels)
    while True:
        while int(at) < end and levels[int(at)]:
            at = int(at) + 1.0
        if int(at) >= end:
            return bytes(read), errors
        taken = [_level(levels, at + (bit + 1.5) * ratio) for bit in range(9)]
        read.append(sum(level << bit for bit, level in enumerate(taken[:8])))
        errors += not taken[8]
        at += 9.5 * ratio
        while int(at) < end and not levels[int(at)]:  # a break ends before a start can be seen
            at = int(at) + 1.0


def _levels(octet: int) -> list[int]:
    return [0, *(octet >> bit & 1 for bit in range(8)), 1]


def _level(levels: list[int], at: float) -> int:
    return levels[int(at)] if at < len(levels) else 1

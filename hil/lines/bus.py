"""A pair of wires that several devices drive: who speaks while another one does garbles both."""

from __future__ import annotations

from collections import deque

Octet = tuple[int, int, int]
"""When it begins, in ns; who says it; its value."""


class Bus:
    """Octets of several talkers on one half-duplex pair.

    A driver that pulls the pair to 0 wins here over one that holds it at 1. Which one does on a
    real pair depends on the drivers, and whatever comes of it is not a message.
    collisions: how often a message met one of another talker.
    """

    def __init__(self, octet_ns: int) -> None:
        """octet_ns: how long an octet takes, 8N1."""
        self._octet_ns = octet_ns
        self._free_ns: dict[int, int] = {}
        self._octets: list[Octet] = []
        self._spans: list[tuple[int, int, int]] = []  # begin, end, talker
        self.collisions = 0

    def say(self, talker: int, at_ns: int, data: bytes) -> None:
        """Have a talker say something at a time, after what it says already."""
        begin_ns = max(at_ns, self._free_ns.get(talker, 0))
        self._free_ns[talker] = end_ns = begin_ns + len(data) * self._octet_ns
        self.collisions += sum(
            begin_ns < end and begin < end_ns and other != talker
            for begin, end, other in self._spans
        )
        self._spans.append((begin_ns, end_ns, talker))
        for n, octet in enumerate(data):
            self._octets.append((begin_ns + n * self._octet_ns, talker, octet))

    def talk_over(self, at_ns: int, octets: int) -> bool:
        """Have the other end talk from a time on; return whether somebody was talking here.

        What meets it is pulled to 0, and is not a message.
        """
        end_ns = at_ns + octets * self._octet_ns
        met = [each[0] < end_ns and at_ns < each[0] + self._octet_ns for each in self._octets]
        if not any(begin <= at_ns < end for begin, end, _ in self._spans):
            return False
        self._octets = [
            (begin, talker, 0 if hit else value)
            for hit, (begin, talker, value) in zip(met, self._octets, strict=True)
        ]
        self.collisions += 1
        return True

    @property
    def due_ns(self) -> int | None:
        """When the next octet has been carried; None without one."""
        return min(self._octets)[0] + self._octet_ns if self._octets else None

    def heard(self, until_ns: int) -> list[tuple[int, bytes]]:
        """Return (begin, octets) of what has been carried by a time, piece by piece."""
        octets = deque(sorted(self._octets))
        found: list[tuple[int, bytearray]] = []
        end_ns = 0
        while octets and octets[0][0] + self._octet_ns <= until_ns:
            begin_ns, value = self._merged(octets)
            if found and begin_ns == end_ns:
                found[-1][1].append(value)
            else:
                found.append((begin_ns, bytearray((value,))))
            end_ns = begin_ns + self._octet_ns
        self._octets = list(octets)
        self._spans = [span for span in self._spans if span[1] > until_ns]
        return [(begin_ns, bytes(data)) for begin_ns, data in found]

    def _merged(self, octets: deque[Octet]) -> tuple[int, int]:
        """Take the first octet, and what of others falls into its time, off a queue."""
        begin_ns, _, value = octets.popleft()
        while octets and octets[0][0] < begin_ns + self._octet_ns:
            later_ns, _, theirs = octets.popleft()
            value &= _late(theirs, round(10 * (later_ns - begin_ns) / self._octet_ns))
        return begin_ns, value


def _late(value: int, bits: int) -> int:
    """Return what an octet, so many bit times late, has on the pair while another one goes by."""
    if bits == 0:
        return value
    return (value << bits | (1 << bits - 1) - 1) & 0xFF  # idle, its start bit, its first bits

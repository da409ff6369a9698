"""One direction of a radio link: frames wait, take their time, are lost or arrive."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hil.radio.contact import Contact


class Arrived(NamedTuple):
    """A frame at the other end, and when: handed to the radio, begun, ended, arrived."""

    octets: bytes
    told_s: float
    begun_s: float
    time_s: float


@dataclass
class _OnTheWay:
    octets: bytes
    told_s: float
    begun_s: float
    ended_s: float
    light_s: float
    whole: bool


@dataclass
class Counts:
    """What became of frames."""

    sent: int = 0
    lost_by_chance: int = 0
    lost_without_contact: int = 0
    dropped: int = 0


class Channel:
    """Frames one after the other at a rate; one that is not in contact all the while is lost."""

    def __init__(
        self,
        rate_bit_s: float,
        overhead_octets: int,
        loss: float,
        buffer_octets: int,
        random: np.random.Generator,
    ) -> None:
        self._octet_s, self._overhead = 8.0 / rate_bit_s, overhead_octets
        self._loss, self._buffer_octets, self._random = loss, buffer_octets, random
        self._waiting: deque[tuple[bytes, float]] = deque()
        self._waiting_octets = 0
        self._on_the_way: deque[_OnTheWay] = deque()
        self._free_s = 0.0
        self.counts = Counts()

    @property
    def free_octets(self) -> int:
        """Room for frames that wait."""
        return self._buffer_octets - self._waiting_octets

    @property
    def waiting_octets(self) -> int:
        """What waits to be sent."""
        return self._waiting_octets

    def put(self, octets: bytes, time_s: float) -> None:
        """Have a frame wait; it is dropped where there is no room."""
        if len(octets) > self.free_octets:
            self.counts.dropped += 1
            return
        self._waiting.append((octets, time_s))
        self._waiting_octets += len(octets)

    def go_on(self, until_s: float, contact: Contact | None) -> list[Arrived]:
        """Let time go on with or without a contact; return what is sent whole by then.

        Calls follow each other in time. What they return may arrive a light time later.
        """
        if contact is None:
            for each in self._on_the_way:
                each.whole = False
        self._begin(until_s, contact)
        arrived: list[Arrived] = []
        while self._on_the_way and self._on_the_way[0].ended_s <= until_s:
            self._end(self._on_the_way.popleft(), arrived)
        return arrived

    def _begin(self, until_s: float, contact: Contact | None) -> None:
        while self._waiting:
            octets, told_s = self._waiting[0]
            begun_s = max(self._free_s, told_s)
            if begun_s >= until_s:
                return
            self._waiting.popleft()
            self._waiting_octets -= len(octets)
            self._free_s = begun_s + self._octet_s * (len(octets) + self._overhead)
            light_s, whole = (0.0, False) if contact is None else (contact.light_s, True)
            frame = _OnTheWay(octets, told_s, begun_s, self._free_s, light_s, whole)
            self._on_the_way.append(frame)
            self.counts.sent += 1

    def _end(self, frame: _OnTheWay, arrived: list[Arrived]) -> None:
        chance = float(self._random.random())  # drawn for each, whatever becomes of it
        if not frame.whole:
            self.counts.lost_without_contact += 1
        elif chance < self._loss:
            self.counts.lost_by_chance += 1
        else:
            time_s = frame.ended_s + frame.light_s
            arrived.append(Arrived(frame.octets, frame.told_s, frame.begun_s, time_s))

"""Recorded answers of an OBC beside those that it gives now: the first packet that differs."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from hil.link.framing import Deframer
from hil.link.messages import HELLO, HOUSEKEEPING
from hil.link.packet import SEQUENCE_MAX, Packet, Value, named_values
from hil.link.table import MessageTable
from hil.recording import MACHINE_COLUMNS

NOTHING = "nothing"
_GAP_MOST = 64  # packets of a kind that a line loses one after the other, and no more
_OF_THE_MACHINE = {name.removeprefix(f"{HOUSEKEEPING.name}_") for name in MACHINE_COLUMNS}
Shown = Value | tuple[Value, ...]


class Difference(NamedTuple):
    """The first packet and field in which the answers differ, and what either has there.

    field: of the message; "sequence" is the packet's count, "packet" the packet itself.
    """

    step: int
    time_s: float
    message: str
    field: str
    recorded: Shown
    replayed: Shown

    def __str__(self) -> str:
        where = f"step {self.step} ({self.time_s:.3f} s), {self.message}"
        return f"{where}, {self.field}: recorded {self.recorded!r}, replayed {self.replayed!r}"


class Answers:
    """Both streams of packets, compared in their order as they come.

    A packet that the recording lacks though its count shows that it was sent was lost on the line:
    it is passed over and counted in `lost`. Broken frames of the recording are counted in `broken`.
    """

    def __init__(self, table: MessageTable, step_s: float) -> None:
        """Begin with nothing on either side; both are read by the same table."""
        self.compared = self.lost = 0
        self._step_s, self._now_s = step_s, 0.0
        self._table = table
        self._recorder, self._replayer = Deframer(table), Deframer(table)
        self._recorded: deque[tuple[float, Packet]] = deque()
        self._replayed: deque[Packet] = deque()

    @property
    def broken(self) -> int:
        """How many of the recorded frames are no valid packets."""
        return self._recorder.faults.total()

    @property
    def awaited(self) -> bool:
        """Whether the recording has an answer that has not come yet."""
        return bool(self._recorded)

    def recorded(self, time_s: float, data: bytes) -> None:
        """Take octets of the recording."""
        self._now_s = time_s
        packets = self._recorder.receive(data)
        self._recorded += [(time_s, each) for each in packets if isinstance(each, Packet)]

    def replayed(self, data: bytes) -> None:
        """Take octets that came just now."""
        packets = self._replayer.receive(data)
        self._replayed += [each for each in packets if isinstance(each, Packet)]

    def without_hello(self) -> None:
        """Drop repeated answers to HELLO: a slow board answers all requests of its boot."""
        while self._recorded and self._recorded[0][1].message is HELLO:
            self._recorded.popleft()
        while self._replayed and self._replayed[0].message is HELLO:
            self._replayed.popleft()

    def restarted(self) -> None:
        """The OBC was restarted: of what it had begun to say nothing more comes."""
        self._replayer = Deframer(self._table)

    def first_difference(self) -> Difference | None:
        """Compare what is there on both sides."""
        while self._recorded and self._replayed:
            time_s, recorded = self._recorded[0]
            replayed = self._replayed.popleft()
            if self._was_lost(replayed):
                self.lost += 1
                continue
            self._recorded.popleft()
            self.compared += 1
            if difference := self._difference(time_s, recorded, replayed):
                return difference
        return None

    def missing(self) -> Difference:
        """The recording has an answer, and none came."""
        time_s, packet = self._recorded[0]
        return self._told(time_s, packet.message.name, "packet", _words(packet), NOTHING)

    def surplus(self) -> Difference | None:
        """The OBC answers more than the recording has."""
        if not self._replayed:
            return None
        packet = self._replayed[0]
        return self._told(self._now_s, packet.message.name, "packet", NOTHING, _words(packet))

    def _was_lost(self, replayed: Packet) -> bool:
        """Whether the next recorded packet of the same kind is one that was sent later."""
        kind = replayed.message
        following = next((each for _, each in self._recorded if each.message is kind), None)
        if following is None:
            return False
        return 0 < (following.sequence - replayed.sequence) & SEQUENCE_MAX <= _GAP_MOST

    def _difference(self, time_s: float, recorded: Packet, replayed: Packet) -> Difference | None:
        if recorded.message is not replayed.message:
            words = _words(recorded), _words(replayed)
            return self._told(time_s, recorded.message.name, "packet", *words)
        name = recorded.message.name
        if recorded.sequence != replayed.sequence:
            counts = recorded.sequence, replayed.sequence
            return self._told(time_s, name, "sequence", *counts)
        if repr(recorded.values) == repr(replayed.values):  # as bits: -0.0 is not 0.0
            return None
        others = named_values(replayed)
        for field, value in named_values(recorded).items():
            own = recorded.message is HOUSEKEEPING and field in _OF_THE_MACHINE
            if not own and repr(value) != repr(others[field]):
                return self._told(time_s, name, *_narrowed(field, value, others[field]))
        return None

    def _told(
        self, time_s: float, message: str, field: str, recorded: Shown, replayed: Shown
    ) -> Difference:
        step = round(time_s / self._step_s)
        return Difference(step, time_s, message, field, recorded, replayed)


def _narrowed(field: str, a: Shown, b: Shown) -> tuple[str, Shown, Shown]:
    """Return the first part of an array's field that differs."""
    if not (isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b)):
        return field, a, b
    at = next(i for i, (x, y) in enumerate(zip(a, b, strict=True)) if repr(x) != repr(y))
    return f"{field}[{at}]", a[at], b[at]


def _words(packet: Packet) -> str:
    values = ", ".join(f"{name} {value}" for name, value in named_values(packet).items())
    return f"{packet.message.name} ({values})"

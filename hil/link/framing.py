"""COBS frames on a byte stream: what is sent, and what is made of whatever arrives.

Consistent overhead byte stuffing (Cheshire and Baker 1999) leaves zero as the one delimiter, so a
corrupted byte costs one frame, or two when it hits a delimiter, and never the stream.
"""

from collections import Counter
from collections.abc import Sequence

from cobs import cobs

from hil.link.messages import Message
from hil.link.packet import SEQUENCE_MAX, Fault, Packet, decode, encode
from hil.link.table import CORE_TABLE, MessageTable

FRAME_MAX = 256
"""Longest frame in octets without its delimiter; anything longer is noise."""


class Framer:
    """Makes frames, keeping one sequence count per packet type as CCSDS asks."""

    def __init__(self) -> None:
        self._sequence: dict[int, int] = {}

    def frame(
        self, message: Message, values: Sequence[float | int | bytes], ticks: int | None = None
    ) -> bytes:
        """One message as the octets of its frame, the closing zero included."""
        sequence = self._sequence.get(message.apid, 0)
        self._sequence[message.apid] = (sequence + 1) & SEQUENCE_MAX
        stuffed: bytes = cobs.encode(encode(message, sequence, values, ticks))
        return stuffed + b"\0"

    def last_sequence(self, message: Message) -> int:
        """The sequence count of the last frame made of this message."""
        return (self._sequence[message.apid] - 1) & SEQUENCE_MAX


class Deframer:
    """Turns bytes, split anywhere, into packets and faults, and counts both by kind."""

    def __init__(self, table: MessageTable = CORE_TABLE) -> None:
        """table: the messages that can arrive; any other is a fault."""
        self._table = table
        self._pending = b""
        self._overlong = False
        self.packets: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    @property
    def pending(self) -> bytes:
        """What has arrived since the last delimiter: half a frame, or noise."""
        return self._pending

    def receive(self, data: bytes) -> list[Packet | Fault]:
        """All that the new bytes complete, in the order of arrival."""
        frames = (self._pending + data).split(b"\0")
        self._pending = frames.pop()
        events = [event for frame in frames if (event := self._close(frame)) is not None]
        self._drop_overlong()
        return events

    def _close(self, frame: bytes) -> Packet | Fault | None:
        overlong, self._overlong = self._overlong or len(frame) > FRAME_MAX, False
        if not frame and not overlong:
            return None
        event = Fault("overlong", frame) if overlong else _open(frame, self._table)
        if isinstance(event, Packet):
            self.packets[event.message.name] += 1
        else:
            self.faults[event.kind] += 1
        return event

    def _drop_overlong(self) -> None:
        # Noise without a delimiter must not grow the buffer: keep one frame's worth to show.
        if len(self._pending) > FRAME_MAX:
            self._overlong = True
            self._pending = self._pending[-FRAME_MAX:]


def _open(frame: bytes, table: MessageTable) -> Packet | Fault:
    try:
        return decode(cobs.decode(frame), table)
    except cobs.DecodeError:
        return Fault("cobs", frame)

"""COBS frames on a byte stream: what is sent, and what is made of whatever arrives.

Consistent overhead byte stuffing (Cheshire and Baker 1999) leaves zero as the one delimiter, so a
corrupted byte costs one frame, or two when it hits a delimiter, and never the stream.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from cobs import cobs

from hil.link.messages import Message
from hil.link.packet import SEQUENCE_MAX, Fault, Packet, Told, decode, encode
from hil.link.table import CORE_TABLE, MessageTable

FRAME_MAX = 256
"""Longest frame in octets without its delimiter; anything longer is noise."""


class Framer:
    """Makes frames, keeping one sequence count per packet type as CCSDS asks."""

    def __init__(self) -> None:
        self.sequences: dict[int, int] = {}
        """Of each APID, the sequence count of its next frame."""

    def frame(
        self, message: Message, values: Sequence[float | int | bytes], ticks: int | None = None
    ) -> bytes:
        """One message as the octets of its frame, the closing zero included."""
        return self.frames([(message, values, ticks)])

    def frames(self, messages: Iterable[Told]) -> bytes:
        """Messages, each with its values and its CUC time, as frames one after the other."""
        packets = encode(messages, self.sequences)
        return b"\0".join([*map(cobs.encode, packets), b""])

    def last_sequence(self, message: Message) -> int:
        """The sequence count of the last frame made of this message."""
        return (self.sequences[message.apid] - 1) & SEQUENCE_MAX


class Deframer:
    """Turns bytes, split anywhere, into packets and faults, and counts both by kind."""

    def __init__(self, table: MessageTable = CORE_TABLE) -> None:
        """table: the messages that can arrive; any other is a fault."""
        self._table = table
        self.pending = b""
        """What has arrived since the last delimiter: half a frame, or noise."""
        self._overlong = False
        self.packets: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    def receive(self, data: bytes) -> list[Packet | Fault]:
        """All that the new bytes complete, in the order of arrival."""
        frames = (self.pending + data).split(b"\0")
        self.pending = frames.pop()
        events: list[Packet | Fault] = []
        for frame in frames:
            if len(frame) > FRAME_MAX or self._overlong:
                self._overlong = False
                event: Packet | Fault = Fault("overlong", frame)
            elif not frame:
                continue
            else:
                try:
                    event = decode(cobs.decode(frame), self._table)
                except cobs.DecodeError:
                    event = Fault("cobs", frame)
            if isinstance(event, Packet):
                self.packets[event.message.name] += 1
            else:
                self.faults[event.kind] += 1
            events.append(event)
        if len(self.pending) > FRAME_MAX:
            # Noise without a delimiter must not grow the buffer: keep one frame's worth to show.
            self._overlong = True
            self.pending = self.pending[-FRAME_MAX:]
        return events

"""The messages of a run, as they were written, while it is written."""

from __future__ import annotations

from typing import NamedTuple

import mcap.records as mcap
from mcap.opcode import Opcode

from hil.recording.follow import Follower
from hil.recording.layout import MESSAGE, RECORD_PREFIX
from hil.recording.messages import parsed, unpacked


class Message(NamedTuple):
    """A message with its channel's number and its log time, nanoseconds since 1970."""

    channel: int
    log_time_ns: int
    data: bytes


class Relay(Follower):
    """A follower that hands on messages instead of rows.

    schemas, channels: what the file declares, by number; complete before the first message.
    """

    def _begin(self) -> None:
        super()._begin()
        self.schemas: dict[int, mcap.Schema] = {}
        self.channels: dict[int, mcap.Channel] = {}
        self._messages: list[Message] = []

    def messages(self) -> list[Message]:
        """Return the messages that came since the last call; errors are those of ``poll``."""
        self.poll()
        new, self._messages = self._messages, []
        return new

    def _take(self, opcode: int, body: bytes, at: int) -> None:
        super()._take(opcode, body, at)  # first: it raises where the record is damaged
        if opcode == Opcode.SCHEMA:
            schema = parsed(mcap.Schema.read, body)
            self.schemas[schema.id] = schema
        elif opcode == Opcode.CHANNEL:
            channel = parsed(mcap.Channel.read, body)
            self.channels[channel.id] = channel
        elif opcode == Opcode.CHUNK:
            self._messages += _messages(unpacked(parsed(mcap.Chunk.read, body)))


def _messages(data: bytes) -> list[Message]:
    found, at = [], 0
    while at < len(data):
        opcode, length = RECORD_PREFIX.unpack_from(data, at)
        after = at + RECORD_PREFIX.size + length
        if opcode == Opcode.MESSAGE:
            _, _, channel, _, log_time_ns, _ = MESSAGE.unpack_from(data, at)
            found.append(Message(channel, log_time_ns, data[at + MESSAGE.size : after]))
        at = after
    return found

"""Messages that wait to be written together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

import numpy as np
from mcap.opcode import Opcode

from hil.recording.layout import MESSAGE, RECORD_PREFIX

_AFTER_PREFIX = MESSAGE.size - RECORD_PREFIX.size
_INDEX = np.dtype([("time", "<u8"), ("offset", "<u8")])


class Chunk:
    """The messages of one MCAP chunk, in order, and where each begins.

    A message is added by a single append: a signal between two steps of Python leaves it in the
    chunk as a whole or not at all.
    """

    def __init__(self) -> None:
        self.size = 0
        self.mark = object()  # tells this chunk from any other, after it is gone too
        self._messages: list[tuple[int, int, bytes, bytes]] = []

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Return the chunk that a block of messages is."""
        chunk, at = cls(), 0
        while at < len(data):
            opcode, length = RECORD_PREFIX.unpack_from(data, at)
            after = at + RECORD_PREFIX.size + length
            if opcode == Opcode.MESSAGE:
                _, _, channel, sequence, log_time_ns, _ = MESSAGE.unpack_from(data, at)
                chunk.add(channel, sequence, log_time_ns, data[at + MESSAGE.size : after])
            at = after
        return chunk

    def __bool__(self) -> bool:
        return bool(self._messages)

    def add(self, channel: int, sequence: int, log_time_ns: int, data: bytes) -> None:
        """Append one message."""
        length = len(data)
        header = MESSAGE.pack(
            Opcode.MESSAGE, _AFTER_PREFIX + length, channel, sequence, log_time_ns, log_time_ns
        )
        self._messages.append((channel, log_time_ns, header, data))
        self.size += MESSAGE.size + length

    def data(self) -> bytes:
        """Return the messages as one block, uncompressed."""
        return b"".join([part for message in self._messages for part in message[2:]])

    @property
    def start_ns(self) -> int:
        """Earliest log time."""
        return min(message[1] for message in self._messages)

    @property
    def end_ns(self) -> int:
        """Latest log time."""
        return max(message[1] for message in self._messages)

    def indexes(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield (channel, number of its messages, its message index record)."""
        offset, entries = 0, dict[int, list[tuple[int, int]]]()
        for channel, log_time_ns, header, data in self._messages:
            entries.setdefault(channel, []).append((log_time_ns, offset))
            offset += len(header) + len(data)
        for channel, listed in entries.items():
            table = np.array(listed, dtype=_INDEX).tobytes()
            head = RECORD_PREFIX.pack(Opcode.MESSAGE_INDEX, 6 + len(table))
            sizes = channel.to_bytes(2, "little") + len(table).to_bytes(4, "little")
            yield channel, len(listed), head + sizes + table

"""Messages that wait to be written together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

import numpy as np
from mcap.opcode import Opcode

from hil.recording.layout import EVENT, MESSAGE, RECORD_PREFIX

_AFTER_PREFIX = MESSAGE.size - RECORD_PREFIX.size
_INDEX = np.dtype([("time", "<u8"), ("offset", "<u8")])


class Chunk:
    """The messages of one MCAP chunk, in order, and where each begins."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []
        self._index: dict[int, list[tuple[int, int]]] = {}

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
        return self.size > 0

    def add(self, channel: int, sequence: int, log_time_ns: int, data: bytes) -> None:
        """Append one message."""
        length = len(data)
        header = MESSAGE.pack(
            Opcode.MESSAGE, _AFTER_PREFIX + length, channel, sequence, log_time_ns, log_time_ns
        )
        self._parts += (header, data)
        self._index.setdefault(channel, []).append((log_time_ns, self.size))
        self.size += MESSAGE.size + length

    def data(self) -> bytes:
        """Return the messages as one block, uncompressed."""
        return b"".join(self._parts)

    @property
    def start_ns(self) -> int:
        """Earliest log time."""
        return min(each[0][0] for each in self._in_order())

    @property
    def end_ns(self) -> int:
        """Latest log time."""
        return max(each[-1][0] for each in self._in_order())

    def _in_order(self) -> Iterator[list[tuple[int, int]]]:
        """Yield each channel's entries; only events are written after later ones."""
        for channel, entries in self._index.items():
            yield sorted(entries) if channel == EVENT else entries

    def count(self, channel: int) -> int:
        """Return how many messages of a channel the chunk holds."""
        return len(self._index[channel])

    def indexes(self) -> Iterator[tuple[int, bytes]]:
        """Yield (channel, its message index record), packed by numpy as they are many."""
        for channel, entries in self._index.items():
            table = np.array(entries, dtype=_INDEX).tobytes()
            head = RECORD_PREFIX.pack(Opcode.MESSAGE_INDEX, 6 + len(table))
            yield (
                channel,
                head + channel.to_bytes(2, "little") + len(table).to_bytes(4, "little") + table,
            )

"""Messages that wait to be written together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Self

import numpy as np
from mcap.opcode import Opcode
from numpy.typing import NDArray

from hil.recording.layout import MESSAGE, RECORD_PREFIX

_AFTER_PREFIX = MESSAGE.size - RECORD_PREFIX.size
_Head = tuple[int, int, int]
"""A message's channel, its log time in ns and its size in octets."""
_INDEX = np.dtype([("time", "<u8"), ("offset", "<u8")])


@cache
def _message_of(numbers: int) -> np.dtype[np.void]:
    """The fixed part of a message, as MESSAGE has it, and so many numbers."""
    return np.dtype(
        [
            ("opcode", "u1"),
            ("length", "<u8"),
            ("channel", "<u2"),
            ("sequence", "<u4"),
            ("log_time", "<u8"),
            ("publish_time", "<u8"),
            ("numbers", "<f8", (numbers,)),
        ]
    )


class Chunk:
    """The messages of one MCAP chunk, in order, and where each begins.

    A message, or a block of them, is added by a single append: a signal between two steps of Python
    leaves it in the chunk as a whole or not at all.
    """

    def __init__(self) -> None:
        self.size = 0
        self.mark = object()  # tells this chunk from any other, after it is gone too
        self._blocks: list[tuple[Sequence[_Head], bytes, bytes]] = []  # heads, then octets

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
        return bool(self._blocks)

    def add(self, channel: int, sequence: int, log_time_ns: int, data: bytes) -> None:
        """Append one message."""
        length = len(data)
        header = MESSAGE.pack(
            Opcode.MESSAGE, _AFTER_PREFIX + length, channel, sequence, log_time_ns, log_time_ns
        )
        head = (channel, log_time_ns, MESSAGE.size + length)
        self._blocks.append(((head,), header, data))
        self.size += MESSAGE.size + length

    def add_rows(
        self,
        channel: int,
        first_sequence: int,
        log_times_ns: Sequence[int],
        rows: NDArray[np.float64],
    ) -> None:
        """Append a message for each row of numbers (n, numbers)."""
        messages = np.zeros(len(rows), _message_of(rows.shape[1]))
        messages["opcode"], messages["channel"] = Opcode.MESSAGE, channel
        messages["length"] = _AFTER_PREFIX + 8 * rows.shape[1]
        messages["sequence"] = first_sequence + np.arange(len(rows))
        messages["log_time"] = messages["publish_time"] = log_times_ns
        messages["numbers"] = rows
        heads = [(channel, time_ns, messages.itemsize) for time_ns in log_times_ns]
        self._blocks.append((heads, messages.tobytes(), b""))
        self.size += messages.nbytes

    def data(self) -> bytes:
        """Return the messages as one block, uncompressed."""
        return b"".join([part for block in self._blocks for part in block[1:]])

    @property
    def start_ns(self) -> int:
        """Earliest log time."""
        return min([time_ns for heads, *_ in self._blocks for _, time_ns, _ in heads])

    @property
    def end_ns(self) -> int:
        """Latest log time."""
        return max([time_ns for heads, *_ in self._blocks for _, time_ns, _ in heads])

    def indexes(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield (channel, number of its messages, its message index record)."""
        offset, entries = 0, dict[int, list[tuple[int, int]]]()
        for heads, *_ in self._blocks:
            for channel, log_time_ns, size in heads:
                entries.setdefault(channel, []).append((log_time_ns, offset))
                offset += size
        for channel, listed in entries.items():
            table = np.array(listed, dtype=_INDEX).tobytes()
            head = RECORD_PREFIX.pack(Opcode.MESSAGE_INDEX, 6 + len(table))
            sizes = channel.to_bytes(2, "little") + len(table).to_bytes(4, "little")
            yield channel, len(listed), head + sizes + table

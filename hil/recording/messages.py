"""What a chunk of an MCAP file holds, unpacked and taken apart."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import TypeVar

import mcap.records as mcap
import zstandard
from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode

from hil.recording.layout import (
    EVENT,
    FROM_OBC,
    LINES,
    MESSAGE,
    PICTURES,
    RECORD_PREFIX,
    SIGHTS,
    STEP,
    TO_OBC,
)

MAX_CHUNK_OCTETS = 16 * 2**20  # unpacked; this bench's hold 64 KiB, other tools' a few MiB
_OTHERS_MOST = 1000  # schemas and channels in a chunk
_HEAD = struct.Struct("<BQH")  # opcode, record length, channel
_AFTER_PREFIX = MESSAGE.size - RECORD_PREFIX.size
_LOG_TIME = struct.Struct("<Q")
_LOG_TIME_AT = RECORD_PREFIX.size + 6

Span = tuple[int, int]  # where in a chunk's data a message begins and ends
Spans = dict[int, list[Span]]  # by channel
_Record = TypeVar("_Record")


class DamageError(Exception):
    """The file is not as it was written from here on."""


class CutError(DamageError):
    """The file ends in the middle of a record."""


NOT_AS_WRITTEN = (
    DamageError,
    ValueError,
    OverflowError,
    struct.error,
    McapError,
    zstandard.ZstdError,
)


def parsed(read: Callable[[ReadDataStream], _Record], body: bytes | memoryview) -> _Record:
    """Return a record's body as the library reads it."""
    return read(ReadDataStream(BytesIO(body)))


def checked(crc: int, wanted: int, what: str) -> None:
    """Raise DamageError when two checksums differ."""
    if crc != wanted:
        raise DamageError(f"the checksum of {what} does not fit")


def unpacked(chunk: mcap.Chunk) -> bytes:
    """Return a chunk's messages as one block; one of NOT_AS_WRITTEN when it is broken."""
    size = chunk.uncompressed_size
    if size > MAX_CHUNK_OCTETS:
        raise DamageError(f"it claims to hold {size} bytes, more than any chunk of a run")
    data = _decompressed(chunk, size)
    if len(data) != size:
        raise DamageError(f"it holds {len(data)} bytes and says {size}")
    if chunk.uncompressed_crc:  # 0: not counted (MCAP specification, "Chunk")
        checked(zlib.crc32(data), chunk.uncompressed_crc, "its messages")
    return data


def _decompressed(chunk: mcap.Chunk, size: int) -> bytes:
    if not chunk.compression:
        return chunk.data
    if chunk.compression != "zstd":
        raise DamageError(
            f"it is compressed by {chunk.compression[:20]!r}, and this bench reads zstd"
        )
    told = zstandard.frame_content_size(chunk.data)  # believed by the library, whatever we say
    if told not in (-1, size):
        raise DamageError(f"it unpacks to {told} bytes and says {size}")
    return zstandard.decompress(chunk.data, size)


def spans(data: bytes) -> tuple[Spans, list[Span]]:
    """Return where in a chunk's data its messages lie, by channel, and its other records.

    Raises DamageError when a message is none of a run, or reaches beyond the chunk.
    """
    found: Spans = {STEP: [], TO_OBC: [], FROM_OBC: [], EVENT: [], LINES: []}
    others: list[Span] = []
    at, end, unpack, message = 0, len(data), _HEAD.unpack_from, int(Opcode.MESSAGE)
    while at < end:
        opcode, length, channel = unpack(data, at)
        after = at + 9 + length
        if after > end or (opcode == message and length < _AFTER_PREFIX):
            raise DamageError(f"a message at byte {at} of the unpacked chunk has a wrong length")
        if opcode != message:
            if opcode not in (Opcode.SCHEMA, Opcode.CHANNEL) or len(others) == _OTHERS_MOST:
                raise DamageError("its messages are none")
            others.append((at, after))
        elif channel in found:
            found[channel].append((at, after))
        elif channel == SIGHTS or channel in PICTURES:
            found.setdefault(channel, []).append((at, after))
        else:
            raise DamageError(f"a message is of channel {channel}, which no run has")
        at = after
    return found, others


def rows_of(data: bytes, found: Sequence[Span], row_octets: int) -> bytes:
    """Return the step rows of a chunk, one after the other."""
    skip = MESSAGE.size
    if any(end - start != skip + row_octets for start, end in found):
        raise DamageError("a step row does not fit the columns")
    return b"".join([data[start + skip : end] for start, end in found])


def timed(data: bytes, found: Sequence[Span]) -> Iterator[tuple[int, bytes]]:
    """Yield the log time in ns and the data of messages."""
    for start, end in found:
        (log_time_ns,) = _LOG_TIME.unpack_from(data, start + _LOG_TIME_AT)
        yield log_time_ns, data[start + MESSAGE.size : end]

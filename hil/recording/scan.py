"""Walking the records of a recording's file, as far as they are whole."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import mcap.records as mcap
import zstandard
from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode

from hil.errors import RecordingError
from hil.recording.layout import (
    EVENT,
    FROM_OBC,
    MAGIC,
    MESSAGE,
    RECORD_PREFIX,
    STEP,
    TO_OBC,
    columns_of,
)

Messages = dict[int, list[tuple[int, bytes]]]  # channel -> (log time in ns, data)
_Record = TypeVar("_Record")


@dataclass
class Contents:
    """What a file holds; damage says, if not empty, where and how it breaks off."""

    columns: tuple[tuple[str, int], ...] = ()
    epoch_unix_ns: int = 0
    metadata: dict[str, dict[str, str]] = field(default_factory=dict)
    messages: Messages = field(
        default_factory=lambda: {STEP: [], TO_OBC: [], FROM_OBC: [], EVENT: []}
    )
    damage: str = ""


class _DamageError(Exception):
    """The file is not as it was written from here on."""


NOT_AS_WRITTEN = (_DamageError, ValueError, struct.error, McapError, zstandard.ZstdError)


def scan(path: Path) -> Contents:
    """Return what the file holds up to its end or its first damage.

    Raises RecordingError when it cannot be read or is no recording of this bench.
    """
    contents = Contents()
    contents.damage = walk(read_from(path), lambda opcode, body: take(opcode, body, contents))
    if not contents.columns:
        raise RecordingError(f"{path} is an MCAP file, but no recording of this bench: no /step")
    return contents


def read_from(path: Path) -> memoryview:
    """Return the bytes of an MCAP file; RecordingError when it is none or cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RecordingError(f"cannot read the recording {path}: {error.strerror}") from error
    if not data.startswith(MAGIC):
        raise RecordingError(f"{path} is no recording: it does not begin as an MCAP file does")
    return memoryview(data)


def walk(data: memoryview, take_record: Callable[[int, memoryview], None]) -> str:
    """Hand over each record's opcode and body up to the data's end or the first damage.

    take_record: raises one of NOT_AS_WRITTEN for a broken record.
    Returns where and how the file breaks off, or nothing.
    """
    at = len(MAGIC)
    while at + RECORD_PREFIX.size <= len(data):
        opcode, length = RECORD_PREFIX.unpack_from(data, at)
        body = data[at + RECORD_PREFIX.size : at + RECORD_PREFIX.size + length]
        if len(body) < length:
            return f"the file is cut in the middle of a record, at byte {at} of {len(data)}"
        try:
            if opcode == Opcode.DATA_END:  # what follows repeats the data for tools that seek
                _check(data[:at], parsed(mcap.DataEnd.read, body).data_section_crc)
                return ""
            take_record(opcode, body)
        except NOT_AS_WRITTEN as error:
            return f"the file is damaged at byte {at} of {len(data)}: {error}"
        at += RECORD_PREFIX.size + length
    return "the file has no end: the bench was killed"


def take(opcode: int, body: memoryview, contents: Contents) -> None:
    """Add what one record holds to the contents; raises one of NOT_AS_WRITTEN for a broken one."""
    if opcode == Opcode.CHUNK:
        _take_messages(unpacked(parsed(mcap.Chunk.read, body)), contents.messages)
    elif opcode == Opcode.METADATA:
        record = parsed(mcap.Metadata.read, body)
        contents.metadata.setdefault(record.name, {}).update(record.metadata)
    elif opcode == Opcode.SCHEMA:
        schema = parsed(mcap.Schema.read, body)
        if schema.name == "hil/Step":
            contents.columns = columns_of(schema.data)
    elif opcode == Opcode.CHANNEL:
        channel = parsed(mcap.Channel.read, body)
        contents.epoch_unix_ns = int(channel.metadata.get("epoch_unix_ns", 0))


def parsed(read: Callable[[ReadDataStream], _Record], body: memoryview) -> _Record:
    """Return a record's body as the library reads it."""
    return read(ReadDataStream(BytesIO(body)))


def unpacked(chunk: mcap.Chunk) -> bytes:
    """Return a chunk's messages as one block; one of NOT_AS_WRITTEN when it is broken."""
    data = zstandard.decompress(chunk.data, chunk.uncompressed_size)
    _check(data, chunk.uncompressed_crc)
    return data


def _check(data: bytes | memoryview, crc: int) -> None:
    if zlib.crc32(data) != crc:
        raise _DamageError("a checksum does not fit")


def _take_messages(data: bytes, messages: Messages) -> None:
    at, end = 0, len(data)
    while at < end:
        _, length, channel, _, log_time_ns, _ = MESSAGE.unpack_from(data, at)
        after = at + RECORD_PREFIX.size + length
        messages[channel].append((log_time_ns, data[at + MESSAGE.size : after]))
        at = after

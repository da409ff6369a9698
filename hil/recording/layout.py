"""What writer and reader agree on: channels, schemas and the fixed part of a message."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Protocol

from mcap.data_stream import RecordBuilder
from mcap.records import Channel, Header, Schema

from hil.errors import RecordingError


class Record(Protocol):
    """Anything that MCAP calls a record."""

    def write(self, stream: RecordBuilder) -> None:
        """Put it into a stream."""


def packed(*records: Record) -> bytes:
    """Return the records' bytes, one after the other."""
    builder = RecordBuilder()
    for record in records:
        record.write(builder)
    data: bytes = builder.end()  # type: ignore[no-untyped-call]
    return data


MAGIC = b"\x89MCAP0\r\n"
BEGIN = MAGIC + packed(Header("ros1", "hil"))  # of every recording of this bench
STEP, TO_OBC, FROM_OBC, EVENT, LINES = 1, 2, 3, 4, 5
SIGHTS = 6  # what the OBC found in pictures
PICTURES = range(16, 32)  # of cameras 0 to 15

# Opcode, record length, channel, sequence, log time, publish time (MCAP specification, "Message").
MESSAGE = struct.Struct("<BQHIQQ")
RECORD_PREFIX = struct.Struct("<BQ")
BYTES_PREFIX = struct.Struct("<I")  # ROS 1 writes the length before a uint8[]
LINE_PREFIX = struct.Struct("<BBI")  # number of a device's line, whether from the OBC, length

_EVENT_SCHEMA = json.dumps(
    {
        "title": "foxglove.Log",
        "description": "An event of a run: who tells it (name), what (event, code, value, message)",
        "type": "object",
        "properties": {
            "timestamp": {
                "type": "object",
                "title": "time",
                "properties": {"sec": {"type": "integer"}, "nsec": {"type": "integer"}},
            },
            "level": {"type": "integer"},
            "name": {"type": "string"},
            "message": {"type": "string"},
            "event": {"type": "string"},
            "code": {"type": "integer"},
            "value": {"type": ["number", "null"]},
            "times": {"type": "integer"},
            "last_ns": {"type": "integer"},
        },
    }
).encode()
_PICTURE_DEFINITION = b"""\
std_msgs/Header header
string format
uint8[] data
================================================================================
MSG: std_msgs/Header
uint32 seq
time stamp
string frame_id
"""
_SIGHTS_SCHEMA = json.dumps(
    {
        "title": "foxglove.ImageAnnotations",
        "description": "What the OBC found in a picture: boxes and words, and the message's values",
        "type": "object",
        "properties": {
            "points": {"type": "array", "items": {"type": "object"}},
            "texts": {"type": "array", "items": {"type": "object"}},
            "circles": {"type": "array", "items": {"type": "object"}},
            "camera": {"type": "integer"},
            "frame": {"type": "integer"},
            "pieces_lost": {"type": "integer"},
            "sights": {"type": "array", "items": {"type": "object"}},
        },
    }
).encode()
_NUMBERS_MAX = 100_000  # in a step's row
_COLUMN = re.compile(r"float64(?:\[(\d+)\])? (\w+)")
_NAME = re.compile(r"[A-Za-z]\w*")

Columns = tuple[tuple[str, int], ...]
Places = Mapping[str, int | slice]  # column -> where in a row


def checked_columns(columns: Iterable[tuple[str, int]]) -> Columns:
    """Return the columns of any size; RecordingError when a name is twice or no identifier."""
    kept = tuple((name, size) for name, size in columns if size)
    names = [name for name, _ in kept]
    for name in names:
        if not _NAME.fullmatch(name):
            raise RecordingError(f"column {name!r} cannot be recorded: use letters, digits and _")
        if names.count(name) > 1:
            raise RecordingError(
                f"column {name!r} is listed {names.count(name)} times; names must differ"
            )
    return kept


def step_definition(columns: Columns) -> bytes:
    """Return the ROS 1 message definition of a step row."""
    lines = [f"float64{'' if size == 1 else f'[{size}]'} {name}\n" for name, size in columns]
    return "".join(lines).encode()


def columns_of(definition: bytes) -> Columns:
    """Return the columns of a step row's ROS 1 message definition; ValueError for none of a run."""
    found = tuple((name, int(size or 1)) for size, name in _COLUMN.findall(definition.decode()))
    if sum(size for _, size in found) > _NUMBERS_MAX:
        raise ValueError(f"a step of more than {_NUMBERS_MAX} numbers")
    if any(size == 0 for _, size in found) or len({name for name, _ in found}) < len(found):
        raise ValueError("a column of no size, or two of one name")
    return found


def schemas(columns: Columns, *, lines: bool = False, cameras: int = 0) -> list[Schema]:
    """Return the schemas of a recording.

    lines: of one with devices on lines of their own. cameras: how many it has.
    """
    line = Schema(4, b"uint8 line\nuint8 from_obc\nuint8[] data\n", "ros1msg", "hil/LineBytes")
    pictures = [
        Schema(5, _PICTURE_DEFINITION, "ros1msg", "sensor_msgs/CompressedImage"),
        Schema(6, _SIGHTS_SCHEMA, "jsonschema", "foxglove.ImageAnnotations"),
    ]
    return [
        Schema(1, step_definition(columns), "ros1msg", "hil/Step"),
        Schema(2, b"uint8[] data\n", "ros1msg", "hil/Bytes"),
        Schema(3, _EVENT_SCHEMA, "jsonschema", "foxglove.Log"),  # Foxglove lists these in a panel
        *([line] if lines else []),
        *(pictures if cameras else []),
    ]


def channels(epoch_unix_ns: int, *, lines: bool = False, cameras: int = 0) -> list[Channel]:
    """Return the channels of a recording; each carries the epoch of its log times."""
    epoch = {"epoch_unix_ns": str(epoch_unix_ns)}
    pictures = [Channel(PICTURES[i], f"/camera{i}", "ros1", epoch, 5) for i in range(cameras)]
    sights = [Channel(SIGHTS, "/sights", "json", epoch, 6)] if cameras else []
    return [
        Channel(STEP, "/step", "ros1", epoch, 1),
        Channel(TO_OBC, "/to_obc", "ros1", epoch, 2),
        Channel(FROM_OBC, "/from_obc", "ros1", epoch, 2),
        Channel(EVENT, "/event", "json", epoch, 3),
        *([Channel(LINES, "/lines", "ros1", epoch, 4)] if lines else []),
        *sights,
        *pictures,
    ]


def places_of(columns: Columns) -> dict[str, int | slice]:
    """Return where each column stands in a row."""
    ends = accumulate(size for _, size in columns)
    return {
        name: slice(end - size, end) if size > 1 else end - 1
        for (name, size), end in zip(columns, ends, strict=True)
    }

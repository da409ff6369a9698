"""What a recording's file holds, taken record by record."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from pathlib import Path

import mcap.records as mcap
import numpy as np
from mcap.opcode import Opcode

from hil.recording.event import Event, decoded
from hil.recording.fold import Fold
from hil.recording.layout import (
    EVENT,
    FROM_OBC,
    LINES,
    PICTURES,
    RECORD_PREFIX,
    SIGHTS,
    STEP,
    TO_OBC,
    Columns,
    columns_of,
    places_of,
)
from hil.recording.messages import (
    MAX_CHUNK_OCTETS,
    DamageError,
    Spans,
    parsed,
    rows_of,
    spans,
    timed,
    unpacked,
)
from hil.recording.source import not_ours, opened, walk

KEPT_OCTETS = 64 * 2**20  # of step rows: a table of so much is kept from the first reading on
_EPOCH_END_NS = 2**63
_EVENTS_KEPT = 200_000  # a damaged or foreign file; this bench's own hold a few a second
_RATIO = 500  # a run's messages are indexed by 16 octets each: a file cannot unpack to more
_FREE_OCTETS = 16 * 2**20


@dataclass
class Line:
    """How often and how much was written to the line, or read from it."""

    messages: int = 0
    octets: int = 0


@dataclass
class Contents:
    """What a file holds; damage says, if not empty, where and how it breaks off.

    size: of the file in octets, which bounds what it can unpack to.
    table: the step rows, None once they are more than kept_octets; the chunks can be read again.
    lines: whether devices' own lines are recorded.
    chunk_at, chunk_steps: where each chunk begins and how many steps it holds.
    picture_ns, picture_at: when each picture of the first camera was sent, and in which chunk it
    is; sights_ns, sights_at: the same of what was found in pictures.
    """

    size: int = 0
    kept_octets: int = 0
    columns: Columns = ()
    width: int = 0
    epoch_unix_ns: int = 0
    metadata: dict[str, dict[str, str]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    cameras: int = 0
    uncounted: Fold = field(default_factory=lambda: Fold(2**62, 0))
    to_obc: Line = field(default_factory=Line)
    from_obc: Line = field(default_factory=Line)
    lines: bool = False
    table: bytearray | None = field(default_factory=bytearray)
    steps: int = 0
    chunk_at: array[int] = field(default_factory=lambda: array("Q"))
    chunk_steps: array[int] = field(default_factory=lambda: array("Q"))
    picture_ns: array[int] = field(default_factory=lambda: array("q"))
    picture_at: array[int] = field(default_factory=lambda: array("Q"))
    sights_ns: array[int] = field(default_factory=lambda: array("q"))
    sights_at: array[int] = field(default_factory=lambda: array("Q"))
    damage: str = ""
    _unpacked: int = 0
    _last_s: float = -math.inf
    _time_at: int | None = None

    def take(self, at: int, opcode: int, body: bytes) -> None:
        """Add what one record holds; raises one of NOT_AS_WRITTEN for a broken one."""
        if opcode == Opcode.CHUNK:
            self._take_chunk(at, body)
        elif opcode == Opcode.METADATA:
            record = parsed(mcap.Metadata.read, body)
            self.metadata.setdefault(record.name, {}).update(record.metadata)
        elif opcode == Opcode.SCHEMA:
            self._take_schema(parsed(mcap.Schema.read, body))
        elif opcode == Opcode.CHANNEL:
            channel = parsed(mcap.Channel.read, body)
            self.epoch_unix_ns = _epoch(channel.metadata.get("epoch_unix_ns", "0"))
            self.lines |= channel.id == LINES
            self.cameras += channel.id in PICTURES

    def _take_schema(self, schema: mcap.Schema) -> None:
        if schema.name != "hil/Step":
            return
        columns = columns_of(schema.data)
        if self.columns and columns != self.columns:
            raise DamageError("it names other columns than the one before it")
        self.columns, self.width = columns, sum(size for _, size in columns)
        place = places_of(columns).get("time_s")
        self._time_at = place if isinstance(place, int) else None

    def _take_chunk(self, at: int, body: bytes) -> None:
        chunk = parsed(mcap.Chunk.read, body)
        self._unpacked += chunk.uncompressed_size
        most = _FREE_OCTETS + _RATIO * self.size
        if chunk.uncompressed_size <= MAX_CHUNK_OCTETS and self._unpacked > most:
            raise DamageError(f"the file claims to unpack to {self._unpacked} bytes or more")
        data = unpacked(chunk)
        found, others = spans(data)
        for start, end in others:  # other tools put schemas and channels into chunks
            self.take(at, data[start], data[start + RECORD_PREFIX.size : end])
        if found[STEP] and not self.columns:
            raise DamageError("it holds steps, and no record before it names their columns")
        rows = rows_of(data, found[STEP], 8 * self.width)
        events = [decoded(each, ns - self.epoch_unix_ns) for ns, each in timed(data, found[EVENT])]
        self._check_time(rows)
        self._take_rows(at, rows, len(found[STEP]))
        self._take_events(events)
        self._note_pictures(at, data, found)
        for line, channel in ((self.to_obc, TO_OBC), (self.from_obc, FROM_OBC)):
            line.messages += len(found[channel])
            line.octets += sum(end - start - 35 for start, end in found[channel])

    def _note_pictures(self, at: int, data: bytes, found: Spans) -> None:
        for channel, times, places in (
            (PICTURES[0], self.picture_ns, self.picture_at),
            (SIGHTS, self.sights_ns, self.sights_at),
        ):
            for ns, _ in timed(data, found.get(channel, ())):
                times.append(ns - self.epoch_unix_ns)
                places.append(at)

    def _check_time(self, rows: bytes) -> None:
        """Refuse steps whose time is no number or does not run forward: all judging rests on it."""
        if not rows or self._time_at is None:
            return
        time_s = np.frombuffer(rows, dtype="<f8")[self._time_at :: self.width]
        forward = np.isfinite(time_s).all() and (np.diff(time_s) > 0.0).all()
        if not forward or time_s[0] <= self._last_s:
            raise DamageError("time_s does not run forward")
        self._last_s = float(time_s[-1])

    def _take_rows(self, at: int, rows: bytes, steps: int) -> None:
        self.steps += steps
        self.chunk_at.append(at)
        self.chunk_steps.append(steps)
        if self.table is not None:
            self.table += rows
            if len(self.table) > self.kept_octets:
                self.table = None

    def _take_events(self, events: list[Event]) -> None:
        room = max(0, _EVENTS_KEPT - len(self.events))
        self.events += events[:room]
        for event in events[room:]:
            self.uncounted.add(event)


def scan(path: Path) -> Contents:
    """Return what the file holds up to its end or its first damage.

    Raises RecordingError when it cannot be read or is no recording of this bench.
    """
    with opened(path) as (file, size):
        contents = Contents(size, KEPT_OCTETS)
        contents.damage = walk(file, size, contents.take)
    if not contents.columns:
        raise not_ours(path, contents.metadata)
    contents.events += contents.uncounted.end()
    contents.events.sort(key=lambda event: event.time_ns)  # counted ones are written afterwards
    return contents


def _epoch(text: str) -> int:
    epoch_ns = int(text)
    if not 0 <= epoch_ns < _EPOCH_END_NS:
        raise DamageError("the epoch is out of range")
    return epoch_ns

"""Reading a run while it is written: each poll parses only what is new."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
from mcap.opcode import Opcode

from hil.errors import RecordingError
from hil.recording.blocks import Block, FloatArray, split
from hil.recording.event import Event
from hil.recording.layout import MAGIC, RECORD_PREFIX
from hil.recording.messages import NOT_AS_WRITTEN
from hil.recording.scan import Contents
from hil.recording.seen import Seen, latest
from hil.recording.source import (
    MAX_RECORD_OCTETS,
    check_prefix,
    damage_words,
    not_mcap,
    not_ours,
    opened,
)

State = Literal["waiting", "growing", "ended", "damaged"]

_AT_ONCE = 4 * 1024 * 1024  # bytes a poll reads at most, so that a window stays responsive


class Follower:
    """A recording that may still be growing.

    columns, metadata, epoch_unix_ns, events: as of a Recording, as far as the file has been read.
    state: "waiting" for a file that holds a run, "growing", "ended" with its last byte, or
    "damaged", and then ``reason`` says where. A writer that died leaves it growing: nobody can
    tell that from one that is slow.
    generation: counts how often the file was begun anew by another run; all else starts afresh.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.generation = 0
        self._begin()

    def _begin(self) -> None:
        self.state: State = "waiting"
        self.reason = ""
        self._contents = Contents(kept_octets=sys.maxsize)
        self._file_id: tuple[int, int] | None = None
        self._at = 0

    @property
    def events(self) -> list[Event]:
        """What happened so far, in the order of time."""
        return self._contents.events

    @property
    def columns(self) -> tuple[tuple[str, int], ...]:
        """Names and sizes of a row's parts; empty before the file holds them."""
        return self._contents.columns

    @property
    def metadata(self) -> dict[str, dict[str, str]]:
        """Record name -> its values."""
        return self._contents.metadata

    @property
    def epoch_unix_ns(self) -> int:
        """Instant of time 0, nanoseconds since 1970."""
        return self._contents.epoch_unix_ns

    @property
    def cameras(self) -> int:
        """How many there are whose pictures it holds."""
        return self._contents.cameras

    def seen(self, time_s: float, last: Seen | None = None) -> Seen | None:
        """Return the picture of the first camera that the OBC told of last; see ``latest``."""
        return latest(self._contents, self.path, time_s, last)

    def poll(self) -> FloatArray:
        """Return the rows (n, width) that came since the last poll; n is 0 when there are none.

        A large file comes in several polls. What is not whole yet waits for the next one.
        Raises RecordingError when the file cannot be read or is no recording of this bench.
        """
        try:
            with opened(self.path, any_begin=True) as (file, size):
                data = self._fresh(file, size)
        except RecordingError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return self._rows()
            raise
        self._walk(memoryview(data))
        return self._rows()

    def block(self, columns: Iterable[str] | None = None) -> Block:
        """Poll, and return the new rows of named columns, all if none are named, by name.

        Empty when the file holds no columns yet. Raises RecordingError for an unknown column.
        """
        new = split(self.poll(), self.columns)
        if not new or columns is None:
            return new
        unknown = [name for name in columns if name not in new]
        if unknown:
            raise RecordingError(f"{self.path} has no column {unknown[0]!r}")
        return {name: new[name] for name in columns}

    def _fresh(self, file: BinaryIO, size: int) -> bytes:
        status = os.fstat(file.fileno())
        file_id = (status.st_dev, status.st_ino)
        if self._file_id not in (None, file_id) or status.st_size < self._at:
            self._begin()
            self.generation += 1
        self._file_id = file_id
        self._contents.size = size
        if status.st_size == self._at or self.state in ("ended", "damaged"):
            return b""
        file.seek(self._at)
        data = file.read(_AT_ONCE)
        if self._at and len(data) >= RECORD_PREFIX.size:  # a record may be larger than that
            _, length = RECORD_PREFIX.unpack_from(data)
            more = RECORD_PREFIX.size + length - len(data)
            if 0 < more <= MAX_RECORD_OCTETS:
                data += file.read(more)
        return data

    def _walk(self, data: memoryview) -> None:
        at = self._skip_magic(data)
        while at + RECORD_PREFIX.size <= len(data) and self.state in ("waiting", "growing"):
            opcode, length = RECORD_PREFIX.unpack_from(data, at)
            end = at + RECORD_PREFIX.size + length
            try:
                check_prefix(opcode, length)
                if end > len(data):
                    break
                self._take(opcode, bytes(data[at + RECORD_PREFIX.size : end]), self._at + at)
            except NOT_AS_WRITTEN as error:
                self.state, self.reason = "damaged", damage_words(self._at + at, opcode, error)
            at = end
        self._at += at

    def _skip_magic(self, data: memoryview) -> int:
        if self._at > 0 or not data:
            return 0
        if data[: len(MAGIC)] != MAGIC[: len(data)]:
            raise not_mcap(self.path, len(data))
        return len(MAGIC) if len(data) >= len(MAGIC) else 0

    def _take(self, opcode: int, body: bytes, at: int) -> None:
        if opcode in (Opcode.CHUNK, Opcode.DATA_END) and not self.columns:
            raise not_ours(self.path, self.metadata)
        if opcode == Opcode.DATA_END:
            self.state = "ended"
            return
        self._contents.take(at, opcode, body)
        self.state = "growing" if self.columns else "waiting"

    def _rows(self) -> FloatArray:
        """Take the rows out of the contents, so that a long run does not fill the memory."""
        table, self._contents.table = self._contents.table, bytearray()
        width = self._contents.width
        if not table:
            return np.empty((0, width))
        return np.frombuffer(table, dtype="<f8").reshape(-1, width)

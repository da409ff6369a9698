"""Writing a run as it happens."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hil.errors import RecordingError
from hil.recording.chunk import Chunk
from hil.recording.container import Container
from hil.recording.event import Event, encoded
from hil.recording.fold import Fold
from hil.recording.layout import (
    BYTES_PREFIX,
    EVENT,
    FROM_OBC,
    LINE_PREFIX,
    LINES,
    MESSAGE,
    PICTURES,
    SIGHTS,
    STEP,
    TO_OBC,
    Columns,
    channels,
    checked_columns,
    schemas,
)
from hil.recording.picture import Sights, encoded_picture, encoded_sights
from hil.recording.thin import Thin

CHUNK_BYTES = 64 * 1024
_OCTETS_AT_ONCE = 8 * 2**20


class Recorder:
    """Write one run to an MCAP file; leave it by ``with``, which closes the file whatever happens.

    columns: (name, size) of a step row's parts in order; parts of size 0 are left out.
    metadata: record name -> its values, written first.
    epoch_unix_ns: instant of time 0, nanoseconds since 1970.
    kept: names of the columns that are recorded, all if not given; a row holds the others too.
    every: record one row of so many. octets: False leaves out what went over the line.
    lines: whether there are devices on lines of their own.
    cameras: how many there are whose pictures are recorded.
    chunk_bytes: a chunk goes to disk when it holds so much; a killed bench loses less than that.

    Raises RecordingError when the file cannot be written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        columns: Iterable[tuple[str, int]],
        *,
        metadata: Mapping[str, Mapping[str, object]] | None = None,
        epoch_unix_ns: int = 0,
        kept: Iterable[str] | None = None,
        every: int = 1,
        octets: bool = True,
        lines: bool = False,
        cameras: int = 0,
        chunk_bytes: int = CHUNK_BYTES,
    ) -> None:
        self.path = Path(path)
        self._take_columns(checked_columns(columns), kept, every)
        self._octets = octets
        self._epoch_ns, self._chunk_bytes = epoch_unix_ns, chunk_bytes
        self._sequence = 0
        self._fold = Fold()
        self._chunk = Chunk()
        self._lines, self._cameras = lines, cameras
        self._file = Container(self.path)
        for name, values in (metadata or {}).items():
            self.metadata(name, values)

    def _take_columns(self, given: Columns, kept: Iterable[str] | None, every: int) -> None:
        self._row_bytes = 8 * sum(size for _, size in given)
        self._thin = None if kept is None and every == 1 else Thin(given, kept, every)
        self.columns = given if self._thin is None else self._thin.columns

    def lay_out(
        self, columns: Iterable[tuple[str, int]], kept: Iterable[str] | None, every: int
    ) -> bool:
        """Take other columns; return whether it was early enough: before they are declared."""
        if self._is_declared():
            return False
        self._take_columns(checked_columns(columns), kept, every)
        return True

    def declare(self) -> None:
        """Write what the columns are, unless the first chunk has done so: now they stay."""
        if not self._is_declared():
            lines, cameras = self._lines, self._cameras
            self._file.declare(
                schemas(self.columns, lines=lines, cameras=cameras),
                channels(self._epoch_ns, lines=lines, cameras=cameras),
            )

    def _is_declared(self) -> bool:
        return self._file.declared

    def step(self, time_ns: int, row: NDArray[np.float64] | bytes) -> None:
        """Record one control period's row of little-endian float64, which is copied."""
        data = row if isinstance(row, bytes) else row.tobytes()
        if len(data) != self._row_bytes:
            raise RecordingError(
                f"a step row holds {len(data) // 8} numbers, its columns {self._row_bytes // 8}"
            )
        if time_ns >= self._fold.due_ns:
            self._add_events(self._fold.end())
        if self._thin is not None:
            data = self._thin.row(data)
            if not data:
                return
        self._add(STEP, time_ns, data)

    def steps(self, times_ns: Sequence[int], rows: NDArray[np.float64]) -> None:
        """Record the rows (n, numbers) of many control periods at once, as ``step`` does of one."""
        if rows.shape[1] != self._row_bytes // 8:
            raise RecordingError(
                f"step rows hold {rows.shape[1]} numbers, their columns {self._row_bytes // 8}"
            )
        if times_ns[-1] >= self._fold.due_ns:
            self._add_events(self._fold.end())
        if self._thin is not None:
            kept, rows = self._thin.rows(rows)
            times_ns = [times_ns[place] for place in kept]
        self._add_rows(times_ns, rows)

    def _add_rows(self, times_ns: Sequence[int], rows: NDArray[np.float64]) -> None:
        at, size = 0, MESSAGE.size + 8 * rows.shape[1]
        while at < len(times_ns):
            room = max(1, -(-(self._chunk_bytes - self._chunk.size) // size))
            part = [self._epoch_ns + each for each in times_ns[at : at + room]]
            self._chunk.add_rows(STEP, self._sequence, part, rows[at : at + room])
            self._sequence += len(part)
            at += len(part)
            if self._chunk.size >= self._chunk_bytes:
                self.flush()

    @property
    def keeps_octets(self) -> bool:
        """Whether what goes over the line is recorded."""
        return self._octets

    def to_obc(self, time_ns: int, data: bytes) -> None:
        """Record bytes as they were written to the line."""
        if len(data) > _OCTETS_AT_ONCE:
            self._add_pieces(self.to_obc, time_ns, data)
        elif self._octets:
            self._add(TO_OBC, time_ns, BYTES_PREFIX.pack(len(data)) + data)

    def from_obc(self, time_ns: int, data: bytes) -> None:
        """Record bytes as they were read from the line."""
        if len(data) > _OCTETS_AT_ONCE:
            self._add_pieces(self.from_obc, time_ns, data)
        elif self._octets:
            self._add(FROM_OBC, time_ns, BYTES_PREFIX.pack(len(data)) + data)

    def line(self, time_ns: int, number: int, data: bytes, *, from_obc: bool) -> None:
        """Record octets of a device's own line, by the line's number in the rig."""
        if self._octets:
            self._add(LINES, time_ns, LINE_PREFIX.pack(number, from_obc, len(data)) + data)

    def event(
        self,
        time_ns: int,
        source: str,
        name: str,
        text: str = "",
        *,
        code: int = 0,
        value: float = math.nan,
        severity: str = "info",
    ) -> None:
        """Record what happened: who says it, what kind it is, in words; the rest as of an Event.

        Of a kind that comes many times in one second of the run, most are counted only.
        """
        event = Event(time_ns, source, name, text, code, value, severity)
        self._add_events(self._fold.add(event))

    def picture(self, time_ns: int, camera: int, counts: NDArray[np.uint16], bits: int) -> None:
        """Record a camera's picture, counts (rows, columns) of so many bits."""
        message = encoded_picture(counts, bits, self._epoch_ns + time_ns, camera)
        self._add(PICTURES[camera], time_ns, message)

    def sights(self, time_ns: int, seen: Sights) -> None:
        """Record what the OBC found in a picture."""
        self._add(SIGHTS, time_ns, encoded_sights(seen, self._epoch_ns + time_ns))

    def metadata(self, name: str, values: Mapping[str, object]) -> None:
        """Write a metadata record at once; a value that is not a text is written as JSON."""
        self._file.add_metadata(name, as_texts(values))

    def flush(self) -> None:
        """Put everything recorded so far on disk, but events that are still being counted."""
        self.declare()
        if self._chunk.size:
            self._file.add_chunk(self._chunk)
            self._chunk = Chunk()

    def close(self) -> None:
        """Put the rest and the summary on disk: from here on the recording counts as complete."""
        self._add_events(self._fold.end())
        self.flush()
        self._file.finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        try:
            if error is not None:
                self.metadata("aborted", {"reason": _reason(error)})
            self.close()
        except RecordingError:  # a full disk must not hide what stopped the run
            if error is None:
                raise
        finally:
            self._file.close()

    def _add_pieces(self, add: Callable[[int, bytes], None], time_ns: int, data: bytes) -> None:
        """Record octets in pieces: a reader refuses chunks beyond all measure."""
        for at in range(0, len(data), _OCTETS_AT_ONCE):
            add(time_ns, data[at : at + _OCTETS_AT_ONCE])

    def _add_events(self, events: Iterable[Event]) -> None:
        for event in events:
            self._add(EVENT, event.time_ns, encoded(event, self._epoch_ns))

    def _add(self, channel: int, time_ns: int, data: bytes) -> None:
        self._chunk.add(channel, self._sequence, self._epoch_ns + time_ns, data)
        self._sequence += 1
        if self._chunk.size >= self._chunk_bytes:
            self.flush()


def _reason(error: BaseException) -> str:
    """Return what stopped a run, in words."""
    if isinstance(error, KeyboardInterrupt):  # with the name of a signal, unless it was Ctrl-C
        return f"interrupted by {error}" if error.args else "interrupted"
    return f"{type(error).__name__}: {error}".rstrip(": ")


def as_texts(values: Mapping[str, object]) -> dict[str, str]:
    """Return metadata as a recording has it: a value that is not a text is written as JSON."""
    return {k: v if isinstance(v, str) else json.dumps(v) for k, v in values.items()}

"""Reading a run, whole or cut short."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from hil.errors import RecordingError
from hil.recording.blocks import Block, FloatArray, blocks_of, messages, octets, split, tables
from hil.recording.layout import (
    BYTES_PREFIX,
    FROM_OBC,
    LINE_PREFIX,
    LINES,
    PICTURES,
    SIGHTS,
    TO_OBC,
    places_of,
)
from hil.recording.picture import Picture, Sights, decoded_picture, decoded_sights
from hil.recording.scan import KEPT_OCTETS, Contents, scan

if TYPE_CHECKING:
    import pandas

BLOCK_ROWS = 16_384


class Recording:
    """One run as numpy arrays: ``recording["truth_rate_body_rad_s"]`` is (n, 3), a scalar is (n,).

    A short run is kept in memory whole. Of a long one (KEPT_OCTETS of rows) a column is read when
    it is asked for, and the last ones asked for are kept; blocks() reads it in pieces. Arrays can
    be written to, and the same one may be handed out again.

    complete: the run reached its end and the file its last byte; otherwise ``incomplete_reason``
    says what is missing, and everything up to there can be read.
    cameras: how many there are whose pictures it holds. events: what happened, in the order of
    time. to_obc_total, from_obc_total: messages and octets.

    Raises RecordingError when the file is missing or no recording of this bench.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._take(Path(path), scan(Path(path)))

    @classmethod
    def of(cls, path: Path, contents: Contents) -> Self:
        """Return a run whose contents are known and held; path: what it is called."""
        made = cls.__new__(cls)
        made._take(path, contents)
        return made

    def _take(self, path: Path, contents: Contents) -> None:
        self.path = path
        self.columns = contents.columns
        self.metadata: dict[str, dict[str, str]] = contents.metadata
        self.epoch_unix_ns = contents.epoch_unix_ns
        self.events = contents.events
        self.to_obc_total, self.from_obc_total = contents.to_obc, contents.from_obc
        self.incomplete_reason = _incomplete_reason(contents)
        self.cameras = contents.cameras
        self._steps, self._width = contents.steps, contents.width
        self._chunk_at, self._chunk_steps = contents.chunk_at, contents.chunk_steps
        self._places = places_of(self.columns)
        self._kept: OrderedDict[str, FloatArray] = OrderedDict()
        self._table: FloatArray | None = None
        if contents.table is not None:
            self._table = np.frombuffer(contents.table, dtype="<f8").reshape(-1, self._width)

    @property
    def complete(self) -> bool:
        """Whether the run reached its end and the file its last byte."""
        return not self.incomplete_reason

    def __len__(self) -> int:
        return self._steps

    def __contains__(self, column: str) -> bool:
        return column in self._places

    def __getitem__(self, column: str) -> FloatArray:
        if self._table is not None:
            return self._table[:, self._place(column)]
        if column not in self._kept:
            self._kept |= self.read([column])
        self._kept.move_to_end(column)
        while len(self._kept) > 1 and sum(a.nbytes for a in self._kept.values()) > 4 * KEPT_OCTETS:
            self._kept.popitem(last=False)
        return self._kept[column]

    def blocks(
        self, columns: Iterable[str] | None = None, *, rows: int = BLOCK_ROWS
    ) -> Iterator[Block]:
        """Yield columns, all if none are named, `rows` steps at a time and the rest at last.

        Each block is a dict of new arrays: (n,) for a scalar, (n, size) for a vector. The memory
        needed is that of one block. Raises RecordingError for an unknown column, and when the file
        is changed meanwhile.
        """
        names = [name for name, _ in self.columns] if columns is None else list(columns)
        places = {name: self._place(name) for name in names}
        if not places or not self._steps:
            return iter(())
        return blocks_of(self._tables(), places, rows, self._steps)

    def read(self, columns: Sequence[str]) -> Block:
        """Return whole columns by name, in one pass through the file."""
        blocks = self.blocks(columns, rows=max(1, self._steps))
        return next(blocks, None) or self._none(columns)

    def arrays(self) -> Block:
        """Return every column by name: (n,) for a scalar, (n, size) for a vector."""
        if self._table is not None:
            return split(self._table, self.columns)
        return self.read([name for name, _ in self.columns])

    def pandas(self) -> pandas.DataFrame:
        """Return the steps as a frame, a vector's parts as ``name[0]``...

        Raises RecordingError when pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            message = "pandas is not installed: pip install pandas, or use .arrays()"
            raise RecordingError(message) from None
        arrays = self.arrays()
        table = np.concatenate([arrays[n].reshape(len(self), size) for n, size in self.columns], 1)
        return pandas.DataFrame(table, columns=part_names(self.columns))

    @cached_property
    def to_obc(self) -> list[tuple[int, bytes]]:
        """(nanoseconds since the run's start, bytes) of each write to the line."""
        return list(self._octets(TO_OBC))

    @cached_property
    def from_obc(self) -> list[tuple[int, bytes]]:
        """(nanoseconds since the run's start, bytes) of each read from the line."""
        return list(self._octets(FROM_OBC))

    def line(self) -> Iterator[tuple[int, bool, bytes]]:
        """Yield what went over the line in the order in which it did.

        (nanoseconds since the run's start, whether to the OBC, octets) of each write and read.
        """
        epoch, skip = self.epoch_unix_ns, BYTES_PREFIX.size
        for time, channel, data in octets(self.path, self._chunk_at):
            yield time - epoch, channel == TO_OBC, data[skip:]

    def device_lines(self) -> Iterator[tuple[int, int, bool, bytes]]:
        """Yield what went over devices' own lines, in the order in which it did.

        (nanoseconds since the run's start, the line's number in the rig, whether from the OBC,
        octets).
        """
        for time, data in messages(self.path, self._chunk_at, LINES):
            number, from_obc, _ = LINE_PREFIX.unpack_from(data)
            yield time - self.epoch_unix_ns, number, bool(from_obc), data[LINE_PREFIX.size :]

    def pictures(self, camera: int = 0) -> Iterator[tuple[float, Picture]]:
        """Yield the time in seconds and the counts (rows, columns) of a camera's pictures."""
        for time, data in messages(self.path, self._chunk_at, PICTURES[camera]):
            yield 1e-9 * (time - self.epoch_unix_ns), decoded_picture(data)

    def sights(self) -> Iterator[tuple[float, Sights]]:
        """Yield when the OBC told what it had found in a picture, and what."""
        for time, data in messages(self.path, self._chunk_at, SIGHTS):
            yield 1e-9 * (time - self.epoch_unix_ns), decoded_sights(data)

    def _octets(self, channel: int) -> Iterator[tuple[int, bytes]]:
        epoch, skip = self.epoch_unix_ns, BYTES_PREFIX.size
        for time, data in messages(self.path, self._chunk_at, channel):
            yield time - epoch, data[skip:]

    def _tables(self) -> Iterator[FloatArray]:
        if self._table is not None:
            return iter([self._table])
        at = [at for at, n in zip(self._chunk_at, self._chunk_steps, strict=True) if n]
        return tables(self.path, at, self._width)

    def _none(self, columns: Sequence[str]) -> Block:
        table = np.empty((0, self._width))
        return {name: table[:, self._place(name)] for name in columns}

    def _place(self, column: str) -> int | slice:
        try:
            return self._places[column]
        except KeyError:
            known = ", ".join(self._places) or "none"
            message = f"{self.path} has no column {column!r}; its columns: {known}"
            raise RecordingError(message) from None


def part_names(columns: Iterable[tuple[str, int]]) -> list[str]:
    """Return a name for each number of a row: a vector's parts are ``name[0]``..."""
    return [name if size == 1 else f"{name}[{i}]" for name, size in columns for i in range(size)]


def _incomplete_reason(contents: Contents) -> str:
    if "aborted" in contents.metadata:
        return "the run was stopped: " + contents.metadata["aborted"].get("reason", "")
    return contents.damage

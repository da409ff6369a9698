"""Reading a run, whole or cut short."""

from __future__ import annotations

import json
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hil.errors import RecordingError
from hil.recording.layout import BYTES_PREFIX, EVENT, FROM_OBC, STEP, TO_OBC
from hil.recording.scan import Contents, scan

if TYPE_CHECKING:
    import pandas

FloatArray = NDArray[np.float64]


class Event(NamedTuple):
    """Something that happened: nanoseconds since the run's start, what kind, in words."""

    time_ns: int
    kind: str
    text: str


class Recording:
    """One run as numpy arrays: ``recording["truth_rate_body_rad_s"]`` is (n, 3), a scalar is (n,).

    complete: the run reached its end and the file its last byte; otherwise ``incomplete_reason``
    says what is missing, and everything up to there can be read.

    Raises RecordingError when the file is missing or no recording of this bench.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        contents = scan(self.path)
        self.columns = contents.columns
        self.metadata: dict[str, dict[str, str]] = contents.metadata
        self.epoch_unix_ns = contents.epoch_unix_ns
        self.incomplete_reason = _incomplete_reason(contents)
        self._messages = contents.messages
        self._table = _table(self.path, contents)
        self._arrays = split(self._table, self.columns)

    @property
    def complete(self) -> bool:
        """Whether the run reached its end and the file its last byte."""
        return not self.incomplete_reason

    def __len__(self) -> int:
        return len(self._table)

    def __contains__(self, column: str) -> bool:
        return column in self._arrays

    def __getitem__(self, column: str) -> FloatArray:
        try:
            return self._arrays[column]
        except KeyError:
            known = ", ".join(self._arrays) or "none"
            message = f"{self.path} has no column {column!r}; its columns: {known}"
            raise RecordingError(message) from None

    def arrays(self) -> dict[str, FloatArray]:
        """Return every column by name: (n,) for a scalar, (n, size) for a vector."""
        return dict(self._arrays)

    def pandas(self) -> pandas.DataFrame:
        """Return the steps as a frame, a vector's parts as ``name[0]``...

        Raises RecordingError when pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            message = "pandas is not installed: pip install pandas, or use .arrays()"
            raise RecordingError(message) from None
        names = [
            name if size == 1 else f"{name}[{i}]"
            for name, size in self.columns
            for i in range(size)
        ]
        return pandas.DataFrame(self._table, columns=names)

    @cached_property
    def to_obc(self) -> list[tuple[int, bytes]]:
        """(nanoseconds since the run's start, bytes) of each write to the line."""
        return self._bytes(TO_OBC)

    @cached_property
    def from_obc(self) -> list[tuple[int, bytes]]:
        """(nanoseconds since the run's start, bytes) of each read from the line."""
        return self._bytes(FROM_OBC)

    @cached_property
    def events(self) -> list[Event]:
        """What happened, in the order of time."""
        decoded = [(time, json.loads(data)) for time, data in self._messages[EVENT]]
        return [Event(t - self.epoch_unix_ns, e["kind"], e["text"]) for t, e in decoded]

    def _bytes(self, channel: int) -> list[tuple[int, bytes]]:
        epoch, skip = self.epoch_unix_ns, BYTES_PREFIX.size
        return [(time - epoch, data[skip:]) for time, data in self._messages[channel]]


def _table(path: Path, contents: Contents) -> FloatArray:
    width = sum(size for _, size in contents.columns)
    rows = [data for _, data in contents.messages[STEP]]
    if any(len(row) != 8 * width for row in rows):
        raise RecordingError(f"{path} is damaged: its rows do not fit its columns")
    return np.frombuffer(b"".join(rows), dtype="<f8").reshape(-1, width)


def split(table: FloatArray, columns: tuple[tuple[str, int], ...]) -> dict[str, FloatArray]:
    """Return the columns of rows (n, width) by name: (n,) for a scalar, (n, size) for a vector."""
    ends = np.cumsum([size for _, size in columns], dtype=int)
    return {
        name: table[:, end - size : end] if size > 1 else table[:, end - 1]
        for (name, size), end in zip(columns, ends, strict=True)
    }


def _incomplete_reason(contents: Contents) -> str:
    if "aborted" in contents.metadata:
        return "the run was stopped: " + contents.metadata["aborted"].get("reason", "")
    return contents.damage

"""Some steps of a run, by column name."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hil.recording import RecordingError

FloatArray = NDArray[np.float64]
Columns = tuple[tuple[str, int], ...]


class Rows:
    """Rows (n, width) of a recording: ``rows["time_s"]`` is (n,), a vector's column (n, size)."""

    def __init__(self, table: FloatArray, columns: Columns) -> None:
        self._table = table
        ends = np.cumsum([size for _, size in columns], dtype=int).tolist()
        self._parts = {name: (end, size) for (name, size), end in zip(columns, ends, strict=True)}

    def __len__(self) -> int:
        return len(self._table)

    def __contains__(self, column: str) -> bool:
        return column in self._parts

    @cached_property
    def columns(self) -> dict[str, FloatArray]:
        """Every column by name."""
        return {name: self[name] for name in self._parts}

    def __getitem__(self, column: str) -> FloatArray:
        if column not in self._parts:
            raise RecordingError(f"the recording has no column {column!r}")
        end, size = self._parts[column]
        return self._table[:, end - size : end] if size > 1 else self._table[:, end - 1]

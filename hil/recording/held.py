"""A run held in memory: for one that is short, is judged where it was made, and then forgotten."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hil.recording.event import Event, decoded, encoded
from hil.recording.fold import Fold
from hil.recording.layout import STEP, checked_columns
from hil.recording.reader import Recording
from hil.recording.scan import KEPT_OCTETS, Contents
from hil.recording.writer import Recorder, as_texts

HELD_OCTETS_MOST = KEPT_OCTETS // 2


class HeldRecorder(Recorder):
    """Takes a run's rows, events and metadata as a ``Recorder`` does, and writes no file.

    It holds neither octets nor pictures. path: what the run is called in messages.
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
        **_: Any,
    ) -> None:
        self.path = Path(path)
        self._take_columns(checked_columns(columns), kept, every)
        self._octets, self._fold = False, Fold()
        self._held = Contents(epoch_unix_ns=epoch_unix_ns)
        for name, values in (metadata or {}).items():
            self.metadata(name, values)

    def recording(self) -> Recording:
        """Return the run, which has ended, as if it had been read from a file."""
        self._held.events.sort(key=lambda event: event.time_ns)
        return Recording.of(self.path, self._held)

    def declare(self) -> None:
        """As of a Recorder."""
        self._held.columns = self.columns
        self._held.width = sum(size for _, size in self.columns)

    def _is_declared(self) -> bool:
        return bool(self._held.columns)

    def metadata(self, name: str, values: Mapping[str, object]) -> None:
        """As of a Recorder."""
        self._held.metadata.setdefault(name, {}).update(as_texts(values))

    def flush(self) -> None:
        """There is nothing to be written."""

    def close(self) -> None:
        """Take the events that are still being counted."""
        self.declare()
        self._add_events(self._fold.end())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def _add_rows(self, times_ns: Sequence[int], rows: NDArray[np.float64]) -> None:  # noqa: ARG002
        assert self._held.table is not None
        self._held.table += np.ascontiguousarray(rows, "<f8").data.cast("B")
        self._held.steps += len(rows)

    def _add_events(self, events: Iterable[Event]) -> None:
        self._held.events += [decoded(encoded(each, 0), each.time_ns) for each in events]

    def _add(self, channel: int, time_ns: int, data: bytes) -> None:
        """A row holds its time. Pictures and what was found in them are not held."""
        if channel == STEP:
            self._add_rows((time_ns,), np.frombuffer(data, "<f8")[None])

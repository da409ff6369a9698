"""Reading a run while it is written: each poll parses only what is new."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
from mcap.opcode import Opcode
from numpy.typing import NDArray

from hil.errors import RecordingError
from hil.recording.layout import EVENT, MAGIC, RECORD_PREFIX, STEP
from hil.recording.reader import Event
from hil.recording.scan import NOT_AS_WRITTEN, Contents, take

FloatArray = NDArray[np.float64]
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
        self.events: list[Event] = []
        self._contents = Contents()
        self._file_id: tuple[int, int] | None = None
        self._at = 0

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

    def poll(self) -> FloatArray:
        """Return the rows (n, width) that came since the last poll; n is 0 when there are none.

        A large file comes in several polls. What is not whole yet waits for the next one.
        Raises RecordingError when the file cannot be read or is no recording of this bench.
        """
        try:
            with self.path.open("rb") as file:
                data = self._fresh(file)
        except FileNotFoundError:
            return self._rows()
        except OSError as error:
            raise RecordingError(
                f"cannot read the recording {self.path}: {error.strerror}"
            ) from error
        self._walk(memoryview(data))
        return self._rows()

    def _fresh(self, file: BinaryIO) -> bytes:
        status = os.fstat(file.fileno())
        file_id = (status.st_dev, status.st_ino)
        if self._file_id not in (None, file_id) or status.st_size < self._at:
            self._begin()
            self.generation += 1
        self._file_id = file_id
        if status.st_size == self._at or self.state in ("ended", "damaged"):
            return b""
        file.seek(self._at)
        data = file.read(_AT_ONCE)
        if self._at and len(data) >= RECORD_PREFIX.size:  # a record may be larger than that
            _, length = RECORD_PREFIX.unpack_from(data)
            data += file.read(max(0, RECORD_PREFIX.size + length - len(data)))
        return data

    def _walk(self, data: memoryview) -> None:
        at = self._skip_magic(data)
        while at + RECORD_PREFIX.size <= len(data) and self.state in ("waiting", "growing"):
            opcode, length = RECORD_PREFIX.unpack_from(data, at)
            end = at + RECORD_PREFIX.size + length
            if end > len(data):
                break
            self._take(opcode, data[at + RECORD_PREFIX.size : end], self._at + at)
            at = end
        self._at += at

    def _skip_magic(self, data: memoryview) -> int:
        if self._at > 0 or not data:
            return 0
        if data[: len(MAGIC)] != MAGIC[: len(data)]:
            raise RecordingError(
                f"{self.path} is no recording: it does not begin as an MCAP file does"
            )
        return len(MAGIC) if len(data) >= len(MAGIC) else 0

    def _take(self, opcode: int, body: memoryview, at: int) -> None:
        if opcode in (Opcode.CHUNK, Opcode.DATA_END) and not self.columns:
            raise RecordingError(
                f"{self.path} is an MCAP file, but no recording of this bench: no /step"
            )
        if opcode == Opcode.DATA_END:
            self.state = "ended"
            return
        try:
            take(opcode, body, self._contents)
        except NOT_AS_WRITTEN as error:
            self.state, self.reason = "damaged", f"the file is damaged at byte {at}: {error}"
            return
        self.state = "growing" if self.columns else "waiting"

    def _rows(self) -> FloatArray:
        """Take the messages out of the contents, so that a long run does not fill the memory."""
        messages = self._contents.messages
        rows = [data for _, data in messages[STEP]]
        for time_ns, data in messages[EVENT]:
            event = json.loads(data)
            self.events.append(Event(time_ns - self.epoch_unix_ns, event["kind"], event["text"]))
        for channel in messages.values():
            channel.clear()
        width = sum(size for _, size in self.columns)
        if not rows:
            return np.empty((0, width))
        if any(len(row) != 8 * width for row in rows):
            raise RecordingError(f"{self.path} is damaged: its rows do not fit its columns")
        return np.frombuffer(b"".join(rows), dtype="<f8").reshape(-1, width)

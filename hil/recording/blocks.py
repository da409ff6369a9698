"""Reading named columns of a long run in pieces, in memory that does not grow with the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import mcap.records as mcap
import numpy as np
from mcap.opcode import Opcode
from numpy.typing import NDArray

from hil.errors import RecordingError
from hil.recording.layout import (
    FROM_OBC,
    RECORD_PREFIX,
    STEP,
    TO_OBC,
    Columns,
    Places,
    places_of,
)
from hil.recording.messages import (
    NOT_AS_WRITTEN,
    DamageError,
    parsed,
    rows_of,
    spans,
    timed,
    unpacked,
)
from hil.recording.source import check_prefix, opened

FloatArray = NDArray[np.float64]
Block = dict[str, FloatArray]  # column -> (n,) for a scalar, (n, size) for a vector


def split(table: FloatArray, columns: Columns) -> Block:
    """Return the columns of rows (n, width) by name, as views."""
    return {name: table[:, place] for name, place in places_of(columns).items()}


def chunks(path: Path, chunk_at: Iterable[int]) -> Iterator[bytes]:
    """Yield what the chunks that begin at some octets of a file hold, unpacked.

    Raises RecordingError when the file is not as it was when it was opened.
    """
    if not (places := list(chunk_at)):
        return  # a run that is held in memory has no file
    with opened(path) as (file, _):
        for at in places:
            file.seek(at)
            head = file.read(RECORD_PREFIX.size)
            try:
                opcode, length = RECORD_PREFIX.unpack(head)
                check_prefix(opcode, length)
                if opcode != Opcode.CHUNK:
                    raise DamageError("there is no chunk any more")
                yield unpacked(parsed(mcap.Chunk.read, file.read(length)))
            except NOT_AS_WRITTEN as error:
                raise RecordingError(
                    f"{path} was changed while it was read, at byte {at}: {error}"
                ) from error


def tables(path: Path, chunk_at: Iterable[int], width: int) -> Iterator[FloatArray]:
    """Yield the step rows (n, width) of chunks, one table a chunk."""
    for data in chunks(path, chunk_at):
        rows = rows_of(data, spans(data)[0][STEP], 8 * width)
        yield np.frombuffer(rows, dtype="<f8").reshape(-1, width)


def messages(path: Path, chunk_at: Iterable[int], channel: int) -> Iterator[tuple[int, bytes]]:
    """Yield the log time in ns and the data of every message of a channel."""
    for data in chunks(path, chunk_at):
        yield from timed(data, spans(data)[0].get(channel, ()))


def octets(path: Path, chunk_at: Iterable[int]) -> Iterator[tuple[int, int, bytes]]:
    """Yield the log time in ns, the channel and the data of what went over the line, in order."""
    for data in chunks(path, chunk_at):
        found = spans(data)[0]
        in_order = sorted(
            (span, channel) for channel in (TO_OBC, FROM_OBC) for span in found[channel]
        )
        for span, channel in in_order:
            [(time_ns, message)] = timed(data, [span])
            yield time_ns, channel, message


def blocks_of(
    pieces: Iterable[FloatArray], places: Places, rows: int, total: int
) -> Iterator[Block]:
    """Yield columns of tables that follow each other, `rows` rows at a time, `total` in all."""
    block, filled, done = _empty(places, min(rows, total)), 0, 0
    for piece in pieces:
        taken = 0
        while taken < len(piece) and done + filled < total:
            room = min(len(_any(block)) - filled, len(piece) - taken)
            for name, place in places.items():
                block[name][filled : filled + room] = piece[taken : taken + room, place]
            taken, filled = taken + room, filled + room
            if filled == len(_any(block)):
                yield block
                done, filled = done + filled, 0
                block = _empty(places, min(rows, total - done))


def _empty(places: Places, rows: int) -> Block:
    return {
        name: np.empty(rows if isinstance(place, int) else (rows, place.stop - place.start))
        for name, place in places.items()
    }


def _any(block: Block) -> FloatArray:
    return next(iter(block.values()))

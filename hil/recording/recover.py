"""A recording that was cut short, written anew with the summary that other tools look for."""

from __future__ import annotations

import os
from pathlib import Path

import mcap.records as mcap
from mcap.opcode import Opcode

from hil.errors import RecordingError
from hil.recording.chunk import Chunk
from hil.recording.container import Container
from hil.recording.layout import channels, schemas
from hil.recording.scan import parsed, read_from, scan, unpacked, walk


def recover(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> str:
    """Copy all that is sound in a recording to a new file; return how it breaks off, or nothing.

    Every message keeps its order, time and bytes. The new file says of itself what was damaged, so
    that it does not pass for a run that came to its end.
    Raises RecordingError when there is nothing to copy, or a file where the new one should go.
    """
    source, target = Path(source), Path(target)
    if target.exists():
        raise RecordingError(f"{target} exists: name a new file for what can be recovered")
    contents = scan(source)
    file = Container(target, schemas(contents.columns), channels(contents.epoch_unix_ns))
    try:
        walk(read_from(source), lambda opcode, body: _copy(opcode, body, file))
        if contents.damage and "aborted" not in contents.metadata:
            file.add_metadata("aborted", {"reason": contents.damage})
        file.finish()
    finally:
        file.close()
    return contents.damage


def _copy(opcode: int, body: memoryview, file: Container) -> None:
    if opcode == Opcode.METADATA:
        record = parsed(mcap.Metadata.read, body)
        file.add_metadata(record.name, record.metadata)
    elif opcode == Opcode.CHUNK:
        file.add_chunk(Chunk.of(unpacked(parsed(mcap.Chunk.read, body))))

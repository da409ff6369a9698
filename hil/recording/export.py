"""A recording's steps in other formats, written as they are read: any length, little memory."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from hil.errors import RecordingError
from hil.recording.blocks import Block
from hil.recording.reader import Recording, part_names

FORMATS = ("csv", "json", "parquet")


def export_to(
    recording: Recording, file: IO[bytes], form: str, columns: Sequence[str] | None = None
) -> None:
    """Write a recording's steps, or some columns of them, to an open file.

    csv: a line of names, then a line a step; a vector's parts are ``name[0]``..., NaN is "nan".
    json: an object a step and line (JSON Lines); a vector is a list, what is not a number null.
    parquet: the columns of csv, and the recording's metadata beside them.
    Raises RecordingError for an unknown column or format, and when pyarrow is not installed.
    """
    names = [name for name, _ in recording.columns] if columns is None else list(columns)
    sizes = dict(recording.columns)
    blocks = recording.blocks(names)
    kept = [(name, sizes[name]) for name in names]
    if form == "parquet":
        _write_parquet(file, recording, kept, blocks)
    elif form in FORMATS:
        lines = _csv_lines(kept, blocks) if form == "csv" else _json_lines(blocks)
        for line in lines:
            file.write(line.encode())
    else:
        raise RecordingError(f"no format {form!r}; there are {', '.join(FORMATS)}")


def export_file(
    recording: Recording, path: Path, form: str, columns: Sequence[str] | None = None
) -> None:
    """The same into a file, which is not there unless it is whole; a device stays one."""
    if path.exists() and not path.is_file():
        raise RecordingError(f"{path} is not a file: name a file to write")
    if path.exists() and path.samefile(recording.path):
        raise RecordingError(f"{path} is the recording itself: name another file")
    try:
        with whole_file(path) as file:
            export_to(recording, file, form, columns)
    except OSError as error:
        raise RecordingError(f"cannot write {path}: {error.strerror}") from error


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to write, which takes its name when it is whole; a device is written itself.

    What had the name before stays if that fails. Raises OSError.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as device:
            yield device
        return
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _csv_lines(columns: list[tuple[str, int]], blocks: Iterator[Block]) -> Iterator[str]:
    yield ",".join(part_names(columns)) + "\n"
    for block in blocks:
        rows = np.column_stack([*block.values()]).tolist()
        yield "".join([",".join(map(repr, row)) + "\n" for row in rows])


def _json_lines(blocks: Iterator[Block]) -> Iterator[str]:
    for block in blocks:
        for row in zip(*(values.tolist() for values in block.values()), strict=True):
            step = dict(zip(block, row, strict=True))
            yield json.dumps({name: _number(value) for name, value in step.items()}) + "\n"


def _number(value: float | list[float]) -> Any:
    if isinstance(value, list):
        return [_number(each) for each in value]
    return value if math.isfinite(value) else None


def _write_parquet(
    file: IO[bytes],
    recording: Recording,
    columns: list[tuple[str, int]],
    blocks: Iterator[Block],
) -> None:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise RecordingError(
            "pyarrow is not installed: pip install 'hil[parquet]', or export --csv"
        ) from None
    told = {name: json.dumps(values) for name, values in recording.metadata.items()}
    fields = [(name, pyarrow.float64()) for name in part_names(columns)]
    schema = pyarrow.schema(fields, metadata=told)
    with pyarrow.parquet.ParquetWriter(file, schema) as writer:
        for block in blocks:
            parts = [part for values in block.values() for part in np.atleast_2d(values.T)]
            writer.write_table(pyarrow.table([*parts], schema=schema))

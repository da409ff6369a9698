"""A recording's file, read record by record and believed no further than it holds."""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import mcap.records as mcap
from mcap.opcode import Opcode

from hil.errors import RecordingError
from hil.recording.layout import MAGIC, RECORD_PREFIX
from hil.recording.messages import NOT_AS_WRITTEN, CutError, DamageError, checked, parsed

MAX_RECORD_OCTETS = 64 * 2**20  # the bench's own chunks hold 64 KiB; other tools' a few MiB
NO_END = "the file has no end: the bench was killed"
_PRIVATE = 0x80  # opcodes from here on are free for any tool (MCAP specification, "Records")
_KINDS = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))

TakeRecord = Callable[[int, int, bytes], None]  # (at which octet, opcode, body)


@contextmanager
def opened(path: Path, *, any_begin: bool = False) -> Iterator[tuple[BinaryIO, int]]:
    """Yield an MCAP file and its size, after the first eight octets.

    any_begin: take a file that does not begin as an MCAP file does.
    Raises RecordingError when it is none, no regular file or cannot be read.
    """
    try:
        _check_regular(path)
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if file.read(len(MAGIC)) != MAGIC and not any_begin:
                raise not_mcap(path, size)
            yield file, size
    except OSError as error:
        raise cannot_read(path, error) from error


def not_mcap(path: Path, size: int) -> RecordingError:
    """Return the error of a file that is something else."""
    why = "it does not begin as an MCAP file does" if size else "it is empty"
    return RecordingError(f"{path} is not a recording: {why}")


def not_ours(path: Path, metadata: Container[str] = ()) -> RecordingError:
    """Return the error of an MCAP file that holds no run; metadata: the records' names."""
    if "run" in metadata:
        return RecordingError(f"{path} holds no steps: the bench ended while it called the OBC")
    return RecordingError(f"{path} is an MCAP file, but no recording of this bench: no /step")


def cannot_read(path: Path, error: OSError) -> RecordingError:
    """Return the error of a file that the operating system does not give."""
    return RecordingError(f"cannot read the recording {path}: {error.strerror or error}")


def _check_regular(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except ValueError as error:  # a NUL in the name
        raise RecordingError(f"cannot read the recording {str(path)!r}: {error}") from None
    if not stat.S_ISREG(mode):
        kind = next((words for test, words in _KINDS if test(mode)), "a device")
        raise RecordingError(f"{path} is not a recording: it is {kind}, not a file")


def walk(file: BinaryIO, size: int, take: TakeRecord) -> str:
    """Hand over each record up to the data's end or the first damage, from octet 8 on.

    take: raises one of NOT_AS_WRITTEN for a broken record.
    Returns where and how the file breaks off, or nothing.
    """
    at, crc = len(MAGIC), zlib.crc32(MAGIC)
    while at + RECORD_PREFIX.size <= size:
        head = file.read(RECORD_PREFIX.size)
        opcode, length = RECORD_PREFIX.unpack(head.ljust(RECORD_PREFIX.size, b"\0"))
        try:
            check_prefix(opcode, length)
            if length > size - at - RECORD_PREFIX.size:
                raise CutError
            body = file.read(length)
            if opcode == Opcode.DATA_END:  # what follows repeats the data for tools that seek
                _check_data(crc, parsed(mcap.DataEnd.read, body).data_section_crc)
                return ""
            take(at, opcode, body)
        except NOT_AS_WRITTEN as error:
            return damage_words(at, opcode, error, size)
        crc = zlib.crc32(body, zlib.crc32(head, crc))
        at += RECORD_PREFIX.size + length
    return NO_END


def damage_words(at: int, opcode: int, error: Exception, size: int | None = None) -> str:
    """Return which record is damaged, where and how."""
    total = "" if size is None else f" of {size}"
    if isinstance(error, CutError):
        return f"the file is cut in the middle of a record, at byte {at}{total}"
    why = str(error) if isinstance(error, DamageError) else f"it cannot be read: {error}"
    return f"the file is damaged at byte {at}{total}: {_record_name(opcode)}: {why}"


def check_prefix(opcode: int, length: int) -> None:
    """Raise DamageError when no record begins so."""
    if opcode == 0 or Opcode.DATA_END < opcode < _PRIVATE or opcode == Opcode.FOOTER:
        raise DamageError(f"no record of a run begins with {opcode:#04x}")
    if length > MAX_RECORD_OCTETS:
        raise DamageError(f"it claims {length} bytes, more than any record of a run")


def _check_data(crc: int, wanted: int) -> None:
    if wanted:  # 0: another tool did not count it (MCAP specification, "Data End")
        checked(crc, wanted, "the data before it")


def _record_name(opcode: int) -> str:
    try:
        return f"{Opcode(opcode).name.lower().replace('_', ' ')} record"
    except ValueError:
        return "unknown record"

"""Finding the sound records of a damaged file, after each damage too."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import mcap.records as mcap
from mcap.opcode import Opcode

from hil.recording.layout import MAGIC, RECORD_PREFIX
from hil.recording.messages import NOT_AS_WRITTEN, CutError, DamageError, checked, parsed
from hil.recording.scan import Contents
from hil.recording.source import NO_END, check_prefix, damage_words

_WINDOW = 1 << 20
_LONGEST = 64  # octets of a pattern at most
# Where records begin, by what follows their opcode and length (MCAP specification, "Records"): a
# chunk's times, size, checksum and compression; a metadata record's name; the end of the data.
_RUN = re.compile(
    rb"\x06.{36}\x04\x00\x00\x00zstd|\x0c...\x00{5}[\x01-\x40]\x00{3}[a-z]|\x0f\x04\x00{7}",
    re.DOTALL,
)
_NAMES = re.compile(
    rb"\x03...\x00{5}..\x08\x00{3}hil/Step|\x04...\x00{5}....\x05\x00{3}/step", re.DOTALL
)


class Sound(NamedTuple):
    """One sound record."""

    at: int
    opcode: int
    body: bytes


class Survey:
    """Goes through a file and takes what is sound into its contents; gaps: what is not.

    Each gap is where it begins and ends, and what is wrong there.
    """

    def __init__(self, file: BinaryIO, size: int, begins_well: bool) -> None:
        self._file, self.size = file, size
        self.contents = Contents(size)
        self.gaps: list[tuple[int, int, str]] = []
        self._begins_well = begins_well

    def records(self) -> Iterator[Sound]:
        """Yield every sound record of the data in order."""
        at = len(MAGIC)
        if not self._begins_well:
            at = self._leave_out(0, "the file does not begin as an MCAP file does")
        if not self.contents.columns:
            self._find_names()
        crc: int | None = zlib.crc32(MAGIC)
        while at + RECORD_PREFIX.size <= self.size:
            try:
                record = self.read(at)
                crc = None if self.gaps else crc
                if record.opcode == Opcode.DATA_END:
                    self._check_end(record, crc)
                    return
                self.contents.take(*record)
            except NOT_AS_WRITTEN as error:
                at = self._leave_out(at, damage_words(at, self._opcode(at), error, self.size))
                continue
            yield record
            head = RECORD_PREFIX.pack(record.opcode, len(record.body))
            crc = None if crc is None else zlib.crc32(record.body, zlib.crc32(head, crc))
            at += len(head) + len(record.body)
        self.gaps.append((min(at, self.size), self.size, NO_END))

    def _check_end(self, record: Sound, crc: int | None) -> None:
        wanted = parsed(mcap.DataEnd.read, record.body).data_section_crc
        try:
            checked(wanted if crc is None or not wanted else crc, wanted, "the data before it")
        except DamageError as error:
            self.gaps.append(
                (record.at, record.at, damage_words(record.at, record.opcode, error, self.size))
            )

    def read(self, at: int) -> Sound:
        """Return the record at a place; raises DamageError when there is none."""
        self._file.seek(at)
        head = self._file.read(RECORD_PREFIX.size)
        opcode, length = RECORD_PREFIX.unpack(head)
        check_prefix(opcode, length)
        if length > self.size - at - len(head):
            raise CutError
        return Sound(at, opcode, self._file.read(length))

    def _opcode(self, at: int) -> int:
        self._file.seek(at)
        return self._file.read(1)[0]

    def _leave_out(self, at: int, why: str) -> int:
        """Note a gap; return where it ends: at the next place where a record may begin."""
        resumed = next(self._places(_RUN, at + 1), self.size)
        if self.gaps and self.gaps[-1][1] == at:  # what looked like a record was none
            at, _, why = self.gaps.pop()
        self.gaps.append((at, resumed, why))
        return resumed

    def _find_names(self) -> None:
        """Take the columns and the epoch from wherever they stand: the summary repeats them."""
        for at in self._places(_NAMES, 0):
            try:
                self.contents.take(*self.read(at))
            except NOT_AS_WRITTEN:
                continue

    def _places(self, pattern: re.Pattern[bytes], start: int) -> Iterator[int]:
        while start < self.size:
            self._file.seek(start)
            data = self._file.read(_WINDOW)
            for match in pattern.finditer(data):
                yield start + match.start()
            if start + len(data) >= self.size or not data:
                return
            start += max(1, len(data) - _LONGEST)

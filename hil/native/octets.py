"""Frames in compiled code: the octets that ``hil.link`` would make, and what it would understand.

The layouts come from the message table by ``hil.native.layouts``. What is not as usual is not
understood here: that is left to ``hil.link``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hil.native.calls import crc_of_octet, crc_of_word, has_crc_instruction
from hil.physics.compiled import compiled
from hil.physics.vectors import FloatArray

Octets = NDArray[np.uint8]
IntArray = NDArray[np.int64]
Narrow = NDArray[np.float32]
Bits = NDArray[np.uint32]
U8, U16, U32, F32 = 1, 2, 4, 5
"""Codes of fields: how they lie on the wire."""
HEADER, TIME, CHECKSUM = 6, 7, 4
BODY_OCTETS = 512  # room for one packet
SEQUENCE_MAX, UNSEGMENTED = 0x3FFF, 0xC000
_POLYNOMIAL = 0x82F63B78  # of CRC-32C, bits reversed


def _tables() -> IntArray:
    """What each octet does to the checksum when 0 to 7 more follow, (8, 256)."""
    found = np.zeros((8, 256), np.int64)
    for octet in range(256):
        rest = octet
        for _ in range(8):
            rest = rest >> 1 ^ (_POLYNOMIAL if rest & 1 else 0)
        found[0, octet] = rest
    for more in range(1, 8):
        found[more] = found[more - 1] >> 8 ^ found[0][found[more - 1] & 0xFF]
    return found


_TABLES = _tables()


@compiled
def crc32c_by_tables(data: Octets, size: int) -> int:
    """Return Castagnoli's CRC-32 of the first octets (RFC 9260, appendix A), eight at a time."""
    crc, at, t = 0xFFFFFFFF, 0, _TABLES
    while at + 8 <= size:
        low = data[at] | data[at + 1] << 8 | data[at + 2] << 16 | data[at + 3] << 24
        low ^= crc
        crc = t[7, low & 0xFF] ^ t[6, low >> 8 & 0xFF] ^ t[5, low >> 16 & 0xFF] ^ t[4, low >> 24]
        crc ^= t[3, data[at + 4]] ^ t[2, data[at + 5]] ^ t[1, data[at + 6]] ^ t[0, data[at + 7]]
        at += 8
    while at < size:
        crc = crc >> 8 ^ t[0, (crc ^ data[at]) & 0xFF]
        at += 1
    return crc ^ 0xFFFFFFFF


@compiled
def crc32c_by_instruction(data: Octets, size: int) -> int:
    """Return the same by the processor's instruction: no tables push others out of its cache."""
    crc, at, begin = 0xFFFFFFFF, 0, data.ctypes.data
    while at + 8 <= size:
        crc = crc_of_word(crc, begin + at)
        at += 8
    while at < size:
        crc = crc_of_octet(crc, data[at])
        at += 1
    return crc ^ 0xFFFFFFFF


crc32c = crc32c_by_instruction if has_crc_instruction() else crc32c_by_tables


@compiled
def put_number(body: Octets, at: int, value: int, octets: int) -> int:
    """Write a whole number, most significant octet first; return the place after it."""
    for i in range(octets):
        body[at + i] = value >> 8 * (octets - 1 - i) & 0xFF
    return at + octets


@compiled
def number_at(body: Octets, at: int, octets: int) -> int:
    """Read a whole number, most significant octet first."""
    value = 0
    for i in range(octets):
        value = value << 8 | body[at + i]
    return value


@compiled
def put_header(
    body: Octets, first_word: int, length_word: int, sequence: int, ticks: int, timed: bool
) -> int:
    """Write a packet's headers; return the place after them."""
    put_number(body, 0, first_word, 2)
    put_number(body, 2, UNSEGMENTED | sequence, 2)
    put_number(body, 4, length_word, 2)
    return put_number(body, HEADER, ticks, TIME) if timed else HEADER


@compiled
def put_frame(body: Octets, size: int, out: Octets, at: int) -> int:
    """Close a packet by its checksum and append it as a frame; return the place after that.

    Consistent overhead byte stuffing of fewer than 254 octets, as all packets of a step have.
    """
    crc = crc32c(body, size)
    for i in range(CHECKSUM):
        body[size + i] = crc >> 8 * i & 0xFF
    code_at, at = at, at + 1
    for i in range(size + CHECKSUM):
        if body[i] == 0:
            out[code_at] = at - code_at
            code_at = at
        else:
            out[at] = body[i]
        at += 1
    out[code_at] = at - code_at
    out[at] = 0
    return at + 1


@compiled
def take_frame(data: Octets, at: int, end: int, body: Octets) -> tuple[int, int]:
    """Undo a frame that begins here: the packet's size without checksum, and where the next begins.

    The size is -1 where that is no whole frame of a valid packet of usual length.
    """
    size, following = 0, at
    while following < end and data[following] != 0:
        following += 1
    if following == end or following - at > body.shape[0]:
        return -1, end
    while at < following:
        code = data[at]
        if code == 0xFF or at + code > following:
            return -1, end
        for i in range(1, code):
            body[size] = data[at + i]
            size += 1
        at += code
        if at < following:
            body[size] = 0
            size += 1
    size -= CHECKSUM
    if size < HEADER:
        return -1, end
    crc = crc32c(body, size)
    for i in range(CHECKSUM):
        if body[size + i] != crc >> 8 * i & 0xFF:
            return -1, end
    return size, following + 1


@compiled
def put_value(body: Octets, at: int, code: int, value: float, narrow: Narrow, bits: Bits) -> int:
    """Write a field; return the place after it. narrow, bits: one float32 and its bits."""
    if code == F32:
        narrow[0] = value
        return put_number(body, at, int(np.int64(bits[0])), 4)
    return put_number(body, at, int(np.int64(value)), code)


@compiled
def value_at(body: Octets, at: int, code: int, narrow: Narrow, bits: Bits) -> float:
    """Read a field."""
    if code == F32:
        bits[0] = number_at(body, at, 4)
        return float(narrow[0])
    return float(number_at(body, at, code))


@compiled
def take_values(
    body: Octets, at: int, codes: IntArray, narrow: Narrow, bits: Bits, values: FloatArray
) -> None:
    """Read the fields that begin here, one value each."""
    for i in range(codes.shape[0]):
        values[i] = value_at(body, at, codes[i], narrow, bits)
        at += 4 if codes[i] == F32 else codes[i]

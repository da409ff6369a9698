"""CCSDS space packets (133.0-B, 4.1) of the message table, checked by CRC-32C.

133.0-B leaves packet error control to the user, as the last octets of the packet data field. Here
it is Castagnoli's CRC-32 (RFC 9260, appendix A), least significant octet first, over the packet
from its primary header on. The header's length is under the checksum and must be the frame's, so
that a frame cut short, joined to another or shifted fails by both.
"""

import struct
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple, TypeAlias

from google_crc32c import value as crc32c

from hil.link.messages import Field, Group, Message
from hil.link.table import CORE_TABLE, MessageTable

Value: TypeAlias = float | int | str
Told: TypeAlias = tuple[Message, Sequence[float | int | bytes], int | None]
"""What is sent: a message, its values, flat and in the table's order, and its CUC time if any."""

HEADER_OCTETS = 6
CRC_OCTETS = 4
_RESIDUE = 0x48674BC7  # the CRC of octets that end with their own CRC
SEQUENCE_MAX = 0x3FFF
_TYPE_TO_OBC = 1 << 12
_SECONDARY_HEADER = 1 << 11
_APID_MASK = 0x7FF
_UNSEGMENTED = 0b11 << 14
_STRUCT_CODES = {"u8": "B", "u16": "H", "u32": "I", "i32": "i", "f32": "f"}


class Packet(NamedTuple):
    """A valid packet: message, sequence count, CUC time if it has one, and values."""

    message: Message
    sequence: int
    ticks: int | None
    values: tuple[Value, ...]


_made = tuple.__new__  # of a Packet, in half the time that its own takes


class Fault(NamedTuple):
    """Bytes between two delimiters that are no valid packet, and why.

    kind: overlong, cobs, runt, crc, length or unknown.
    """

    kind: str
    data: bytes


class _Layout(NamedTuple):
    """How one message, with or without time, lies in octets."""

    struct: struct.Struct
    first_word: int
    length_word: int
    nibbles: bool
    text: bool


def _field_code(field: Field) -> str:
    if field.type == "char":
        return f"{field.count}s"
    return _STRUCT_CODES[field.type] * field.count


@cache
def _layout(message: Message, timed: bool, repeated: int = 0) -> _Layout:
    # Two u4 fields share a byte, and the table only ever puts such a pair first.
    nibbles = message.fields[0].type == "u4"
    codes = "".join(_field_code(field) for field in message.fields[2 if nibbles else 0 :])
    if message.group:
        codes += repeated * "".join(_field_code(field) for field in message.group.fields)
    body = struct.Struct(">HHH" + ("IHB" if timed else "") + ("B" if nibbles else "") + codes)
    first_word = message.apid
    if message.to_obc:
        first_word |= _TYPE_TO_OBC
    if timed:
        first_word |= _SECONDARY_HEADER
    length_word = body.size - HEADER_OCTETS + CRC_OCTETS - 1
    return _Layout(body, first_word, length_word, nibbles, "s" in codes)


def header_words(message: Message, *, timed: bool) -> tuple[int, int]:
    """The first word of a message's primary header and its last, which is the length's."""
    layout = _layout(message, timed)
    return layout.first_word, layout.length_word


def _repeated(message: Message, group: Group, values: int) -> int:
    """How often the group of a message with so many values is there."""
    head = sum(1 if field.type == "char" else field.count for field in message.fields)
    return (values - head) // len(group.fields)


def encode(messages: Iterable[Told], sequences: dict[int, int]) -> list[bytes]:
    """The octets of a packet for each message, from the primary header to the checksum.

    sequences: of each APID, the sequence count of its next packet, which is counted on.
    Raises ValueError when a message must carry time and gets none, or must not and gets some.
    """
    packets = []
    for message, values, ticks in messages:
        timed = ticks is not None
        if message.time == ("never" if timed else "always"):
            raise ValueError(f"{message.name}: time is {message.time} carried, got {ticks}")
        repeated = _repeated(message, message.group, len(values)) if message.group else 0
        layout, sequence = _layout(message, timed, repeated), sequences.get(message.apid, 0)
        sequences[message.apid] = (sequence + 1) & SEQUENCE_MAX
        head: list[int] = [layout.first_word, _UNSEGMENTED | sequence, layout.length_word]
        if ticks is not None:
            head += (ticks >> 24, (ticks >> 8) & 0xFFFF, ticks & 0xFF)
        if layout.nibbles:
            head.append((int(values[0]) << 4) | int(values[1]))
            values = values[2:]
        body = layout.struct.pack(*head, *values)
        checksum: int = crc32c(body)
        packets.append(body + checksum.to_bytes(CRC_OCTETS, "little"))
    return packets


def decode(data: bytes, table: MessageTable = CORE_TABLE) -> Packet | Fault:
    """One packet's octets, checksum included, as a Packet, or the Fault that says why not."""
    if len(data) < HEADER_OCTETS + CRC_OCTETS:
        return Fault("runt", data)
    if crc32c(data) != _RESIDUE:
        return Fault("crc", data)
    first_word = (data[0] << 8) | data[1]
    message = table.by_apid.get(first_word & _APID_MASK)
    timed = bool(first_word & _SECONDARY_HEADER)
    if message is None or message.time == ("never" if timed else "always"):
        return Fault("unknown", data)
    layout = _layout(message, timed)
    if first_word != layout.first_word:
        return Fault("unknown", data)
    if len(data) != layout.struct.size + CRC_OCTETS:
        earlier = HEADER_OCTETS + message.earlier_size + CRC_OCTETS
        if message.group is None and (not message.appended or len(data) != earlier):
            return Fault("length", data)
        laid = _laid_out(message, timed, data)
        if laid is None:
            return Fault("length", data)
        layout, data = laid
    return _unpack(message, layout, timed, data)


def _unpack(message: Message, layout: _Layout, timed: bool, data: bytes) -> Packet | Fault:
    _, sequence, length, *rest = layout.struct.unpack_from(data)
    if length != layout.length_word or sequence & _UNSEGMENTED != _UNSEGMENTED:
        return Fault("length", data)
    ticks = None
    if timed:
        ticks = (rest[0] << 24) | (rest[1] << 8) | rest[2]
        del rest[:3]
    if layout.nibbles:
        rest[:1] = (rest[0] >> 4, rest[0] & 0xF)
    if layout.text:
        rest = [_text(value) if isinstance(value, bytes) else value for value in rest]
    return _made(Packet, (message, sequence & SEQUENCE_MAX, ticks, tuple(rest)))


def _laid_out(message: Message, timed: bool, data: bytes) -> tuple[_Layout, bytes] | None:
    """A message that ends with a group, or an earlier edition's: missing fields are zero.

    None for one whose length is not the frame's.
    """
    length = int.from_bytes(data[4:6], "big")
    if length != len(data) - HEADER_OCTETS - 1:
        return None
    fields = data[HEADER_OCTETS:-CRC_OCTETS]
    repeated, size = 0, message.size
    if (group := message.group) is not None:
        repeated = min(max(0, len(fields) - size) // group.size, group.most)
        size += repeated * group.size
    layout = _layout(message, timed, repeated)
    head = data[:4] + layout.length_word.to_bytes(2, "big")
    return layout, head + fields[:size].ljust(size, b"\0")


def apid_of(data: bytes) -> int | None:
    """The APID of what looks like a space packet, whoever made it: version and length are right."""
    if len(data) <= HEADER_OCTETS or data[0] >> 5:
        return None
    length = (data[4] << 8) | data[5]
    return ((data[0] << 8) | data[1]) & _APID_MASK if length == len(data) - 7 else None


def _text(padded: bytes) -> str:
    return padded.rstrip(b"\0").decode("ascii", "replace")


def named_values(packet: Packet) -> dict[str, Value | tuple[Value, ...]]:
    """The packet's values by field name; an array field is a tuple, and so is all of a group."""
    named: dict[str, Value | tuple[Value, ...]] = {}
    at = 0
    for field in packet.message.fields:
        count = 1 if field.type == "char" else field.count
        chunk = packet.values[at : at + count]
        named[field.name] = chunk[0] if count == 1 else chunk
        at += count
    if packet.message.group:
        named[packet.message.group.name] = packet.values[at:]
    return named

"""What a firmware gets wrong about octets, as far as one of its frames proves it.

Each finding rests on a checksum of 32 bits that fits, or on a number that only swapped octets give.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Literal

from google_crc32c import value as crc32c

from hil.link.packet import CRC_OCTETS, HEADER_OCTETS, Fault
from hil.link.table import MessageTable

_BIG_ENDIAN = "numbers go on the wire most significant octet first"
_LOOK = "docs/the_wire.md says how a packet is made, firmware_stubs/link makes them"


_OTHER_CHECKSUMS: tuple[tuple[Callable[[bytes], int], Literal["big", "little"], str], ...] = (
    (
        crc32c,
        "big",
        "sends the CRC-32C of a packet most significant octet first; it goes least significant "
        "octet first",
    ),
    (zlib.crc32, "little", "ends packets with the CRC-32 of Ethernet and zip; it must be CRC-32C"),
    (zlib.crc32, "big", "ends packets with the CRC-32 of Ethernet and zip; it must be CRC-32C"),
)


def misfit_of(fault: Fault, table: MessageTable) -> str | None:
    """Return what the firmware does wrong with every packet, in words; None when nothing shows."""
    data = fault.data
    if len(data) < HEADER_OCTETS + CRC_OCTETS:
        return None
    if fault.kind in ("unknown", "length") and _header_is_swapped(data, table):
        return f"the firmware sends a packet's header with swapped octets: {_BIG_ENDIAN} ({_LOOK})"
    if fault.kind == "crc":
        body, told = data[:-CRC_OCTETS], data[-CRC_OCTETS:]
        for checksum, order, words in _OTHER_CHECKSUMS:
            if checksum(body) == int.from_bytes(told, order):
                return f"the firmware {words} ({_LOOK})"
    return None


def _header_is_swapped(data: bytes, table: MessageTable) -> bool:
    words = [int.from_bytes(data[at : at + 2], "little") for at in (0, 2, 4)]
    return (
        words[0] >> 13 == 0
        and words[0] & 0x7FF in table.by_apid
        and words[1] >> 14 == 0b11
        and words[2] == len(data) - HEADER_OCTETS - 1
    )


def swapped(number: int, octets: int) -> int:
    """Return a number with its octets in the other order."""
    return int.from_bytes(number.to_bytes(octets, "big"), "little")


def swapped_words(what: str, told: int, meant: int) -> str:
    """Return what to say of a number that arrived with its octets swapped."""
    return (
        f"{what} {told}, which is {meant} with its octets swapped: {_BIG_ENDIAN} (on a "
        f"little-endian processor a structure must not be sent as it lies in memory; {_LOOK})"
    )

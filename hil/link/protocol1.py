"""As much of protocol 1 as it takes to say to each other that two sides do not fit.

Its packets ended with a CRC-16/IBM-3740, so that a firmware of protocol 1 does not hear a
HELLO_REQUEST of today, and the bench not its HELLO.
"""

from binascii import crc_hqx
from typing import NamedTuple

from cobs import cobs

from hil.link import messages as m
from hil.link.packet import HEADER_OCTETS, Fault

_CRC_OCTETS = 2
_SEEN = HEADER_OCTETS + 2 + _CRC_OCTETS  # header, version, checksum


def _request() -> bytes:
    """A HELLO_REQUEST of protocol 1: version, control period in us, 16 counts of sensors."""
    fields = (1).to_bytes(2, "big") + (100_000).to_bytes(4, "big") + bytes(16)
    length = len(fields) + _CRC_OCTETS - 1
    header = (0x1000 | m.HELLO_REQUEST.apid, 0xC000, length)
    packet = b"".join(word.to_bytes(2, "big") for word in header) + fields
    frame: bytes = cobs.encode(packet + crc_hqx(packet, 0xFFFF).to_bytes(2, "big"))
    return frame + b"\0"


REQUEST = _request()
"""The frame that a firmware of protocol 1 answers."""


class Hello(NamedTuple):
    """One of the two messages of protocol 1 that are known here, and the version that it tells."""

    message: m.Message
    version: int


def hello_in(fault: Fault) -> Hello | None:
    """The hello or hello_request that has the checksum of protocol 1; None for all else."""
    data = fault.data
    if fault.kind != "crc" or len(data) < _SEEN or crc_hqx(data, 0xFFFF) != 0:
        return None
    apid = int.from_bytes(data[:2], "big") & 0x7FF
    message = {m.HELLO.apid: m.HELLO, m.HELLO_REQUEST.apid: m.HELLO_REQUEST}.get(apid)
    version = int.from_bytes(data[HEADER_OCTETS : HEADER_OCTETS + 2], "big")
    return Hello(message, version) if message else None

"""The frame vectors that the Python and the C tests share."""

from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "data" / "frames"


# What a bench of protocol 1 asked with, and what a firmware of it answers: CRC-16/IBM-3740.
REQUEST_OF_PROTOCOL_1 = bytes.fromhex(
    "021102c00102170201040186a0010101010101010101010101010101035d8d00"
)
HELLO_OF_PROTOCOL_1 = bytes.fromhex(
    "020202c00102370a0168696c2d61646373010101010101010d3031323334353637383961620101010101"
    "01010401010301010101010101010101010103161c00"
)


class Vector(NamedTuple):
    name: str
    packet: bytes
    frame: bytes


def good() -> list[Vector]:
    """Packets with the frames they travel in."""
    rows = (line.split() for line in (FOLDER / "vectors.txt").read_text().splitlines())
    return [
        Vector(name, bytes.fromhex(packet), bytes.fromhex(frame)) for name, packet, frame in rows
    ]


def corrupt() -> list[tuple[str, bytes]]:
    """Kinds of fault with a frame that shows each."""
    rows = (line.split() for line in (FOLDER / "corrupt.txt").read_text().splitlines())
    return [(kind, bytes.fromhex(frame)) for kind, frame in rows]

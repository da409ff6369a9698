"""The frame vectors that the Python and the C tests share."""

from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "data" / "frames"


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

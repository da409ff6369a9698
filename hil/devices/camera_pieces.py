"""A picture as octets, and in the pieces that go over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hil.scene.camera import Picture

PIECE_OCTETS = 112


def packed(picture: Picture, bits: int) -> bytes:
    """Return the octets of a picture: pixels of 8 bits, or two of 12 in three octets."""
    if bits == 8:
        return picture.astype(np.uint8).tobytes()
    flat = picture.reshape(-1)
    flat = np.append(flat, np.zeros(len(flat) % 2, dtype=flat.dtype))
    first, second = flat[0::2], flat[1::2]
    octets = np.empty((len(first), 3), dtype=np.uint8)
    octets[:, 0] = first >> 4
    octets[:, 1] = ((first & 0xF) << 4) | (second >> 8)
    octets[:, 2] = second & 0xFF
    return octets.tobytes()


def pieces_of(picture: Picture, number: int, instance: int, bits: int) -> list[tuple[int, ...]]:
    """Return the pieces of a picture, as values of message camera_piece; the last one is padded."""
    data = packed(picture, bits)
    data += bytes(-len(data) % PIECE_OCTETS)
    return [
        (0, instance, number, piece, *data[at : at + PIECE_OCTETS])
        for piece, at in enumerate(range(0, len(data), PIECE_OCTETS))
    ]

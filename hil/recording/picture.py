"""Pictures of cameras and what an OBC found in them, as Foxglove and ROS have them."""

from __future__ import annotations

import json
import struct
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hil.errors import RecordingError

Picture = NDArray[np.uint16]
_NS = 1_000_000_000
_HEADER = struct.Struct("<III")  # sequence, seconds, nanoseconds
_TEXT = struct.Struct("<I")
_LINE_LOOP = 2  # foxglove.PointsAnnotation
_COLOURS = {"ship": (0.2, 1.0, 0.4), "fire": (1.0, 0.4, 0.1)}
_GREY = (0.7, 0.7, 0.7)


class Sight(NamedTuple):
    """One thing that an OBC found: what it takes it for, how sure it is (0 to 1), and where.

    track: its number while it is followed, 0 else. column, row: of its middle, in pixels. size:
    pixels above the threshold.
    """

    kind: str
    confidence: float
    track: int
    column: float
    row: float
    size: int


class Sights(NamedTuple):
    """What an OBC found in a picture. pieces_lost: of the picture, which did not reach it."""

    camera: int
    frame: int
    pieces_lost: int
    found: tuple[Sight, ...]


def png(counts: Picture, bits: int) -> bytes:
    """Return a picture as a PNG of 8 or 16 bits; 12 bits are moved to the top of 16."""
    from PIL import Image  # of use where there are cameras only

    if bits == 8:
        image = Image.fromarray(counts.astype(np.uint8))
    else:
        image = Image.fromarray((counts << (16 - bits)).astype(np.uint16))
    out = BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def encoded_picture(counts: Picture, bits: int, unix_ns: int, camera: int) -> bytes:
    """Return a picture as sensor_msgs/CompressedImage of ROS 1."""
    seconds, nanoseconds = divmod(unix_ns, _NS)
    name = f"camera{camera}; {bits}".encode()
    return b"".join(
        [
            _HEADER.pack(0, seconds, nanoseconds),
            *(part for text in (name, b"png", png(counts, bits)) for part in _sized(text)),
        ]
    )


def _sized(text: bytes) -> tuple[bytes, bytes]:
    return _TEXT.pack(len(text)), text


def decoded_picture(data: bytes) -> Picture:
    """Return the counts (rows, columns) of a picture; RecordingError when it is damaged."""
    from PIL import Image, UnidentifiedImageError

    try:
        at, texts = _HEADER.size, []
        for _ in range(3):
            (length,) = _TEXT.unpack_from(data, at)
            texts.append(data[at + 4 : at + 4 + length])
            at += 4 + length
        bits = int(texts[0].decode().rpartition(";")[2])
        with Image.open(BytesIO(texts[2]), formats=["PNG"]) as image:
            counts = np.asarray(image)
    except (struct.error, ValueError, OSError, UnidentifiedImageError) as error:
        raise RecordingError(f"a picture in the recording cannot be read: {error}") from None
    shift = 16 - bits if bits > 8 else 0
    return np.asarray(counts.astype(np.uint16) >> shift)


def encoded_sights(seen: Sights, unix_ns: int) -> bytes:
    """Return sights as foxglove.ImageAnnotations with the values themselves beside."""
    seconds, nanoseconds = divmod(unix_ns, _NS)
    stamp = {"sec": seconds, "nsec": nanoseconds}
    fields = {
        "points": [_box(each, stamp) for each in seen.found],
        "texts": [_words(each, stamp) for each in seen.found],
        "circles": [],
        "camera": seen.camera,
        "frame": seen.frame,
        "pieces_lost": seen.pieces_lost,
        "sights": [each._asdict() for each in seen.found],
    }
    return json.dumps(fields).encode()


def decoded_sights(data: bytes) -> Sights:
    """Return what an OBC found; RecordingError when the message is damaged."""
    try:
        fields: dict[str, Any] = json.loads(data)
        found = tuple(Sight(**each) for each in fields["sights"])
        return Sights(fields["camera"], fields["frame"], fields["pieces_lost"], found)
    except (ValueError, KeyError, TypeError) as error:
        raise RecordingError(f"sights in the recording cannot be read: {error}") from None


def half_side(sight: Sight) -> float:
    """Return half the side of a box around a sight, in pixels."""
    return float(3.0 + 0.5 * np.sqrt(sight.size))


def _box(sight: Sight, stamp: dict[str, int]) -> dict[str, object]:
    half = half_side(sight)
    corners = ((-half, -half), (half, -half), (half, half), (-half, half))
    return {
        "timestamp": stamp,
        "type": _LINE_LOOP,
        "points": [{"x": sight.column + dx + 0.5, "y": sight.row + dy + 0.5} for dx, dy in corners],
        "outline_color": _colour(sight),
        "outline_colors": [],
        "fill_color": {"r": 0.0, "g": 0.0, "b": 0.0, "a": 0.0},
        "thickness": 1.0,
    }


def _words(sight: Sight, stamp: dict[str, int]) -> dict[str, object]:
    half = half_side(sight)
    number = f" {sight.track}" if sight.track else ""
    return {
        "timestamp": stamp,
        "position": {"x": sight.column + half, "y": sight.row - half},
        "text": f"{sight.kind}{number} {100 * sight.confidence:.0f} %",
        "font_size": 5.0,
        "text_color": _colour(sight),
        "background_color": {"r": 0.0, "g": 0.0, "b": 0.0, "a": 0.0},
    }


def _colour(sight: Sight) -> dict[str, float]:
    r, g, b = _COLOURS.get(sight.kind, _GREY)
    return {"r": r, "g": g, "b": b, "a": 1.0}

"""Draw examples of what the OBC gets wrong in pictures that it was not trained on.

``python firmware_stubs/vision/training/mistakes.py KEPT -o FILE.png`` takes the first ones of each
kind, 40 x 40 pixels about each, a row a kind, in the order of KINDS. KEPT is the file of counts
that ``figures.py --keep`` wrote: it tells which pictures have mistakes.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from figures import kept
from PIL import Image
from views import CLOUD, FIRE, SHIP, View, Vision, truth_of, view

KINDS = (
    "a ship in clouds that is not found",
    "a ship in a clear picture, 100 counts and brighter, that is not found",
    "a ship taken for something else",
    "an island taken for a ship",
    "a roof taken for a ship",
    "a roof taken for a fire",
    "a cloud's edge taken for a ship",
    "a fire among fields that is not found",
)
EACH, HALF, SCALE = 6, 20, 3
_NEAR_PIXELS = 4.0
Place = tuple[int, float, float]


def of_picture(seen: View, finds: np.ndarray) -> Iterator[Place]:
    """Yield the mistakes in a picture: which kind, column, row."""
    at = [(int(f[0]), f[2] / 64.0, f[3] / 64.0) for f in finds]
    for kind, column, row, _, contrast in seen.truths:
        near = [f for f in at if math.hypot(f[1] - column, f[2] - row) < _NEAR_PIXELS]
        if kind == SHIP and not near and contrast >= 100.0:
            yield (1 if seen.clouds is None else 0), column, row
        elif kind == SHIP and near and all(f[0] != SHIP for f in near):
            yield 2, column, row
        elif kind == FIRE and not near and seen.surface == "fields":
            yield 7, column, row
    for what, column, row, _ in seen.likes:
        near = [f for f in at if math.hypot(f[1] - column, f[2] - row) < _NEAR_PIXELS]
        if truth_of(seen, column, row) in (SHIP, FIRE):
            continue
        if what in ("sand", "steppe") and any(f[0] == SHIP for f in near):
            yield 3, column, row
        elif what == "roof" and any(f[0] == SHIP for f in near):
            yield 4, column, row
        elif what == "roof" and any(f[0] == FIRE for f in near):
            yield 5, column, row
    for kind, column, row in at:
        if kind == SHIP and truth_of(seen, column, row) == CLOUD:
            yield 6, column, row


def hints(c: Counter[tuple[object, ...]]) -> Iterator[int]:
    """Yield the kinds of mistakes that a picture may have, by its counts."""
    for kind, group in ((0, "cloudy"), (1, "clear")):
        if c["there", SHIP, group] > c["found", SHIP, group]:
            yield kind
    if c["found", SHIP, "all"] > c["told", SHIP, "all"]:
        yield 2
    if c["like told", "sand", SHIP] or c["like told", "steppe", SHIP]:
        yield 3
    if c["like told", "roof", SHIP]:
        yield 4
    if c["like told", "roof", FIRE]:
        yield 5
    if c["confusion", CLOUD, SHIP]:
        yield 6
    if c["there", FIRE, "fields"] > c["found", FIRE, "fields"]:
        yield 7


def cut(picture: np.ndarray, column: float, row: float) -> np.ndarray:
    """Return what is about a place, stretched to 8 bits and enlarged."""
    left = min(max(0, round(column) - HALF), picture.shape[1] - 2 * HALF)
    top = min(max(0, round(row) - HALF), picture.shape[0] - 2 * HALF)
    part = picture[top : top + 2 * HALF, left : left + 2 * HALF].astype(float)
    low, high = np.quantile(part, (0.01, 0.999))
    grey = np.clip(255.0 * (part - low) / max(1.0, high - low), 0.0, 255.0).astype(np.uint8)
    return np.pad(grey.repeat(SCALE, 0).repeat(SCALE, 1), 2)


def main() -> None:
    """Look for mistakes until there are enough of each kind, and save them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kept", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    given = parser.parse_args()
    vision, rows = Vision(), [[] for _ in KINDS]
    for seed, counts in sorted(kept(given.kept).items()):
        if all(len(rows[kind]) == EACH for kind in hints(counts)):
            continue
        seen = view(seed)
        for kind, column, row in of_picture(seen, vision.find(seen.picture)[0]):
            if len(rows[kind]) < EACH:
                rows[kind].append(cut(seen.picture, column, row))
    blank = np.zeros_like(rows[0][0])
    lines = [np.hstack(each + [blank] * (EACH - len(each))) for each in rows]
    Image.fromarray(np.vstack(lines)).save(given.out, optimize=True)


if __name__ == "__main__":
    main()

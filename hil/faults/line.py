"""Faults of the line, each direction by itself: on whole frames, or on octets as they pass."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hil.faults.model import Fault
from hil.obc.place import Line

TO_OBC, FROM_OBC = "to_obc", "from_obc"
_END = b"\0"


class LineFault:
    """A fault of one direction; ``active`` says whether it is in force.

    injected: what it has done to how many frames, or octets, so far.
    """

    def __init__(self, fault: Fault, source: np.random.Generator) -> None:
        """Without effect until it is active; source: the fault's own random numbers."""
        self.active, self.injected = False, 0
        self._fault, self._source = fault, source

    @property
    def spent(self) -> bool:
        """Whether it has hit as many frames as its table says."""
        return self._fault.count is not None and self.injected >= self._fault.count

    def _hits(self) -> bool:
        """Whether the next frame is hit; counts it."""
        if self.spent:
            return False
        probability = self._fault.probability
        hit = probability is None or bool(self._source.random() < probability)
        self.injected += hit
        return hit

    def changed(self, frames: list[bytes]) -> list[bytes]:
        """Return what passes of frames, each with its closing zero."""
        raise NotImplementedError


class Drop(LineFault):
    """Frames that do not pass."""

    def changed(self, frames: list[bytes]) -> list[bytes]:
        return [frame for frame in frames if not self._hits()]


class Cut(LineFault):
    """Frames of which only a beginning passes, and no end."""

    def changed(self, frames: list[bytes]) -> list[bytes]:
        return [self._cut(frame) if self._hits() else frame for frame in frames]

    def _cut(self, frame: bytes) -> bytes:
        return frame[: int(self._source.integers(1, max(2, len(frame))))]


class Duplicate(LineFault):
    """Frames that pass twice."""

    def changed(self, frames: list[bytes]) -> list[bytes]:
        return [each for frame in frames for each in ([frame] * (1 + self._hits()))]


class Reorder(LineFault):
    """Frames that pass after the one behind them."""

    def changed(self, frames: list[bytes]) -> list[bytes]:
        order = list(frames)
        for place in range(len(order) - 1):
            if self._hits():
                order[place], order[place + 1] = order[place + 1], order[place]
        return order


class FlipBits(LineFault):
    """Single bits that pass the other way."""

    def changed(self, frames: list[bytes]) -> list[bytes]:
        octets = np.frombuffer(b"".join(frames), dtype=np.uint8)
        flipped = self._source.random((octets.size, 8)) < (self._fault.bit_error_rate or 0.0)
        self.injected += int(flipped.sum())
        return [(octets ^ np.packbits(flipped, axis=1).ravel()).tobytes()]


class NoiseOctets(LineFault):
    """Octets before the first frame of whatever passes."""

    def changed(self, frames: list[bytes]) -> list[bytes]:
        number = self._fault.octets or 0
        self.injected += number
        return [self._source.bytes(number), *frames]


class Silence(LineFault):
    """Nothing passes."""

    def changed(self, frames: list[bytes]) -> list[bytes]:
        self.injected += len(frames)
        return []


class _Direction:
    """What passes one way: whole frames while a fault is in force, everything as it comes else."""

    def __init__(self, faults: Sequence[LineFault]) -> None:
        self._faults = faults
        self._begun = b""  # of a frame whose end has not come

    def passed(self, data: bytes) -> bytes:
        """Return what passes of octets."""
        active = [fault for fault in self._faults if fault.active]
        if not active:
            data, self._begun = self._begun + data, b""
            return data
        *whole, self._begun = (self._begun + data).split(_END)
        frames = [frame + _END for frame in whole]
        for fault in active:
            frames = fault.changed(frames)
        return b"".join(frames)


class FaultyLine:
    """A line around another, with faults in both directions."""

    def __init__(
        self, line: Line, to_obc: Sequence[LineFault], from_obc: Sequence[LineFault]
    ) -> None:
        """Pass everything on but for what the faults do."""
        self._line = line
        self._out, self._back = _Direction(to_obc), _Direction(from_obc)

    def write(self, data: bytes, deadline_s: float) -> bool:
        """Send what the faults leave of `data`."""
        passed = self._out.passed(data)
        return self._line.write(passed, deadline_s) if passed else True

    def read(self, deadline_s: float) -> bytes:
        """Return what the faults leave of what has arrived; empty when that is nothing in time."""
        while data := self._line.read(deadline_s):
            if passed := self._back.passed(data):
                return passed
        return b""

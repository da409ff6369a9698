"""Faults of the line, each direction by itself: on whole frames, or on octets as they pass."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

import numpy as np

from hil.faults.model import Fault
from hil.obc.place import Line

TO_OBC, FROM_OBC = "to_obc", "from_obc"
OF_THE_WIRE = (f"line {TO_OBC}", f"line {FROM_OBC}")
"""What a [[fault]] calls the bench's own line."""
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

    def go_to(self, step: int, step_s: float) -> None:
        """A control period begins."""

    def due(self) -> list[bytes]:
        """Return the frames kept back so far that pass now."""
        return []

    @property
    def late_s(self) -> float:
        """How much later than the line's own octets pass, within the control period."""
        return 0.0


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
    """Octets before the first frame that passes in a control period."""

    def __init__(self, fault: Fault, source: np.random.Generator) -> None:
        """Nothing has passed in this period yet."""
        super().__init__(fault, source)
        self._quiet = True

    def go_to(self, step: int, step_s: float) -> None:  # noqa: ARG002
        self._quiet = True

    def changed(self, frames: list[bytes]) -> list[bytes]:
        if not self._quiet:
            return frames
        self._quiet = False
        number = self._fault.octets or 0
        self.injected += number
        return [self._source.bytes(number), *frames]


class Silence(LineFault):
    """Nothing passes."""

    def changed(self, frames: list[bytes]) -> list[bytes]:
        self.injected += len(frames)
        return []


class Delay(LineFault):
    """Frames that pass later, in order: whole control periods, and the rest within one."""

    def __init__(self, fault: Fault, source: np.random.Generator) -> None:
        """Keep nothing back yet."""
        super().__init__(fault, source)
        self._kept: deque[tuple[int, bytes]] = deque()
        self._step = self._periods = 0
        self._rest_s = 0.0

    def go_to(self, step: int, step_s: float) -> None:
        delay_s = self._fault.delay_s or 0.0
        self._step, self._periods = step, int(delay_s / step_s + 1e-9)
        self._rest_s = max(0.0, delay_s - self._periods * step_s)

    def changed(self, frames: list[bytes]) -> list[bytes]:
        self.injected += len(frames)
        if not self._periods:
            return frames
        self._kept += [(self._step + self._periods, frame) for frame in frames]
        return []

    def due(self) -> list[bytes]:
        passing = []
        while self._kept and (self._kept[0][0] <= self._step or not self.active):
            passing.append(self._kept.popleft()[1])
        return passing

    @property
    def late_s(self) -> float:
        return self._rest_s if self.active else 0.0


def _by_zeros(data: bytes) -> tuple[list[bytes], bytes]:
    """Return the wire's frames, and what has no end yet."""
    *whole, begun = data.split(_END)
    return [frame + _END for frame in whole], begun


class Direction:
    """What passes one way: whole frames while a fault is in force, everything as it comes else.

    cut_up: into frames, and what has no end yet.
    """

    def __init__(
        self,
        faults: Sequence[LineFault],
        cut_up: Callable[[bytes], tuple[list[bytes], bytes]] = _by_zeros,
    ) -> None:
        self._faults, self._cut_up = faults, cut_up
        self._begun = b""  # of a frame whose end has not come

    def due(self) -> bytes:
        """Return what was kept back so far and passes now."""
        return b"".join(frame for fault in self._faults for frame in fault.due())

    def passed(self, data: bytes) -> bytes:
        """Return what passes of octets."""
        active = [fault for fault in self._faults if fault.active]
        if not active:
            data, self._begun = self._begun + data, b""
            return data
        frames, self._begun = self._cut_up(self._begun + data)
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
        self._out, self._back = Direction(to_obc), Direction(from_obc)

    def write(self, data: bytes, deadline_s: float) -> bool:
        """Send what the faults leave of `data`."""
        passed = self._out.due() + self._out.passed(data)
        return self._line.write(passed, deadline_s) if passed else True

    def read(self, deadline_s: float) -> bytes:
        """Return what the faults leave of what has arrived; empty when that is nothing in time."""
        if due := self._back.due():
            return due
        while data := self._line.read(deadline_s):
            if passed := self._back.passed(data):
                return passed
        return b""

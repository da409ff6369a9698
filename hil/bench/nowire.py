"""What stands for the bench's own line where devices' lines are all there is, or beside it."""

from __future__ import annotations

import time

from hil.bench.deck import Deck
from hil.link.events import Reply
from hil.obc.place import Line

_SLICE_S = 1e-3
_NOTHING = Reply(None, None, None, (), 0.0)


class NoWire:
    """In the place of a Driver: there is nobody to talk to, and nothing is lost."""

    frozen, stopped_s = False, 0.0

    def begin(self, deadline_s: float) -> None:
        """Begin a step."""

    def send(self, frames: bytes, deadline_s: float) -> None:
        """Send nothing."""

    def reply(self, deadline_s: float) -> Reply:
        """Return a reply in which nothing is told."""
        del deadline_s
        return _NOTHING


class ServedLine:
    """The bench's line to an OBC; while it is waited for, devices' lines are served."""

    def __init__(self, line: Line, deck: Deck) -> None:
        self._line, self._deck = line, deck

    def write(self, data: bytes, deadline_s: float) -> bool:
        """As of a Line."""
        return self._line.write(data, deadline_s)

    def read(self, deadline_s: float) -> bytes:
        """As of a Line."""
        while True:
            now_s = time.monotonic()
            data = self._line.read(min(deadline_s, now_s + _SLICE_S))
            if data or now_s >= deadline_s:
                return data
            self._deck.exchange()

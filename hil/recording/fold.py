"""Events of one kind that come too fast: the first are kept singly, the rest counted.

Those that tell of different devices are of different kinds.
"""

from __future__ import annotations

import math
import sys
from collections import Counter

from hil.recording.event import Event

KEPT_A_SECOND = 4  # of each kind, before counting begins
KINDS_A_SECOND = 256  # of one source; a babbling OBC has 65 536 codes
DEVICES_A_SECOND = 16  # of one kind that are told apart: an event's value says which device's it is
_SECOND_NS = 1_000_000_000

_Kind = tuple[str, str, int, float]


class Fold:
    """Lets the first events of a kind through in each second of the run, and counts the others.

    What the ground sends, and what fails on purpose, is let through: the rig bounds it.
    """

    def __init__(self, window_ns: int = _SECOND_NS, kept: int = KEPT_A_SECOND) -> None:
        self._window_ns, self._kept = window_ns, kept
        self._window = -1
        self._seen: Counter[_Kind] = Counter()
        self._devices: Counter[tuple[str, str, int]] = Counter()
        self._held: dict[_Kind, Event] = {}
        self.due_ns = sys.maxsize  # when counted ones are to be asked for by end()

    def add(self, event: Event) -> list[Event]:
        """Take one event; return those that are to be kept now."""
        window = event.time_ns // self._window_ns
        kept = self.end() if window != self._window else []
        self._window = window
        if event.source in ("ground", "fault"):
            return [*kept, event]
        kind = self._kind(event)
        self._seen[kind] += 1
        if self._seen[kind] <= self._kept:
            return [*kept, event]
        self._held[kind] = _joined(self._held.get(kind), event)
        self.due_ns = (window + 1) * self._window_ns
        return kept

    def end(self) -> list[Event]:
        """Return the counted ones of the second that is over."""
        held = list(self._held.values())
        self._seen.clear()
        self._devices.clear()
        self._held.clear()
        self.due_ns = sys.maxsize
        return held

    def _kind(self, event: Event) -> _Kind:
        called = (event.source, event.name, event.code)
        kind = (*called, event.value if math.isfinite(event.value) else -1.0)
        if kind not in self._seen and self._devices[called] >= DEVICES_A_SECOND:
            kind = (*called, -1.0)
        if kind not in self._seen and len(self._seen) >= KINDS_A_SECOND:
            return (event.source, "", 0, -1.0)
        self._devices[called] += kind not in self._seen
        return kind


def _joined(held: Event | None, event: Event) -> Event:
    """Return one event in place of two: from the first's time, with the last's words."""
    if held is None:
        return event
    last_ns = event.time_ns if event.last_ns is None else event.last_ns
    return event._replace(time_ns=held.time_ns, times=held.times + event.times, last_ns=last_ns)

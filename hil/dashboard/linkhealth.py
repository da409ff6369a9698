"""What went wrong on the line so far, counted from a recording as it grows."""

from __future__ import annotations

from collections import Counter

import numpy as np

from hil.dashboard.rows import Rows
from hil.recording import Event

_COMMAND = "command_wheel_torque_Nm"
_NAMES = {  # what the bench counts at the end of a run -> the word for it
    "lost_replies": "lost",
    "late_replies": "late",
    "stale_replies": "stale",
    "crc_errors": "CRC",
    "broken_frames": "broken",
    "unexpected_frames": "unexpected",
}


class LinkHealth:
    """Counts by word: from rows and events while a run goes on, then from the bench itself."""

    def __init__(self) -> None:
        self._unanswered = 0
        self._events: Counter[str] = Counter()
        self._final: dict[str, str] = {}

    def extend(self, rows: Rows) -> None:
        """Take in the next rows: a step without a command had no reply in time."""
        if _COMMAND in rows:
            first = rows[_COMMAND].reshape(len(rows), -1)[:, 0]
            self._unanswered += int(np.isnan(first).sum())

    def note(self, event: Event) -> None:
        """Take in the next event."""
        if event.source == "bench":
            self._events[event.name] += event.times

    def finish(self, counters: dict[str, str]) -> None:
        """Take what the bench itself counted, written when a run ends."""
        self._final = counters

    @property
    def counts(self) -> dict[str, int]:
        """Word -> how often, in the order of the rig's [allowed] table."""
        late = self._events["late_reply"]
        so_far = {
            "lost_replies": max(0, self._unanswered - late),
            "late_replies": late,
            "stale_replies": self._events["stale_reply"],
            "crc_errors": self._events["crc_error"],
            "broken_frames": self._events["broken_frame"],
            "unexpected_frames": self._events["unexpected_frame"],
        }
        return {word: int(self._final.get(name, so_far[name])) for name, word in _NAMES.items()}

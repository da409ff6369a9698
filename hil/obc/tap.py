"""Who wants to see what passes between the bench and an OBC."""

from __future__ import annotations

import math
from typing import Protocol


class Tap(Protocol):
    """Who wants to see every byte of both directions, and every event, at its simulated time."""

    def to_obc(self, time_ns: int, data: bytes) -> None:
        """Bytes just written to the line."""

    def from_obc(self, time_ns: int, data: bytes) -> None:
        """Bytes just read from the line."""

    def event(
        self,
        time_ns: int,
        source: str,
        name: str,
        text: str = "",
        *,
        code: int = 0,
        value: float = math.nan,
        severity: str = "info",
    ) -> None:
        """Something a reader of the recording should know: who tells it, its kind, in words.

        source: bench, obc, fault or ground. code, value: the firmware's.
        severity: debug, info, warning, error or fatal.
        """

"""What a run came to, and where its time went."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from hil.link.identity import Identity

STAGES = ("devices", "wire", "waiting", "obc", "truth", "recording")


@dataclass
class Result:
    """What a run came to; the rest stands in its recording.

    stage_s: wall time spent in each part of the loop, seconds; "obc" is from a step's bytes being
    handed over to its reply being understood.
    """

    recording: Path
    rig: str
    place: str
    description: str
    identity: Identity | None = None
    steps: int = 0
    step_s: float = 0.0
    wall_s: float = 0.0
    counters: dict[str, int] = field(default_factory=dict)
    ordinary_loop: str = ""
    """Why no step was made by compiled code, where that had been asked for."""
    ended: str = ""
    """Why it ended before its time, where the others of a fleet went on."""
    stage_s: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))


class Stopwatch:
    """Tells into which stage each stretch of time went: `lap((stage, now))` ends one.

    The loop ends some ten a step; what they come to is added up from time to time.
    """

    def __init__(self) -> None:
        self.stage_s = dict.fromkeys(STAGES, 0.0)
        self._laps: list[tuple[str, float]] = []
        self.lap = self._laps.append
        self._last_s = time.perf_counter()

    def begin(self) -> None:
        """Begin the first stretch now."""
        self._last_s = time.perf_counter()

    def add_up(self) -> None:
        """Add what was told since the last time to its stages."""
        for stage, now_s in self._laps:
            self.stage_s[stage] += now_s - self._last_s
            self._last_s = now_s
        self._laps.clear()

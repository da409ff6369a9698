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
    stage_s: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))


class Stopwatch:
    """Adds the time since the last lap to the stage that it went into."""

    def __init__(self, totals_s: dict[str, float]) -> None:
        self._totals_s = totals_s
        self._last_s = time.perf_counter()

    def lap(self, stage: str) -> None:
        """End a lap and begin the next."""
        now_s = time.perf_counter()
        self._totals_s[stage] += now_s - self._last_s
        self._last_s = now_s

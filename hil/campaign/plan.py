"""What a campaign is to be, how far it is, and what it came to."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from hil.campaign.verdicts import CampaignVerdict
from hil.campaign.work import Outcome
from hil.errors import FAULT
from hil.rig import Rig

Keep = Literal["all", "worst", "none"]


@dataclass(frozen=True)
class Plan:
    """What a campaign is to be.

    runs: how many; with until_shown at most. None: as many as there were when it is resumed.
    workers: processes of this machine; scheduler: of a dask cluster instead.
    """

    rig: Rig
    folder: Path
    runs: int | None
    obc: str = "library"
    firmware: Path | None = None
    keep: Keep = "worst"
    workers: int | None = None
    scheduler: str | None = None
    until_shown: bool = False
    resume: bool = False


@dataclass
class State:
    """How far a campaign is; progress is told by it.

    before: runs that were there when it was resumed. at_most: it may stop before total runs.
    worst: of a requirement the figure nearest to, or farthest beyond, its limit, in words.
    """

    total: int
    before: int = 0
    at_most: bool = False
    done: int = 0
    failed: int = 0
    worst: str = ""
    begin_s: float = field(default_factory=time.monotonic)
    _ratio: float = -1.0

    @property
    def rate_per_s(self) -> float:
        """Runs a second of those that were made now."""
        return (self.done - self.before) / max(time.monotonic() - self.begin_s, 1e-9)

    @property
    def left_s(self) -> float | None:
        """Seconds until the end, if all runs are made."""
        if self.done == self.before or self.at_most:
            return None
        return (self.total - self.done) / self.rate_per_s

    def take(self, outcome: Outcome, ratio: float, words: str) -> None:
        """Count an outcome; ratio: of its worst figure to the limit."""
        self.done += 1
        self.failed += not outcome["met"]
        if ratio > self._ratio:
            self._ratio, self.worst = ratio, words


@dataclass(frozen=True)
class Finished:
    """What a campaign came to: outcomes by number, verdicts on them, and why it stopped.

    manifest: the hash of the list of hashes of all files.
    """

    folder: Path
    outcomes: list[Outcome]
    verdicts: list[CampaignVerdict]
    why: str
    manifest: str
    wall_s: float
    redrawn: int
    simulated_s: float

    @property
    def exit_status(self) -> int:
        """0: requirements met; 1: missed; that of the errors when no run came to its end."""
        if self.outcomes and all("error" in each for each in self.outcomes):
            return max(int(each["exit_status"]) for each in self.outcomes)
        if any(each.get("exit_status") == FAULT for each in self.outcomes):
            return FAULT
        return 0 if all(each.met for each in self.verdicts) else 1

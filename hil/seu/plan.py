"""What an atlas is made by: the rig, the place, the moment of the flip and what counts as lost."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

from hil.errors import RigError
from hil.judge.requirements import PointingRequirement
from hil.rig import Rig

_AT_MOST_S = 200.0
_LIMIT_DEG = 1.0
_STEPS_MOST = 1e9


@dataclass(frozen=True)
class Plan:
    """at_s: when a bit is flipped; for_s: how long the run is watched after that.

    limit_deg: how far the attitude may be from that of the run without a flip. silent_s: for how
    long it may be further away while the firmware says nothing.
    """

    rig: Rig = field(repr=False)
    place: str
    at_s: float
    for_s: float
    limit_deg: float
    silent_s: float = 60.0
    firmware: Path | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.at_s) and math.isfinite(self.at_s + self.for_s)):
            raise RigError(f"--at {self.at_s:g} --for {self.for_s:g}: give times in seconds")
        if (self.at_s + self.for_s) / self.rig.step_s > _STEPS_MOST:
            raise RigError(
                f"--at {self.at_s:g} --for {self.for_s:g}: that is more than {_STEPS_MOST:g} steps"
            )
        if self.for_s <= self.silent_s:
            raise RigError(
                f"--for {self.for_s:g}: a run is to be watched for longer than the "
                f"{self.silent_s:g} s after which it is wrong without a word"
            )
        if not self.first < self.steps:
            raise RigError(f"--at {self.at_s:g} --for {self.for_s:g}: that is no control step")

    @property
    def first(self) -> int:
        """The step before whose samples a bit is flipped."""
        return round(self.at_s / self.rig.step_s)

    @property
    def steps(self) -> int:
        """The number of steps of a run."""
        return round((self.at_s + self.for_s) / self.rig.step_s)

    @property
    def watched(self) -> Rig:
        """The rig as it is run: as long as it is watched."""
        return self.rig.with_overrides(duration_s=self.steps * self.rig.step_s)


def usual_moment_s(rig: Rig) -> float:
    """Return when a bit is flipped if nobody says when: in mid-run, but not too late."""
    return min(_AT_MOST_S, round(0.5 * rig.duration_s / rig.step_s) * rig.step_s)


def usual_limit_deg(rig: Rig) -> float:
    """Return the limit of a rig's first requirement on the absolute pointing error; else 1 deg."""
    for each in rig.requirement:
        if isinstance(each, PointingRequirement) and each.index == "APE":
            limit = each.stated_limit
            return {"deg": limit.value, "arcsec": limit.value / 3600.0}.get(limit.unit, _LIMIT_DEG)
    return _LIMIT_DEG

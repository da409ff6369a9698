"""Recordings of one rig, judged: what every kind of report is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hil.diagnosis import Diagnosis, diagnose_worst
from hil.judge import LINK, Verdict, evaluate_files
from hil.judge.requirements import Requirement
from hil.report.groups import by_rig
from hil.rig import Rig


@dataclass(frozen=True)
class JudgedRig:
    """A rig, its recordings, the verdicts on them and why some are not met."""

    rig: Rig
    paths: list[Path]
    verdicts: list[Verdict]
    why: Diagnosis

    @property
    def met(self) -> bool:
        """Whether every requirement is met."""
        return all(verdict.met for verdict in self.verdicts)

    def requirement(self, verdict: Verdict) -> Requirement | None:
        """Return what a verdict is on; None for that on the line."""
        return next((each for each in self.rig.requirement if each.name == verdict.name), None)


def judged(paths: Sequence[Path], rig: Rig | None = None) -> list[JudgedRig]:
    """Judge recordings, those of one rig together; see by_rig."""
    found = []
    for own, group in by_rig(paths, rig):
        verdicts = evaluate_files(own, group)
        found.append(JudgedRig(own, group, verdicts, diagnose_worst(own, group, verdicts)))
    return found


def ids_of(requirement: Requirement | None) -> tuple[str, tuple[str, ...]]:
    """Return a requirement's id, "" if it has none, and what it verifies."""
    if requirement is None:
        return "", ()
    return requirement.id or "", requirement.verifies


def margin(verdict: Verdict) -> float:
    """Return what is left of the limit as a share of it; NaN where that has no meaning."""
    if verdict.name == LINK or not verdict.limit > 0.0 or not math.isfinite(verdict.value):
        return math.nan
    return 1.0 - verdict.value / verdict.limit


def word(verdict: Verdict) -> str:
    """Return "met", "missed" or "not judged"."""
    return "met" if verdict.met else "missed" if verdict.judged else "not judged"

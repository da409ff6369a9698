"""The panel that matters: the pointing error, its requirements, and how they fare so far."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hil.dashboard.panel import Limit, Panel
from hil.dashboard.rows import FloatArray, Rows
from hil.dashboard.scales import ARCSEC_DEG
from hil.judge import Phase, PointingFigure, Run, RunJudge, StepErrors, same_vectors
from hil.judge.errorcurve import ErrorCurve, of_knowledge, same_error
from hil.judge.pointing import Ground
from hil.judge.requirements import PointingRequirement
from hil.rig import Rig

_ANY = {"limit_deg": 180.0, "probability": 1.0, "interpretation": "temporal"}
_NADIR = PointingRequirement.model_validate(
    {"name": "nadir", "index": "APE", "axis": "attitude", "target": "nadir", **_ANY}
)
_KNOWLEDGE = PointingRequirement.model_validate(
    {"name": "knowledge", "index": "AKE", "axis": "attitude", **_ANY}
)


@dataclass
class Shown:
    """A requirement in the panel: its limit, and what is judged of it so far."""

    requirement: PointingRequirement
    limit: Limit
    judged: PointingFigure

    @property
    def phase(self) -> Phase:
        """When it applies."""
        return self.judged.phase

    @property
    def curve(self) -> int:
        """The error curve that it judges."""
        return self.limit.curve or 0

    @property
    def counted(self) -> int:
        """How many values were judged so far."""
        return self.judged.figure.count

    @property
    def share(self) -> float:
        """The share of the time within the limit so far; NaN before its phase."""
        return 1.0 - self.judged.figure.share_above if self.counted else math.nan


class PointingErrors:
    """The error curves of a rig, those of pointing before those of knowledge."""

    def __init__(self, rig: Rig | None, sizes: dict[str, int], run: Run) -> None:
        required = [each for each in _required(rig) if _has_columns(each, sizes)]
        kinds = _kinds(rig, required, sizes)
        ground = rig.ground if rig else None
        # Indices of the same error share its vectors: they are what takes the time.
        self.sources: list[StepErrors] = []
        self.curves = [
            ErrorCurve(kind, self._source(kind, ground, run.every), run.step_s) for kind in kinds
        ]
        self.unit, self.per_deg = _unit(required)
        self.shown: list[Shown] = []

    def judged_by(self, judge: RunJudge) -> None:
        """Show the limits of the requirements that are judged."""
        for requirement, reducer in zip(judge.requirements, judge.reducers, strict=True):
            if isinstance(requirement, PointingRequirement) and isinstance(reducer, PointingFigure):
                for number, curve in enumerate(self.curves):
                    if same_error(requirement, curve.kind):
                        limit = self._limit(requirement, reducer.phase, number)
                        self.shown.append(Shown(requirement, limit, reducer))
                        break

    @property
    def names(self) -> tuple[str, ...]:
        """What each curve is called."""
        kinds = [curve.kind for curve in self.curves]
        targets = {(kind.target, kind.ground) for kind in kinds if not of_knowledge(kind)}
        return tuple(_name(kind, among_many=len(targets) > 1) for kind in kinds)

    def panel(self) -> Panel | None:
        """Return the panel, or None when the recording holds no attitude."""
        if not self.curves:
            return None
        limits = tuple(each.limit for each in self.shown)
        title = "Knowledge error" if of_knowledge(self.curves[0].kind) else "Pointing error"
        return Panel("pointing", title, "error", self.unit, self.names, self.compute, limits, "log")

    def compute(self, rows: Rows) -> FloatArray:
        """Return the errors (n, curves) at the next rows."""
        with np.errstate(invalid="ignore"):
            parts = [curve.extend(curve.source.of(rows.columns)) for curve in self.curves]
        errors = np.stack(parts, axis=1)
        errors *= self.per_deg
        return errors

    def at(self, time_s: float) -> Shown | None:
        """Return the requirement that applies at an instant, the first if many do.

        Where none does, it is the one that applied last, or the first of all; what is required
        of pointing comes before what is required of knowledge.
        """
        of_pointing = [each for each in self.shown if not of_knowledge(each.requirement)]
        candidates = of_pointing or self.shown
        if not candidates:
            return None
        return max(candidates, key=lambda each: each.phase.last_at(time_s))  # the first of equals

    def _source(self, kind: PointingRequirement, ground: Ground | None, every: int) -> StepErrors:
        for source in self.sources:
            if same_vectors(source.requirement, kind):
                return source
        self.sources.append(StepErrors(kind, ground, every))
        return self.sources[-1]

    def _limit(self, requirement: PointingRequirement, phase: Phase, curve: int) -> Limit:
        stated = requirement.stated_limit
        value = math.degrees(stated.value * stated.unit_si) * self.per_deg
        text = f"{requirement.name}: {stated.value:g} {stated.unit}"
        whole = requirement.index == "APE" or curve == 0
        band = whole and not of_knowledge(requirement)
        return Limit(text, value, phase=phase, curve=curve, band=band)


def _required(rig: Rig | None) -> list[PointingRequirement]:
    every = rig.requirement if rig else ()
    return [each for each in every if isinstance(each, PointingRequirement)]


def _kinds(
    rig: Rig | None, required: list[PointingRequirement], sizes: dict[str, int]
) -> list[PointingRequirement]:
    """Return one requirement for each error to be shown."""
    kinds: list[PointingRequirement] = []
    for each in required:
        if not any(same_error(each, kind) for kind in kinds):
            kinds.append(each)
    at_nadir = rig is not None and rig.obc.mode == "nadir"
    if at_nadir and all(of_knowledge(kind) for kind in kinds) and _has_columns(_NADIR, sizes):
        kinds.append(_NADIR)
    if not any(of_knowledge(kind) for kind in kinds) and _has_columns(_KNOWLEDGE, sizes):
        kinds.append(_KNOWLEDGE)
    return sorted(kinds, key=of_knowledge)


def _has_columns(kind: PointingRequirement, sizes: dict[str, int]) -> bool:
    if of_knowledge(kind):
        told = {"truth_q_eci_from_body", "estimate_q_eci_from_body", "estimate_flags"}
        return told <= set(sizes)
    return {"truth_q_eci_from_body", "truth_position_eci_m"} <= set(sizes)


def _unit(required: list[PointingRequirement]) -> tuple[str, float]:
    """Return the unit of the axis and how many of it are a degree: as the rig states its limits."""
    pointing = [each for each in required if not of_knowledge(each)] or required
    if pointing and all(each.stated_limit.unit == "arcsec" for each in pointing):
        return "arcsec", 1.0 / ARCSEC_DEG
    return "deg", 1.0


def _name(kind: PointingRequirement, among_many: bool) -> str:
    if of_knowledge(kind):
        return "knowledge error" if kind.index == "AKE" else f"knowledge {kind.index}"
    index = "error" if kind.index == "APE" else kind.index
    if not among_many:
        return f"pointing {index}"
    place = {"nadir": "nadir", "eci": "fixed attitude", "sun": "Sun"}.get(kind.target or "")
    return f"{index} to {place or kind.ground}"

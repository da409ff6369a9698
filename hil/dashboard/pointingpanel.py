"""The panel that matters: the pointing error, its requirements, and how they fare so far."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hil.dashboard.errorcurve import ErrorCurve, ErrorKind, kind_of
from hil.dashboard.panels import Limit, Panel
from hil.dashboard.rows import FloatArray, Rows
from hil.dashboard.scales import ARCSEC_DEG
from hil.requirements import PointingRequirement
from hil.rig import Rig

_NADIR = ErrorKind("APE", "attitude", "nadir")
_KNOWLEDGE = ErrorKind("AKE", "attitude", None)


@dataclass
class Standing:
    """How a requirement fares so far: its limit, the steps that count and those that met it."""

    requirement: PointingRequirement
    limit: Limit
    counted: int = 0
    met: int = 0

    @property
    def curve(self) -> int:
        """The error curve that it judges."""
        return self.limit.curve or 0

    @property
    def share(self) -> float:
        """The share of the time within the limit so far; NaN before its phase."""
        return self.met / self.counted if self.counted else math.nan

    def count(self, time_s: FloatArray, error: FloatArray) -> None:
        """Take in the next steps (n,); an error that is not known is not within the limit."""
        phase = (time_s >= self.limit.from_s - 1e-9) & (time_s <= self.limit.to_s + 1e-9)
        self.counted += int(phase.sum())
        self.met += int((error[phase] <= self.limit.value).sum())


class PointingErrors:
    """The error curves of a rig; the first one is what the rig is about."""

    def __init__(self, rig: Rig | None, sizes: dict[str, int], step_s: float) -> None:
        required = _required(rig)
        kinds = dict.fromkeys(kind_of(each) for each in required)
        if not any(not kind.of_knowledge for kind in kinds) and _at_nadir(rig):
            kinds = {_NADIR: None, **kinds}
        if not any(kind.of_knowledge for kind in kinds):
            kinds[_KNOWLEDGE] = None
        usable = [kind for kind in kinds if _has_columns(kind, sizes)]
        ordered = sorted(usable, key=lambda kind: kind.of_knowledge)
        self._curves = [ErrorCurve(kind, step_s) for kind in ordered]
        self.unit, self._per_deg = _unit(required)
        self.standings = [
            self._standing(each, ordered.index(kind_of(each)))
            for each in required
            if kind_of(each) in ordered
        ]
        self.standings.sort(key=lambda standing: standing.curve)

    @property
    def goal(self) -> ErrorKind | None:
        """The error that the rig is about."""
        return self._curves[0].kind if self._curves else None

    def panel(self) -> Panel | None:
        """Return the panel, or None when the recording holds no attitude."""
        if not self._curves:
            return None
        names = tuple(_name(curve.kind) for curve in self._curves)
        limits = tuple(standing.limit for standing in self.standings)
        title = "Pointing error" if not self._curves[0].kind.of_knowledge else "Knowledge error"
        return Panel("pointing", title, "error", self.unit, names, self.compute, limits, "log")

    def compute(self, rows: Rows) -> FloatArray:
        """Return the errors (n, curves) at the next rows, and count them against the limits."""
        with np.errstate(invalid="ignore"):
            errors = np.stack([curve.extend(rows) for curve in self._curves], axis=1)
        errors *= self._per_deg
        for standing in self.standings:
            standing.count(rows["time_s"], errors[:, standing.curve])
        return errors

    def in_degrees(self, error: float) -> float:
        """Return an error of the panel's unit in degrees."""
        return error / self._per_deg

    def _standing(self, requirement: PointingRequirement, curve: int) -> Standing:
        stated = requirement.stated_limit
        value = math.degrees(stated.value * stated.unit_si) * self._per_deg
        text = f"{requirement.name}: {stated.value:g} {stated.unit}"
        to_s = requirement.to_s or math.inf
        return Standing(requirement, Limit(text, value, False, requirement.from_s, to_s, curve))


def _required(rig: Rig | None) -> list[PointingRequirement]:
    every = rig.requirement if rig else ()
    return [each for each in every if isinstance(each, PointingRequirement)]


def _at_nadir(rig: Rig | None) -> bool:
    return rig is not None and rig.obc.mode == "nadir"


def _has_columns(kind: ErrorKind, sizes: dict[str, int]) -> bool:
    needed = {"truth_q_eci_from_body"}
    if kind.of_knowledge:
        needed.add("estimate_q_eci_from_body")
    return needed <= set(sizes)


def _unit(required: list[PointingRequirement]) -> tuple[str, float]:
    """Return the unit of the axis and how many of it are a degree: as the rig states its limits."""
    if required and all(each.stated_limit.unit == "arcsec" for each in required):
        return "arcsec", 1.0 / ARCSEC_DEG
    return "deg", 1.0


def _name(kind: ErrorKind) -> str:
    if kind.of_knowledge:
        return "knowledge error" if kind.index == "AKE" else f"knowledge error ({kind.index})"
    return "pointing error" if kind.index == "APE" else f"pointing error ({kind.index})"

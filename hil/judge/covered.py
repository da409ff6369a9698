"""Which cells of a scan have been looked at in a run."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from hil.errors import CheckError
from hil.judge.basis import Member
from hil.judge.coverage import CoverageRequirement
from hil.judge.figure import Figure
from hil.judge.phases import Phase, Run
from hil.judge.pointing import Ground, Series, Tail
from hil.judge.rows import FloatArray, Mask, Rows
from hil.physics.ground import in_sight
from hil.physics.rotations import angle_between, apply

_ARCSEC = math.pi / 648_000.0
_NAMED = 4  # of the cells that were not covered
_FAR = 1e12  # in place of a star's distance, m


class CoverageFigure:
    """The share of cells that have not been covered, once the run is over."""

    def __init__(
        self, requirement: CoverageRequirement, ground: Ground | None, run: Run, recording: Path
    ) -> None:
        scan = None if ground is None else ground.scans.get(requirement.covers)
        if scan is None or ground is None:
            raise CheckError(f'there is no [[scan]] called "{requirement.covers}"')
        self._requirement, self._scan, self._radius_m = requirement, scan, ground.planet_radius_m
        self.phase = Phase(requirement, ground, run)
        limit = requirement.stated_limit
        member = Member(recording, run.step_s, 0, 0)
        self.figure = Figure(Tail(1.0), limit.value * limit.unit_si + 1e-9, member)
        self._places = scan.places_deg()
        self._exposures = [_Exposure(requirement, run.step_s) for _ in self._places]
        self._end_s = math.nan

    @staticmethod
    def columns(requirement: CoverageRequirement, available: frozenset[str]) -> set[str]:
        """Return the columns that it reads."""
        own = {"truth_q_eci_from_body", "truth_position_eci_m"}
        return Phase.columns(requirement, available) | own

    @property
    def met_so_far(self) -> bool | None:
        """True from when on enough cells have been covered; before that nobody knows."""
        return True if self._share_left <= self.figure.limit_si else None

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""
        applies = self.phase.extend(rows)
        self.figure.member = self.figure.member.with_steps(applies.settled, applies.asked)
        axis = apply(rows["truth_q_eci_from_body"], self._scan.boresight_body)
        place = rows["truth_position_eci_m"]
        for cell, exposure in enumerate(self._exposures):
            if not exposure.done:
                exposure.feed(self._seen(cell, axis, place) & applies.settled, axis)
        if applies.settled.any():
            self._end_s = float(rows["time_s"][applies.settled][-1])

    def finish(self) -> Figure:
        """Return the figure at the run's end; CheckError when the phase did not come."""
        self.phase.check()
        self.figure.extend(Series(np.array([self._end_s]), np.array([self._share_left])))
        self.figure.remark = self._remark()
        return self.figure

    @property
    def _share_left(self) -> float:
        return sum(not each.done for each in self._exposures) / len(self._exposures)

    def _seen(self, cell: int, axis: FloatArray, place_m: FloatArray) -> Mask:
        """At which steps (n,) the boresight is near enough, and the body not between."""
        within_rad = math.radians(self._requirement.within_deg)
        seen = np.zeros(len(axis), dtype=bool)
        away_m = self._scan.away_eci_m(cell, place_m)
        near = np.flatnonzero(angle_between(axis, away_m) <= within_rad)
        far = _FAR if self._scan.radius_m is None else 1.0
        seen[near] = in_sight(place_m[near], far * away_m[near], self._radius_m)
        return seen

    def _remark(self) -> str:
        left = [
            f"argument {a:g} latitude {b:g} deg"
            for (a, b), each in zip(self._places, self._exposures, strict=True)
            if not each.done
        ]
        covered = f"{len(self._places) - len(left)} of {len(self._places)} cells covered"
        if not left:
            return covered
        more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
        return f"{covered}; not {', '.join(left[:_NAMED])}{more}"


class _Exposure:
    """A cell: whether it has been held long enough."""

    def __init__(self, requirement: CoverageRequirement, step_s: float) -> None:
        self.done = False
        self._steps = max(1, math.ceil(requirement.exposure_s / step_s - 1e-6)) + 1
        drift = requirement.drift_arcsec
        self._drift_rad = math.inf if drift is None else drift * _ARCSEC
        self._held = 0
        self._began: FloatArray = np.zeros(3)

    def feed(self, seen: Mask, axis: FloatArray) -> None:
        """Take the steps at which it is seen (n,), and where the boresight was (n, 3)."""
        last = -1
        for at in np.flatnonzero(seen):
            gone_on = at == last + 1 and self._held > 0
            if not gone_on or float(angle_between(axis[at], self._began)) > self._drift_rad:
                self._held, self._began = 0, axis[at]
            self._held, last = self._held + 1, int(at)
            self.done = self.done or self._held >= self._steps
        if last != len(seen) - 1:
            self._held = 0

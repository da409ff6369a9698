"""When a requirement holds, step after step; judging afterwards is hil.judge' business."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hil.dashboard.rows import Rows
from hil.dashboard.scales import Range
from hil.judge.pointing import Ground
from hil.judge.requirements import Requirement

Mask = NDArray[np.bool_]
_TIME_TOLERANCE_s = 1e-9


class Phase:
    """The stretches of a run in which a requirement holds, as far as the run has come.

    spans: from and to, in seconds. Where only time matters they are known from the beginning.
    now: whether it held at each of the last rows taken in.
    """

    def __init__(
        self,
        requirement: Requirement,
        ground: Ground | None,
        modes: tuple[str, ...],
        step_s: float,
    ) -> None:
        self._requirement, self._ground = requirement, ground
        self._mode = modes.index(requirement.in_mode) if requirement.in_mode in modes else -1
        self._settling = math.ceil(requirement.settle_s / step_s - _TIME_TOLERANCE_s)
        self._fulfilled = 0  # steps in a row, up to the last one
        self._held = False  # at the last one
        self.now: Mask = np.zeros(0, dtype=bool)
        until_s = requirement.to_s or math.inf
        self.spans: list[Range] = [] if self.conditional else [(requirement.from_s, until_s)]

    @property
    def conditional(self) -> bool:
        """Whether anything but time decides."""
        each = self._requirement
        looks_up = each.while_elevation_above_deg is not None
        return bool(each.in_mode or looks_up or each.while_sunlit or each.settle_s)

    @property
    def from_s(self) -> float:
        """The earliest instant at which it can hold."""
        return self._requirement.from_s

    def at(self, time_s: float) -> bool:
        """Return whether it holds at an instant."""
        return self.last_at(time_s) == time_s

    def last_at(self, time_s: float) -> float:
        """Return the latest instant up to this one at which it held, -inf if there is none."""
        near = _TIME_TOLERANCE_s
        ends = [end for start, end in self.spans if start - near <= time_s]
        return min(time_s, max(ends) + near) if ends else -math.inf

    def extend(self, rows: Rows) -> None:
        """Take in the next rows."""
        self.now = self._settled(self._fulfils(rows))
        if self.conditional:
            self._note(rows, self.now)

    def _fulfils(self, rows: Rows) -> Mask:
        each, time_s = self._requirement, rows["time_s"]
        mask = time_s >= each.from_s - _TIME_TOLERANCE_s
        if each.to_s is not None:
            mask &= time_s <= each.to_s + _TIME_TOLERANCE_s
        if each.in_mode is not None:
            mask &= rows["estimate_mode"] == self._mode
        if each.while_elevation_above_deg is not None and self._ground is not None:
            position = rows["truth_position_eci_m"]
            elevation = self._ground.elevation_rad(each.ground or "", time_s, position)
            mask &= np.degrees(elevation) > each.while_elevation_above_deg
        if each.while_sunlit:
            mask &= rows["truth_sunlit"] > 0.5
        return np.asarray(mask)

    def _settled(self, fulfils: Mask) -> Mask:
        """Leave out the beginning of each stretch."""
        if not self._settling:
            return fulfils
        steps = np.arange(1, len(fulfils) + 1)
        broken = np.maximum.accumulate(np.where(fulfils, -self._fulfilled, steps))
        in_a_row = steps - broken
        self._fulfilled = int(in_a_row[-1])
        return np.asarray(fulfils & (in_a_row > self._settling))

    def _note(self, rows: Rows, mask: Mask) -> None:
        time_s = rows["time_s"]
        edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
        for start, end in edges.reshape(-1, 2).tolist():
            begin_s, end_s = float(time_s[start]), float(time_s[end - 1])
            if start == 0 and self.spans and self._held:
                begin_s = self.spans.pop()[0]
            self.spans.append((begin_s, end_s))
        self._held = bool(mask[-1])

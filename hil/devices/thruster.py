"""Thrusters: valves that open once for a commanded time, or not at all when it is too short."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from pydantic import Field

from hil.config import NonNegative
from hil.devices.kinds import ActuatorKind
from hil.link import messages as wire
from hil.physics.spacecraft import ThrusterModel
from hil.physics.vectors import FloatArray


class Thruster(ThrusterModel):
    """A [[thruster]] table: mechanics and valve."""

    name: str = Field(min_length=1)
    """In messages; each thruster has its own."""
    minimum_on_time_s: NonNegative = 0.0
    """A shorter command does not open the valve."""
    on_time_resolution_s: NonNegative = 0.0
    """What on-times are rounded to; 0: nothing."""


class ThrusterDrives:
    """The valves of all thrusters, each with a driver that shuts it on its own.

    An on-time longer than a control period counts as one: as real drivers do, ours guards against
    an OBC that opens a valve and then falls silent.
    """

    def __init__(self, thrusters: Sequence[Thruster], step_s: float = math.inf) -> None:
        """Begin with all valves shut; ``rejected`` counts refused values."""
        self._longest_s = step_s
        self._valves = [(t.minimum_on_time_s, t.on_time_resolution_s) for t in thrusters]
        self.on_time_s: FloatArray = np.zeros(len(self._valves))
        self.rejected = 0

    def command(self, on_time_s: Sequence[float]) -> FloatArray:
        """Return the on-times (n thrusters,), for Truth.fire, that follow from n or more commanded.

        Rounded to the valve's resolution and cut to the control period; what is shorter than its
        minimum does not open it. A NaN, infinite or negative value is counted in ``rejected`` and
        leaves that valve shut.
        """
        for i, (minimum, resolution) in enumerate(self._valves):
            wanted = on_time_s[i]
            if not (math.isfinite(wanted) and wanted >= 0.0):
                self.rejected += 1
                wanted = 0.0
            wanted = min(wanted, self._longest_s)
            if resolution > 0.0:
                wanted = math.floor(wanted / resolution + 0.5) * resolution
            self.on_time_s[i] = min(wanted, self._longest_s) if wanted >= minimum else 0.0
        return self.on_time_s


KINDS = (ActuatorKind("thruster", Thruster, wire.THRUSTER_COMMAND, "on_time_s"),)

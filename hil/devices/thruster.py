"""Thrusters: valves that open once for a commanded time, or not at all when it is too short."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from pydantic import Field

from hil.config import NonNegative
from hil.devices.drives import Drives, Fired
from hil.devices.kinds import RATE, VELOCITY, ActuatorKind, Craft, Trial, Trials
from hil.link import messages as wire
from hil.physics.spacecraft import ThrusterModel
from hil.physics.vectors import FloatArray

THRUSTER_COMMAND = wire.Message(
    "thruster_command",
    0x214,
    False,
    (
        wire.Field("step", "u32"),
        wire.Field("on_time_s", "f32", wire.THRUSTERS_MAX, "s", "how long each valve opens, once"),
    ),
    doc="Opens valves together with the command of the same step, before which it is sent; only in "
    "steps in which one is to open.",
)


class Thruster(ThrusterModel):
    """A [[thruster]] table: mechanics and valve."""

    name: str = Field(min_length=1)
    """In messages; each thruster has its own."""
    minimum_on_time_s: NonNegative = 0.0
    """A shorter command does not open the valve."""
    on_time_resolution_s: NonNegative = 0.0
    """What on-times are rounded to; 0: nothing."""


class ThrusterDrives(Drives):
    """The valves of all thrusters, each with a driver that shuts it on its own.

    An on-time longer than a control period counts as one: as real drivers do, ours guards against
    an OBC that opens a valve and then falls silent.
    """

    moves = False  # the truth shuts them

    def __init__(self, thrusters: Sequence[Thruster], step_s: float = math.inf) -> None:
        """Begin with all valves shut; ``rejected`` counts refused values."""
        self._longest_s = step_s
        self._valves = [(t.minimum_on_time_s, t.on_time_resolution_s) for t in thrusters]
        self.on_time_s: FloatArray = np.zeros(len(self._valves))
        self.rejected = 0

    def act(self, values: Sequence[float], truth: Fired) -> None:
        """Open the valves at this instant of the truth."""
        truth.fire(self.command(values))

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


def _pulses(craft: Craft, step_s: float) -> Iterator[Trial]:
    """A pulse of each thruster, against the torque that the flight software believes in."""
    for i, valve in enumerate(craft.tables("thruster")):
        open_s = max(0.5 * step_s, valve.minimum_on_time_s)
        yield Trial(valve.name, open_s, 0.0, _believed_torque_Nm(craft, i, valve), open_s)


def _believed_torque_Nm(craft: Craft, number: int, valve: Thruster) -> FloatArray:
    """By the flight software's parameters, or what the design gives where it has none."""
    own = craft.flight_software
    names = [f"thruster{number}_torque_{axis}_body_Nm" for axis in "xyz"]
    if any(name in own for name in names):
        return np.array([own.get(name, 0.0) for name in names])
    return valve.torque_body_Nm(craft.body.centre_of_mass_body_m)


def _pushes(craft: Craft, step_s: float) -> Iterator[Trial]:
    """A pulse of each thruster, against the force that the flight software believes in, if any."""
    own, valves = craft.flight_software, craft.tables("thruster")
    names = [[f"thruster{i}_force_{axis}_body_N" for axis in "xyz"] for i in range(len(valves))]
    if not any(name in own for three in names for name in three):
        return
    for valve, three in zip(valves, names, strict=True):
        open_s = max(0.5 * step_s, valve.minimum_on_time_s)
        force_N = np.array([own.get(name, 0.0) for name in three])
        yield Trial(f"{valve.name} force", open_s, 0.0, force_N, open_s)


KINDS = (
    ActuatorKind(
        heading="thruster",
        number=2,
        model=Thruster,
        command=THRUSTER_COMMAND,
        field="on_time_s",
        drives=ThrusterDrives,
        trials=Trials("thruster", RATE, _pulses, may_be_refused=True),
        pushes=Trials("thruster", VELOCITY, _pushes, unit="N s", may_be_refused=True),
    ),
)

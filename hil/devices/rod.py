"""Magnetic torque rods: current that rises in its time, a core that remembers, limits and gains."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from hil.config import Axis, Model, NonNegative, Positive
from hil.devices.drives import Drives
from hil.devices.kinds import ActuatorKind, Craft, Trial, Trials
from hil.link import messages as wire
from hil.physics.compiled import compiled
from hil.physics.records import Record, RecordArray
from hil.physics.vectors import FloatArray

IntArray = NDArray[np.int64]
_TRIED_A_m2 = 0.1  # by the phasing test


class Rod(Model):
    """A [[rod]] table: a magnetic torquer and its drive."""

    axis_body: Axis
    """Along which it makes its dipole."""
    drive_axis_body: Axis | None = None
    """Along which the drive electronics believe the rod to lie; left out, its axis."""
    dipole_max_A_m2: Positive
    """Commands beyond it are cut."""
    dipole_gain: Positive = 1.0
    """True dipole over commanded dipole."""
    dipole_resolution_A_m2: NonNegative = 0.0
    """What the drive rounds commands to; 0: nothing."""
    rise_time_constant_s: NonNegative = 0.0
    """Of the first-order approach to a new command; 0: at once."""
    remanence_A_m2: NonNegative = 0.0
    """What the core keeps when the current is gone, after any swing of twice as much."""

    @model_validator(mode="after")
    def _remembers_less_than_it_can(self) -> Rod:
        if self.remanence_A_m2 >= self.dipole_max_A_m2:
            raise ValueError(
                f"remanence_A_m2 {self.remanence_A_m2:g} must be below dipole_max_A_m2 "
                f"{self.dipole_max_A_m2:g}; of a good rod it is a hundredth of that"
            )
        return self


ROD = np.dtype(
    [
        ("share", "f8", (3,)),  # of a commanded dipole, body axes
        ("axis_body", "f8", (3,)),
        ("limit_A_m2", "f8"),
        ("resolution_A_m2", "f8"),
        ("gain", "f8"),
        ("tau_s", "f8"),
        ("remanence_A_m2", "f8"),
        ("wanted_A_m2", "f8"),
        ("current_A_m2", "f8"),
        ("play_A_m2", "f8"),
    ],
    align=True,
)


@compiled
def follow(rod: Record, current_A_m2: float) -> None:
    """Let the core follow its current, in A m2 before the gain.

    Hysteresis: the play operator (Visintin, Differential Models of Hysteresis, chapter III), a loop
    as wide as twice the remanence.
    """
    width = rod.remanence_A_m2
    rod.current_A_m2 = current_A_m2
    rod.play_A_m2 = max(current_A_m2 - width, min(current_A_m2 + width, rod.play_A_m2))


@compiled
def kept(rod: Record) -> float:
    """Return what the core remembers beside its current."""
    return rod.play_A_m2 - rod.current_A_m2 if rod.remanence_A_m2 > 0.0 else 0.0


@compiled
def want(x: float, y: float, z: float, rods: RecordArray) -> None:
    """Share a dipole among the rods, each limited and rounded; those without rise time follow."""
    for i in range(rods.size):
        rod = rods[i]
        wanted = rod.share[0] * x + rod.share[1] * y + rod.share[2] * z
        wanted = max(-rod.limit_A_m2, min(rod.limit_A_m2, wanted))
        if rod.resolution_A_m2 > 0.0:
            wanted = math.floor(wanted / rod.resolution_A_m2 + 0.5) * rod.resolution_A_m2
        rod.wanted_A_m2 = wanted
        if rod.tau_s == 0.0:
            follow(rod, wanted)


@compiled
def take_dipole(x: float, y: float, z: float, rods: RecordArray, rejected: IntArray) -> bool:
    """Share a dipole among the rods; whether it was one: no number is refused and counted."""
    if not math.isfinite(x + y + z):
        rejected[0] += 1
        return False
    want(x, y, z, rods)
    return True


@compiled
def pass_time(
    duration_s: float, rods: RecordArray, mean_body_A_m2: FloatArray, end_body_A_m2: FloatArray
) -> None:
    """Let a time pass; put the dipole's mean over it and its value at its end, (3,) each."""
    mean_body_A_m2[:] = 0.0
    end_body_A_m2[:] = 0.0
    for i in range(rods.size):
        rod = rods[i]
        mean = rod.current_A_m2
        if rod.tau_s > 0.0:
            left = math.exp(-duration_s / rod.tau_s)
            missing = rod.current_A_m2 - rod.wanted_A_m2
            mean = rod.wanted_A_m2 + missing * (1.0 - left) * rod.tau_s / duration_s
            follow(rod, rod.wanted_A_m2 + missing * left)
        remembered = kept(rod)
        for k in range(3):
            mean_body_A_m2[k] += rod.gain * (mean + remembered) * rod.axis_body[k]
            end_body_A_m2[k] += rod.gain * (rod.current_A_m2 + remembered) * rod.axis_body[k]


class RodFault(Protocol):
    """What changes the current of one rod."""

    active: bool
    place: int

    def changed(self, value: float) -> float:
        """Return the dipole in A m2, before the gain, that the rod gives instead."""


class RodDrives(Drives):
    """The drives of all rods: a dipole vector is shared among them along their drive axes.

    ``applied_body_A_m2`` (3,): mean dipole of the time that the last ``move`` covered.
    ``dipole_body_A_m2`` (3,): dipole at the end of that time. Both are refreshed in place.
    """

    def __init__(self, rods: Sequence[Rod], step_s: float = math.inf) -> None:  # noqa: ARG002
        """Start without current and demagnetised."""
        self.records = _records(rods)
        self._wanted: Sequence[float] = (0.0, 0.0, 0.0)
        self._faults: list[RodFault] = []
        self.at_once = all(rod.rise_time_constant_s == 0.0 for rod in rods)
        self.moves = not self.at_once
        self.refused: IntArray = np.zeros(1, np.int64)
        self.applied_body_A_m2: FloatArray = np.zeros(3)
        self.dipole_body_A_m2: FloatArray = np.zeros(3)

    @property
    def rejected(self) -> int:  # type: ignore[override]
        """How many commands were none."""
        return int(self.refused[0])

    @property
    def held(self) -> Mapping[str, FloatArray]:
        """The mean dipole."""
        return {"dipole_body_A_m2": self.applied_body_A_m2}

    def command(self, dipole_body_A_m2: Sequence[float]) -> FloatArray:
        """Take a commanded dipole, body frame; return ``applied_body_A_m2``, which ``move`` fills.

        Each rod is limited and rounded by itself; rods without a rise time follow at once. A NaN or
        infinite component is counted in ``rejected`` and leaves the dipole as it was.
        """
        x, y, z = dipole_body_A_m2[0], dipole_body_A_m2[1], dipole_body_A_m2[2]
        if not take_dipole(x, y, z, self.records, self.refused):
            return self.applied_body_A_m2
        self._wanted = (x, y, z)
        if self._faults:
            self._fail()
        if self.at_once:
            pass_time(0.0, self.records, self.applied_body_A_m2, self.dipole_body_A_m2)
        return self.applied_body_A_m2

    def put_between(self, fault: RodFault) -> None:
        """Have a fault change the current that a rod is driven with while it is active."""
        self._faults.append(fault)

    def refresh(self) -> None:
        """Drive the rods anew by the last command: a fault began or ended."""
        self.command(self._wanted)

    def _fail(self) -> None:
        for fault in self._faults:
            if fault.active:
                rod = self.records[fault.place]
                rod["wanted_A_m2"] = fault.changed(float(rod["wanted_A_m2"]))
                if rod["tau_s"] == 0.0:
                    follow(rod, rod["wanted_A_m2"])

    def move(self, duration_s: float) -> FloatArray:
        """Let the rods follow their command for a time; return the mean dipole (3,) over it."""
        if self.moves:
            pass_time(duration_s, self.records, self.applied_body_A_m2, self.dipole_body_A_m2)
        return self.applied_body_A_m2


def _records(rods: Sequence[Rod]) -> RecordArray:
    believed = [rod.drive_axis_body or rod.axis_body for rod in rods]
    axes = np.array(believed, dtype=float).reshape(-1, 3)
    records: RecordArray = np.zeros(len(rods), ROD)
    records["share"] = np.linalg.pinv(axes.T)  # least dipole in every rod
    for record, rod in zip(records, rods, strict=True):
        record["axis_body"], record["gain"] = rod.axis_body, rod.dipole_gain
        record["limit_A_m2"] = rod.dipole_max_A_m2
        record["resolution_A_m2"] = rod.dipole_resolution_A_m2
        record["tau_s"], record["remanence_A_m2"] = rod.rise_time_constant_s, rod.remanence_A_m2
    return records


def _dipoles(craft: Craft, _: float) -> Iterator[Trial]:
    """A dipole along each axis of the body, which the rods make together."""
    for axis in range(3 if craft.tables("rod") else 0):
        yield Trial("xyz"[axis], _TRIED_A_m2, -_TRIED_A_m2, np.eye(3)[axis], 2.0 * _TRIED_A_m2)


KINDS = (
    ActuatorKind(
        heading="rod",
        number=1,
        model=Rod,
        command=wire.COMMAND,
        field="dipole_body_A_m2",
        drives=RodDrives,
        # Rods take tens of milliseconds to reach what they are told.
        trials=Trials("rods", "rod_dipole_body_A_m2", _dipoles, steps=10, unit="A m2"),
    ),
)

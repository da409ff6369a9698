"""A sensor's measurement as one compiled function, for Python and the compiled loop alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from hil.devices.sensor import Normals, Reading, Sensor
from hil.physics.compiled import compiled
from hil.physics.records import Record, RecordArray
from hil.physics.vectors import FloatArray

Measure = Callable[[FloatArray, FloatArray, RecordArray, FloatArray, int, FloatArray], bool]
"""From a row of truth, the rods' dipole (3,), the unit's record, normals and the first that is its
own: fills the values that are shown and returns whether they are valid."""


class CompiledReading:
    """What a unit measures, by a compiled function and a record that holds all that the unit is.

    owner: the class whose ``measure`` is this reading, and nothing else. unit: array (1,) of the
    record, which holds what lasts from sample to sample too. draws: how many normals a sample
    takes. rods: the rods' dipole (3,); None: there are none. whole: the values are whole numbers.
    begin: called with the first row of truth before it is read.
    """

    def __init__(
        self,
        owner: type[Sensor],
        measure: Measure,
        unit: RecordArray,
        normals: Normals,
        draws: int,
        values: int,
        rods: FloatArray | None = None,
        *,
        whole: bool = False,
        begin: Callable[[FloatArray], None] | None = None,
    ) -> None:
        self.measure, self.unit, self.normals, self.draws = measure, unit, normals, draws
        self.whole, self.begin = whole, begin
        self._owner = owner
        self.rods = np.zeros(3) if rods is None else rods
        self.shown: FloatArray = np.zeros(values)

    def is_all_of(self, sensor: Sensor) -> bool:
        """Return whether a sensor does nothing else to measure, as one built on another may."""
        return type(sensor).measure is self._owner.measure and sensor.is_plain

    def arguments(self, row: FloatArray) -> tuple[Any, ...]:
        """Return what ``measure`` is called with to read a row of truth, but for its normals."""
        return row, self.rods, self.unit, self.normals.block, 0, self.shown


def read_all(readings: Iterable[CompiledReading], row: FloatArray) -> list[Reading]:
    """Measure once by each."""
    read: list[Reading] = []
    for each in readings:
        if each.begin is not None:
            each.begin(row)
            each.begin = None
        normals, shown = each.normals, each.shown
        if normals.following + each.draws > normals.block.size:
            normals.refill()
        i = normals.following
        normals.following = i + each.draws
        valid = bool(each.measure(row, each.rods, each.unit, normals.block, i, shown))
        values = shown.tolist()
        read.append((tuple(map(int, values) if each.whole else values), valid))
    return read


class MeasuresCompiled:
    """For a Sensor that measures by its ``compiled`` reading and nothing else."""

    compiled: CompiledReading | None

    def measure(self, row: FloatArray) -> Reading:
        """Return what the compiled function shows of a row of truth, and whether it is valid."""
        assert self.compiled is not None
        return read_all((self.compiled,), row)[0]


@compiled
def acquired(unit: Record, has_what_it_needs: bool) -> bool:
    """Count one more sample, and return whether a device that had lost what it needs can deliver.

    The unit's record has the samples that it needs in a row, and those that it has had.
    """
    if has_what_it_needs:
        unit.samples_had += 1
    else:
        unit.samples_had = 0
    return bool(unit.samples_had > unit.samples_needed)


def samples_needed(needed_s: float, rate_hz: float) -> int:
    """Return how many samples a time is, rounded up; a device begins having had them all."""
    return math.ceil(needed_s * rate_hz - 1e-9)


@compiled
def show(shown: FloatArray, x: float, y: float, z: float) -> bool:
    """Put a vector into what is shown; whether it is one."""
    shown[0], shown[1], shown[2] = x, y, z
    return x != 0.0 or y != 0.0 or z != 0.0

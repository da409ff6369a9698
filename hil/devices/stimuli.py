"""How the phasing test stimulates a sensor: made-up rows of truth with one thing changed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hil.devices.sensor import Columns, starts
from hil.physics.rotations import from_rotation_vector

Row = NDArray[np.float64]
Values = Sequence[float] | Row
Stimuli = Iterator[tuple[Row, Row]]
AXES = ("x", "y", "z")
FAR_M = 7.0e6
_TILTS_rad = (0.0, 0.25, -0.25)


class Stage:
    """Truth rows in which body and inertial axes coincide, at rest, in sunlight."""

    def __init__(self, columns: Columns) -> None:
        """Lay the rows out as the truth does."""
        self._at = starts(columns)
        self.sizes = dict(columns)
        self._row = np.zeros(sum(size for _, size in columns))
        self._set(self._row, "q_eci_from_body", (0.0, 0.0, 0.0, 1.0))
        self._set(self._row, "sunlit", (1.0,))
        if "q_eci_from_ecef" in self._at:
            self._set(self._row, "q_eci_from_ecef", (0.0, 0.0, 0.0, 1.0))

    def _set(self, row: Row, column: str, values: Values) -> None:
        row[self._at[column] : self._at[column] + len(values)] = values

    def row(self, **values: Values) -> Row:
        """Return a row with some columns changed."""
        return self.changed(self._row, **values)

    def changed(self, row: Row, **values: Values) -> Row:
        """Return a copy of a row of truth with some columns changed."""
        row = row.copy()
        for column, value in values.items():
            self._set(row, column, value)
        return row


@dataclass(frozen=True)
class Phasing:
    """How a kind of sensor is stimulated, and how what the firmware shows of it is read.

    stimuli: from a stage and the device's table to rows, each with the stimulus (n,) that it is;
    of each axis at least one, of size 1. read: the firmware's views (s, m) in units of the
    stimulus. shown: how many numbers m of a view count. offset_free: whether a constant error of
    the views is left out; stimuli then need both signs. labels: the names of the n axes. own_axis:
    whether a device is one of n that stand in a row, as wheels do, and answers to its own
    stimulus only; the axes then have the names that the devices' tables have. size, unit: what a
    stimulus of 1 is; sizes, units: the same for each axis, where axes differ. gain_most: by which
    part the answer may differ in size; what the table's scale_error_sigma_ppm lets expect (5 sigma)
    comes to it. prepare: what is done to the device before it is stimulated.
    """

    stimuli: Callable[[Stage, Any], Stimuli]
    read: Callable[[Row], Row] = np.asarray
    shown: int = 3
    offset_free: bool = True
    labels: tuple[str, ...] = AXES
    own_axis: bool = False
    size: float = 1.0
    unit: str = ""
    sizes: tuple[float, ...] = ()
    units: tuple[str, ...] = ()
    gain_most: float = 0.03
    prepare: Callable[[Any], None] | None = None

    def of_axis(self, axis: int) -> tuple[float, str]:
        """Return what a stimulus of 1 along an axis is: a number and its unit."""
        return (self.sizes[axis], self.units[axis]) if self.sizes else (self.size, self.unit)

    def response(self, stimuli: Row, views: Row) -> Row:
        """Return the matrix (m, n) by which the firmware's views (s, m) follow stimuli (s, n)."""
        known = np.hstack([stimuli, np.ones((len(stimuli), 1))]) if self.offset_free else stimuli
        solution, *_ = np.linalg.lstsq(known, self.read(views), rcond=None)
        return np.asarray(solution[: stimuli.shape[1]].T)


def of_vector(
    column: str,
    size: float,
    unit: str = "",
    gain_most: float = 0.03,
    most: Callable[[Any], float] = lambda _: math.inf,
    times: int = 1,
) -> Phasing:
    """Phasing of a sensor that shows a vector of the truth, which is made ``size`` long.

    most: of a device's table, how long it may be made for it. times: how often each stimulus is
    shown, to average the noise.
    """

    def stimuli(stage: Stage, table: object) -> Stimuli:
        part = min(1.0, most(table) / size)
        for axis in np.eye(3):
            # Somewhere above the planet; what is not asked about must be no division by zero.
            place = FAR_M * np.roll(axis, 1)
            for sign in (1.0, -1.0) * times:
                vector = sign * part * axis
                values: dict[str, Values] = {column: size * vector, "position_eci_m": place}
                yield stage.row(**values), vector

    return Phasing(stimuli, lambda views: views / size, size=size, unit=unit, gain_most=gain_most)


def of_direction(row: Callable[[Stage, Row, Row], Row]) -> Phasing:
    """Phasing of a sensor that looks along boresight_body and shows the direction to something.

    row: from a stage, that direction, and one across the boresight, to a row of truth.
    """

    def stimuli(stage: Stage, model: Any) -> Stimuli:
        middle = np.array(model.boresight_body)
        u = np.cross(middle, np.roll(middle, 1) + np.array([0.0, 0.0, 1e-3]))
        u /= np.linalg.norm(u)
        v = np.cross(middle, u)
        for a in _TILTS_rad:
            for b in _TILTS_rad:
                direction = middle + np.tan(a) * u + np.tan(b) * v
                direction /= np.linalg.norm(direction)
                yield row(stage, direction, u), direction

    return Phasing(stimuli, offset_free=False)


def facing(direction_body: Row, direction_eci: Row) -> Row:
    """Return an attitude q_eci_from_body in which a body direction lies along one of space."""
    axis = np.cross(direction_body, direction_eci)
    size = float(np.linalg.norm(axis))
    if size < 1e-9:  # along it or against it: half a turn about anything across
        axis, size = np.cross(direction_body, np.roll(direction_body, 1)), 1.0
        axis /= np.linalg.norm(axis)
    angle = np.arctan2(
        np.linalg.norm(np.cross(direction_body, direction_eci)), direction_body @ direction_eci
    )
    return np.asarray(from_rotation_vector(angle * axis / size))

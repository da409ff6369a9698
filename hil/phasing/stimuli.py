"""Worlds made up to stimulate one axis of one sensor: rows of truth with one thing changed."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from hil.devices.sensor import Columns, starts
from hil.physics.rotations import from_rotation_vector, rotation_vector

Row = NDArray[np.float64]
Values = Sequence[float] | Row
AXES = ("x", "y", "z")
_SIZES = {"gyro": 0.02, "magnetometer": 3e-5, "tachometer": 50.0, "star_tracker": 0.3}
_SPANS = {
    "gyro": "rate_body_rad_s",
    "magnetometer": "field_eci_T",
    "tachometer": "wheel_speed_rad_s",
    "coarse_sun_sensor": "sun_eci",
}
_FAR_M = 7.0e6
_TILTS_RAD = (0.0, 0.25, -0.25)

PHASED = (*_SPANS, "star_tracker", "fine_sun_sensor", "horizon_sensor", "gps")
"""Kinds of sensors that have a sign to get wrong."""


class Stage:
    """Truth rows in which body and inertial axes coincide, at rest, in sunlight."""

    def __init__(self, columns: Columns) -> None:
        self._at = starts(columns)
        self._sizes = dict(columns)
        self._row = np.zeros(sum(size for _, size in columns))
        self._set(self._row, "q_eci_from_body", (0.0, 0.0, 0.0, 1.0))
        self._set(self._row, "sunlit", (1.0,))
        if "q_eci_from_ecef" in self._at:
            self._set(self._row, "q_eci_from_ecef", (0.0, 0.0, 0.0, 1.0))

    def _set(self, row: Row, column: str, values: Values) -> None:
        row[self._at[column] : self._at[column] + len(values)] = values

    def _with(self, **values: Values) -> Row:
        row = self._row.copy()
        for column, value in values.items():
            self._set(row, column, value)
        return row

    def stimuli(self, kind: str, boresight: Sequence[float] | None) -> Iterator[tuple[Row, Row]]:
        """Rows to show a sensor, each with the unit stimulus (n,) that it is.

        boresight: where the sensor looks, body axes; None for one that has no direction.
        """
        if kind in ("fine_sun_sensor", "horizon_sensor"):
            yield from self._directions(kind, boresight)
        elif kind == "star_tracker":
            yield from self._turns(np.array(boresight))
        elif kind == "gps":
            for unit in np.eye(3):
                # The antenna towards the zenith: elsewhere it would hear no satellites.
                facing = _facing(np.array(boresight), unit)
                yield self._with(position_eci_m=_FAR_M * unit, q_eci_from_body=facing), unit
        else:
            yield from self._signed(kind)

    def _signed(self, kind: str) -> Iterator[tuple[Row, Row]]:
        count = self._sizes["wheel_speed_rad_s"] if kind == "tachometer" else 3
        for unit in np.eye(count):
            for sign in (1.0, -1.0):
                size = sign * _SIZES.get(kind, 1.0)
                yield self._with(**{_SPANS[kind]: size * unit}, **self._looking(unit)), sign * unit

    def _looking(self, unit: Row) -> dict[str, Row]:
        # Somewhere above the planet; whatever is not asked about must not be a division by zero.
        across = np.roll(unit[:3], 1)
        return {"position_eci_m": _FAR_M * across} if len(unit) == 3 else {}

    def _turns(self, boresight: Row) -> Iterator[tuple[Row, Row]]:
        # The planet behind the tracker, the Sun across: neither blinds it, however it is turned.
        across = np.cross(boresight, np.roll(boresight, 1))
        across /= np.linalg.norm(across)
        for unit in np.eye(3):
            for sign in (1.0, -1.0):
                turn = sign * _SIZES["star_tracker"] * unit
                yield (
                    self._with(
                        q_eci_from_body=from_rotation_vector(turn),
                        position_eci_m=_FAR_M * boresight,
                        sun_eci=across,
                    ),
                    sign * unit,
                )

    def _directions(
        self, kind: str, boresight: Sequence[float] | None
    ) -> Iterator[tuple[Row, Row]]:
        middle = np.array(boresight if boresight is not None else (0.0, 0.0, 1.0))
        u = np.cross(middle, np.roll(middle, 1) + np.array([0.0, 0.0, 1e-3]))
        u /= np.linalg.norm(u)
        v = np.cross(middle, u)
        for a in _TILTS_RAD:
            for b in _TILTS_RAD:
                direction = middle + np.tan(a) * u + np.tan(b) * v
                direction /= np.linalg.norm(direction)
                if kind == "horizon_sensor":
                    yield self._with(position_eci_m=-_FAR_M * direction), direction
                else:
                    yield self._with(sun_eci=direction, position_eci_m=_FAR_M * u), direction


def _facing(direction_body: Row, direction_eci: Row) -> Row:
    """An attitude in which a direction of the body lies along one of space."""
    axis = np.cross(direction_body, direction_eci)
    size = float(np.linalg.norm(axis))
    if size < 1e-9:  # along it or against it: half a turn about anything across
        axis, size = np.cross(direction_body, np.roll(direction_body, 1)), 1.0
        axis /= np.linalg.norm(axis)
    angle = np.arctan2(
        np.linalg.norm(np.cross(direction_body, direction_eci)), direction_body @ direction_eci
    )
    return np.asarray(from_rotation_vector(angle * axis / size))


def response(kind: str, stimuli: Row, views: Row) -> Row:
    """The matrix (m, n) by which the firmware's views (s, m) follow the stimuli (s, n).

    Views are taken in units of the stimulus; a constant error is left out where signs alternate.
    """
    if kind == "star_tracker":
        views = rotation_vector(views) / _SIZES[kind]
    elif kind in _SIZES:
        views = views / _SIZES[kind]
    elif kind == "gps":
        views = views[:, :3] / _FAR_M
    directional = kind in ("fine_sun_sensor", "horizon_sensor", "gps")
    known = stimuli if directional else np.hstack([stimuli, np.ones((len(stimuli), 1))])
    solution, *_ = np.linalg.lstsq(known, views, rcond=None)
    return np.asarray(solution[: stimuli.shape[1]].T)

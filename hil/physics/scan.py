"""A pattern of directions that a spacecraft looks at one after the other."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from hil.config import Axis, Model, NonNegative, Positive
from hil.physics.orbit import Angle
from hil.physics.rotations import from_matrix, multiply
from hil.physics.vectors import FloatArray

_CELLS_MOST = 10_000
_LOOKED_AT = 0.75  # the part of a cell's time at which its direction is exact


class Scan(Model):
    """A belt about the body that is orbited, in cells.

    inclination_deg, raan_deg: of the belt's plane, as of an orbit's. argument_deg, latitude_deg:
    from where to where it is scanned, along the plane from its ascending node and across it.
    cell_deg: the most that a cell is wide. radius_m: of the belt; if not given, as far as stars.
    at_s: when the OBC is told the attitude of the first cell; if not given, the bench tells of none
    and the firmware has a pattern of its own. every_s: how long each has. boresight_body: what
    looks.
    """

    name: Annotated[str, Field(min_length=1)]
    inclination_deg: Annotated[float, Field(ge=0.0, le=180.0)]
    raan_deg: Angle
    argument_deg: tuple[float, float]
    latitude_deg: tuple[float, float]
    cell_deg: Positive
    radius_m: Positive | None = None
    at_s: NonNegative | None = None
    every_s: Positive | None = None
    boresight_body: Axis = (0.0, 0.0, 1.0)

    @property
    def end_s(self) -> float:
        """When the last cell has had its time."""
        return (self.at_s or 0.0) + len(self.places_deg()) * (self.every_s or 0.0)

    def places_deg(self) -> FloatArray:
        """Argument and latitude (n, 2) of the cells' middles, row by row, there and back."""
        along, across = (
            _middles(*span, self.cell_deg) for span in (self.argument_deg, self.latitude_deg)
        )
        rows = [(along if row % 2 == 0 else along[::-1], b) for row, b in enumerate(across)]
        return np.array([(a, b) for arguments, b in rows for a in arguments])

    def away_eci_m(self, cell: int, position_eci_m: FloatArray) -> FloatArray:
        """From positions (n, 3) to a cell's middle (n, 3), ECI, m; to one far away unit."""
        middle = self._middles_eci()[cell]
        if self.radius_m is None:
            return np.tile(middle, (len(position_eci_m), 1))
        return np.asarray(self.radius_m * middle - position_eci_m)

    def looked_at_s(self) -> FloatArray:
        """Times (n,) for which the attitudes are that the OBC is told."""
        number = np.arange(len(self.places_deg()))
        return np.asarray((self.at_s or 0.0) + (number + _LOOKED_AT) * (self.every_s or 0.0))

    def attitude(self, number: int, position_eci_m: FloatArray) -> FloatArray:
        """Quaternion (4,), ECI from body: the boresight at a cell, the body's y across the belt."""
        ahead = self.away_eci_m(number, position_eci_m[None])[0]
        ahead /= np.linalg.norm(ahead)
        along = np.cross(self._axes()[2], ahead)
        along /= np.linalg.norm(along)
        eci_from_look = np.stack([along, np.cross(ahead, along), ahead], axis=1)
        return multiply(from_matrix(eci_from_look), _look_from_body(self.boresight_body))

    def _middles_eci(self) -> FloatArray:
        x, y, pole = self._axes()
        a, b = np.radians(self.places_deg()).T[:, :, None]
        return np.asarray(np.cos(b) * (np.cos(a) * x + np.sin(a) * y) + np.sin(b) * pole)

    def _axes(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Towards the ascending node, 90 degrees on in the plane, and the pole, ECI."""
        node, tilt = math.radians(self.raan_deg), math.radians(self.inclination_deg)
        x = np.array([math.cos(node), math.sin(node), 0.0])
        pole = np.array(
            [math.sin(tilt) * x[1], -math.sin(tilt) * x[0], math.cos(tilt)],
        )
        return x, np.cross(pole, x), pole

    @model_validator(mode="after")
    def _has_cells(self) -> Scan:
        for key in ("argument_deg", "latitude_deg"):
            first, last = getattr(self, key)
            if not first < last:
                raise ValueError(f"{key} = [{first:g}, {last:g}]: the second must be larger")
        if not -90.0 < self.latitude_deg[0] < self.latitude_deg[1] < 90.0:
            raise ValueError("latitude_deg must lie between -90 and 90")
        if self.argument_deg[1] - self.argument_deg[0] > 360.0:
            raise ValueError("argument_deg must not go round more than once")
        cells = math.prod(
            math.ceil((b - a) / self.cell_deg) for a, b in (self.argument_deg, self.latitude_deg)
        )
        if cells > _CELLS_MOST:
            raise ValueError(f"has {cells} cells, more than {_CELLS_MOST}: raise cell_deg")
        return self

    @model_validator(mode="after")
    def _is_told_at_a_pace(self) -> Scan:
        if (self.at_s is None) != (self.every_s is None):
            raise ValueError("at_s and every_s belong together: give both or neither")
        return self


def _middles(first: float, last: float, width: float) -> FloatArray:
    n = max(1, math.ceil((last - first) / width - 1e-9))
    return np.asarray(first + (np.arange(n) + 0.5) * (last - first) / n)


def _look_from_body(boresight_body: Axis) -> FloatArray:
    """The shortest turn (4,) that takes the boresight to z."""
    x, y, z = boresight_body
    q = np.array([y, -x, 0.0, 1.0 + z]) if z > -1.0 + 1e-9 else np.array([1.0, 0.0, 0.0, 0.0])
    return np.asarray(q / np.linalg.norm(q))

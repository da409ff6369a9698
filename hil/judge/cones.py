"""Cones that an axis of the body stays out of, or in: how far into the wrong side it comes."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from hil.config import Axis
from hil.errors import CheckError
from hil.judge.pointing import Ground
from hil.judge.required import Always, Limit
from hil.judge.rows import FloatArray, Rows
from hil.physics.rotations import angle_between, apply

_Angle = Annotated[float, Field(gt=0.0, lt=180.0)]
_NEEDED = {
    "sun": {"truth_sun_eci"},
    "moon": {"truth_third_body_eci"},
    "limb": {"truth_position_eci_m"},
    "velocity": {"truth_velocity_eci_m_s"},
}


class ConeRequirement(Always):
    """An axis of the body stays out of a cone, or in one, at every step, by truth.

    cone: about the Sun, the Moon (in orbit about the Moon: the Earth), the way that the spacecraft
    flies, or the planet, from whose limb the angle counts then. outside_deg: the least angle from
    it. inside_deg: the most. boresight_body: the axis.
    """

    cone: Literal["sun", "moon", "limb", "velocity"]
    outside_deg: _Angle | None = None
    inside_deg: _Angle | None = None
    boresight_body: Axis = (0.0, 0.0, 1.0)

    @property
    def stated_limit(self) -> Limit:
        """No way into the wrong side."""
        return Limit(0.0, "deg", math.pi / 180.0)

    @property
    def words(self) -> str:
        """What is judged, in words."""
        side = "within" if self.outside_deg is not None else "beyond"
        angle = self.outside_deg or self.inside_deg or 0.0
        what = {"limb": "the limb", "velocity": "the velocity"}.get(self.cone, f"the {self.cone}")
        return f"angle {side} {angle:g} deg of {what}"

    @staticmethod
    def columns(requirement: ConeRequirement) -> set[str]:
        """Return the columns that it reads."""
        return {"truth_q_eci_from_body", *_NEEDED[requirement.cone]}

    def intrusion_rad(self, rows: Rows, ground: Ground | None) -> FloatArray:
        """Return how far (n,) the axis is on the wrong side; negative on the right one."""
        axis = apply(rows["truth_q_eci_from_body"], self.boresight_body)
        angle = angle_between(axis, self._direction(rows))
        if self.cone == "limb":
            if ground is None:
                raise CheckError("the requirement does not say which body's limb is meant")
            distance = np.linalg.norm(rows["truth_position_eci_m"], axis=1)
            angle = angle - np.arcsin(np.minimum(1.0, ground.planet_radius_m / distance))
        if self.outside_deg is not None:
            return np.asarray(math.radians(self.outside_deg) - angle)
        return np.asarray(angle - math.radians(self.inside_deg or 0.0))

    def _direction(self, rows: Rows) -> FloatArray:
        (column,) = _NEEDED[self.cone]
        towards = rows[column]
        return -towards if self.cone == "limb" else towards

    @model_validator(mode="after")
    def _has_one_side(self) -> ConeRequirement:
        if (self.outside_deg is None) == (self.inside_deg is None):
            raise ValueError("give outside_deg or inside_deg, one of them")
        return self

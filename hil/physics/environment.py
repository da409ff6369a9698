"""Which parts of the world act on the spacecraft."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from hil.physics.constants import CentralBody
from hil.physics.magnetic import MAX_DEGREE
from hil.physics.records import WORLD, RecordArray, records
from hil.physics.spacecraft import Model


class Environment(Model):
    """Switches and figures of the environment."""

    gravity_degree: Literal[0, 2, 3, 4, 5, 6] = 2
    gravity_gradient: bool = True
    magnetic_field: bool = True
    magnetic_field_degree: Annotated[int, Field(ge=1, le=MAX_DEGREE)] = MAX_DEGREE
    precession_nutation: bool = True  # false: the pole is ECI z, as in simulators that fix it there
    ut1_minus_utc_s: Annotated[float, Field(gt=-1.0, lt=1.0)] = (
        0.0  # 1 s turns the Earth by 15 arcsec
    )

    def record(self, body: CentralBody) -> RecordArray:
        """The WORLD record, shape (1,), around a central body."""
        record = records(WORLD)
        record["mu_m3_s2"], record["radius_m"] = body.mu_m3_s2, body.radius_m
        kept = max(0, self.gravity_degree - 1)
        record["zonals"][0, :kept] = body.zonals[:kept]
        record["gravity_gradient"] = self.gravity_gradient
        return record

"""Which parts of the world act on the spacecraft."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from hil.config import Fraction, Model, Positive
from hil.physics.constants import (
    EARTH,
    MOON,
    ASTRONOMICAL_UNIT_m,
    CentralBody,
    SOLAR_PRESSURE_N_m2,
    SUN_MU_m3_s2,
)
from hil.physics.magnetic import MAX_DEGREE
from hil.physics.records import PLANET, RecordArray, records


class Environment(Model):
    """Switches and figures of the environment; the default is all that needs no more data."""

    gravity_degree: Literal[0, 2, 3, 4, 5, 6] = 6
    """Highest degree of the central body's field; 0: a point mass."""
    gravity_gradient: bool = True
    """Torque of the central body's pull on the inertia."""
    third_bodies: bool = True
    """Pull of Sun and Moon (about the Moon: of Sun and Earth)."""
    magnetic_field: bool = True
    """The Earth's; about the Moon there is none."""
    magnetic_field_degree: Annotated[int, Field(ge=1, le=MAX_DEGREE)] = MAX_DEGREE
    """Highest degree of the IGRF that is used."""
    magnetic_field_node_s: Annotated[float, Field(ge=0.0, le=60.0)] = 0.0
    """0: the field is computed at every step; else linear between nodes so far apart, within node^2
    x 0.1 nT/s^2."""
    precession_nutation: bool = True
    """false: the pole is ECI z, as in simulators that fix it there."""
    ut1_minus_utc_s: Annotated[float, Field(gt=-1.0, lt=1.0)] = 0.0
    """1 s turns the Earth by 15 arcsec."""
    solar_pressure: bool = True
    """Push of sunlight on the faces."""
    albedo: Fraction = 0.0
    """Part of the sunlight that the central body reflects onto sun sensors and faces."""
    density: Literal["none", "exponential", "nrlmsis"] = "exponential"
    """Of the air: none, of height alone, or NRLMSIS, which needs the three keys below."""
    surface_pressure_hPa: Annotated[float, Field(ge=0.0, le=1100.0)] = 0.0
    """At sea level: air bends the light of `apparent` targets on the ground. 1013.25 is usual; 0:
    it bends none."""
    f107: Positive | None = None
    """Solar radio flux, 1e-22 W/m^2/Hz."""
    f107_average: Positive | None = None
    """Of 81 days, same unit."""
    ap: Annotated[float, Field(ge=0.0, le=400.0)] | None = None
    """Geomagnetic index."""

    @model_validator(mode="after")
    def _knows_the_space_weather(self) -> Environment:
        given = [name for name in ("f107", "f107_average", "ap") if getattr(self, name) is not None]
        if self.density == "nrlmsis" and len(given) < 3:
            raise ValueError(
                'density = "nrlmsis" needs f107, f107_average and ap (nothing is downloaded); '
                "for a quiet middling Sun use 130.0, 130.0 and 7.0"
            )
        if self.density != "nrlmsis" and given:
            raise ValueError(f'{given[0]} is only used with density = "nrlmsis"')
        return self

    def record(self, body: CentralBody) -> RecordArray:
        """The PLANET record, shape (1,), of a central body with what is switched on."""
        record = records(PLANET)
        record["mu_m3_s2"], record["radius_m"] = body.mu_m3_s2, body.radius_m
        record["flattening"] = body.flattening
        kept = max(0, self.gravity_degree - 1)
        record["zonals"][0, :kept] = body.zonals[:kept]
        if kept:
            record["c22"], record["s22"] = body.c22, body.s22
        record["gravity_gradient"] = self.gravity_gradient
        third = EARTH if body.name == "moon" else MOON
        record["third_radius_m"] = third.radius_m
        if self.third_bodies:
            record["sun_mu_m3_s2"], record["third_mu_m3_s2"] = SUN_MU_m3_s2, third.mu_m3_s2
        if self.solar_pressure:
            record["sun_pressure_m4"] = SOLAR_PRESSURE_N_m2 * ASTRONOMICAL_UNIT_m**2
        record["albedo"] = self.albedo
        return record

    def node_steps(self, step_s: float) -> int:
        """How many integration steps lie between two nodes of the field; 0 for none.

        Raises ValueError when the node interval is no whole number of steps.
        """
        steps = self.magnetic_field_node_s / step_s
        if abs(steps - round(steps)) > 1e-6:
            raise ValueError(
                f"magnetic_field_node_s {self.magnetic_field_node_s:g} is not a whole number of "
                f"integration steps of {step_s:g} s"
            )
        return round(steps)

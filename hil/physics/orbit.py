"""Where a run starts: epoch and orbit, from elements, a state vector or two-line elements."""

from __future__ import annotations

import math
from datetime import UTC
from typing import Annotated, Literal

import numpy as np
from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from hil.config import Model
from hil.physics.constants import CENTRAL_BODIES, CentralBody
from hil.physics.magnetic import field_span
from hil.physics.tle import Sgp4Orbit, TwoLines
from hil.physics.vectors import FloatArray, Vector


def _in_utc(epoch: AwareDatetime) -> AwareDatetime:
    return epoch.astimezone(UTC)


Epoch = Annotated[AwareDatetime, AfterValidator(_in_utc)]
_ELEMENTS = ("semi_major_axis_m", "eccentricity", "inclination_deg", "raan_deg")
_ANGLES = ("argument_of_perigee_deg", "true_anomaly_deg")
_STATE = ("position_eci_m", "velocity_eci_m_s")
_TLE = ("tle",)


class InitialOrbit(Model):
    """Elements, a state vector or two-line elements, about Earth or Moon, in ECI axes.

    Elements osculate at the epoch. With ``propagator = "sgp4"`` the orbit stays that of the
    two-line elements; otherwise they only give the state at the epoch.
    """

    epoch_utc: Epoch
    central_body: Literal["earth", "moon"] = "earth"
    semi_major_axis_m: float | None = Field(default=None, gt=0.0)
    eccentricity: float | None = Field(default=None, ge=0.0, lt=1.0)
    inclination_deg: float | None = Field(default=None, ge=0.0, le=180.0)
    raan_deg: float | None = None
    argument_of_perigee_deg: float | None = None
    true_anomaly_deg: float | None = None
    position_eci_m: Vector | None = None
    velocity_eci_m_s: Vector | None = None
    tle: TwoLines | None = None
    propagator: Literal["numerical", "sgp4"] = "numerical"

    @property
    def body(self) -> CentralBody:
        """The body that is orbited."""
        return CENTRAL_BODIES[self.central_body]

    def state(self) -> tuple[FloatArray, FloatArray]:
        """Position in m and velocity in m/s at the epoch, ECI axes, from the body's centre."""
        if self.tle is not None:
            return Sgp4Orbit(self.tle, self.epoch_utc).state(0.0)
        if self.position_eci_m is not None:
            return np.array(self.position_eci_m), np.array(self.velocity_eci_m_s)
        angles = [math.radians(getattr(self, name)) for name in (*_ELEMENTS[2:], *_ANGLES)]
        a, e = self.semi_major_axis_m or 0.0, self.eccentricity or 0.0
        return state_from_elements(self.body.mu_m3_s2, a, e, *angles)

    @model_validator(mode="after")
    def _says_where_once(self) -> InitialOrbit:
        ways = {
            "elements": _ELEMENTS + _ANGLES,
            "a state vector": _STATE,
            "two-line elements": _TLE,
        }
        given = {
            way: [name for name in names if getattr(self, name) is not None]
            for way, names in ways.items()
        }
        used = [way for way, names in given.items() if names]
        if len(used) > 1:
            raise ValueError(f"give {used[0]} or {used[1]}, not both ({given[used[1]][0]})")
        way = used[0] if used else "elements"
        missing = [name for name in ways[way] if name not in given[way]]
        if missing:
            raise ValueError(f"the orbit is incomplete: {', '.join(missing)} missing")
        return self

    @model_validator(mode="after")
    def _has_two_lines_for_sgp4(self) -> InitialOrbit:
        if self.propagator == "sgp4" and self.tle is None:
            raise ValueError('propagator = "sgp4" needs tle = ["1 ...", "2 ..."]')
        if self.tle is not None and self.central_body != "earth":
            raise ValueError(f"tle is about the earth, not about the {self.central_body}")
        return self

    @model_validator(mode="after")
    def _stays_above_the_surface(self) -> InitialOrbit:
        perigee_m = periapsis_m(self.body.mu_m3_s2, *self.state())
        height_km = (perigee_m - self.body.radius_m) / 1e3
        if height_km < 0.0:
            raise ValueError(
                f"the orbit's lowest point is {-height_km:.1f} km below the surface of the "
                f"{self.central_body} (radius {self.body.radius_m / 1e3:.1f} km): raise the "
                "semi-major axis or lower the eccentricity"
            )
        return self

    @model_validator(mode="after")
    def _is_inside_the_field_model(self) -> InitialOrbit:
        first, last = field_span()
        if self.central_body == "earth" and not first <= self.epoch_utc < last:
            raise ValueError(
                f"epoch_utc {self.epoch_utc:%Y-%m-%d} is outside IGRF-14, which covers "
                f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
            )
        return self


def state_from_elements(
    mu_m3_s2: float, a_m: float, e: float, i: float, raan: float, argp: float, nu: float
) -> tuple[FloatArray, FloatArray]:
    """Position (3,) m and velocity (3,) m/s from osculating elements, angles in radians.

    Vallado, Fundamentals of Astrodynamics, algorithm 10.
    """
    p = a_m * (1.0 - e * e)
    r = p / (1.0 + e * math.cos(nu))
    speed = math.sqrt(mu_m3_s2 / p)
    node = np.array([math.cos(raan), math.sin(raan), 0.0])
    across = np.array(
        [-math.sin(raan) * math.cos(i), math.cos(raan) * math.cos(i), math.sin(i)]
    )  # in the orbit's plane, 90 degrees past the node
    towards_perigee = math.cos(argp) * node + math.sin(argp) * across
    ahead_of_perigee = math.cos(argp) * across - math.sin(argp) * node
    position = r * (math.cos(nu) * towards_perigee + math.sin(nu) * ahead_of_perigee)
    velocity = speed * (-math.sin(nu) * towards_perigee + (e + math.cos(nu)) * ahead_of_perigee)
    return position, velocity


def periapsis_m(mu_m3_s2: float, position_m: FloatArray, velocity_m_s: FloatArray) -> float:
    """Distance of the osculating conic's lowest point from the centre, in m."""
    r = float(np.linalg.norm(position_m))
    momentum = np.cross(position_m, velocity_m_s)
    semi_latus_rectum = float(momentum @ momentum) / mu_m3_s2
    e = np.linalg.norm(np.cross(velocity_m_s, momentum) / mu_m3_s2 - position_m / r)
    return semi_latus_rectum / (1.0 + float(e))

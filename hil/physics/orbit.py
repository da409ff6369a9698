"""Where a run starts: epoch and orbit, from elements, a state vector or mean elements."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from hil.config import Model
from hil.physics.constants import CENTRAL_BODIES, CentralBody
from hil.physics.epoch import Epoch
from hil.physics.omm import OrbitMessage
from hil.physics.sky import EARTH_SPIN_rad_s
from hil.physics.tle import MeanElements, Sgp4Orbit, TwoLines
from hil.physics.vectors import FloatArray, Vector

Angle = Annotated[float, Field(ge=-360.0, le=360.0)]
_FARTHEST_m = 1.5e9  # where the Sun's pull takes over from the Earth's (Hill sphere)
_FASTEST_m_s = 2e4
_ELEMENTS = ("semi_major_axis_m", "eccentricity", "inclination_deg", "raan_deg")
_ANGLES = ("argument_of_perigee_deg", "true_anomaly_deg")
_STATE = ("position_eci_m", "velocity_eci_m_s")
_WAYS = {
    "elements": _ELEMENTS + _ANGLES,
    "a state vector": _STATE,
    "two-line elements": ("tle",),
    "an orbit message": ("omm",),
}


class InitialOrbit(Model):
    """Elements, a state vector or mean elements, about Earth or Moon, in ECI axes.

    Elements osculate at the epoch. Mean elements are two lines (tle) or an orbit message (omm; in
    a rig's file its path). With ``propagator = "sgp4"`` the orbit stays theirs; otherwise they only
    give the state at the epoch.
    """

    epoch_utc: Epoch
    central_body: Literal["earth", "moon"] = "earth"
    semi_major_axis_m: float | None = Field(default=None, ge=1.0, le=_FARTHEST_m)
    eccentricity: float | None = Field(default=None, ge=0.0, lt=1.0)
    inclination_deg: float | None = Field(default=None, ge=0.0, le=180.0)
    raan_deg: Angle | None = None
    argument_of_perigee_deg: Angle | None = None
    true_anomaly_deg: Angle | None = None
    position_eci_m: Vector | None = None
    velocity_eci_m_s: Vector | None = None
    tle: TwoLines | None = None
    omm: OrbitMessage | None = None
    propagator: Literal["numerical", "sgp4"] = "numerical"

    @property
    def body(self) -> CentralBody:
        """The body that is orbited."""
        return CENTRAL_BODIES[self.central_body]

    @property
    def mean_elements(self) -> MeanElements | None:
        """Two lines or an orbit message, where the orbit is said so."""
        return self.tle or self.omm

    @property
    def lowest_height_m(self) -> float:
        """Height of the osculating conic's lowest point above the body's radius."""
        return periapsis_m(self.body.mu_m3_s2, *self.state()) - self.body.radius_m

    def state(self) -> tuple[FloatArray, FloatArray]:
        """Position in m and velocity in m/s at the epoch, ECI axes, from the body's centre."""
        if self.mean_elements is not None:
            return Sgp4Orbit(self.mean_elements, self.epoch_utc).state(0.0)
        if self.position_eci_m is not None:
            return np.array(self.position_eci_m), np.array(self.velocity_eci_m_s)
        angles = [math.radians(getattr(self, name)) for name in (*_ELEMENTS[2:], *_ANGLES)]
        a, e = self.semi_major_axis_m or 0.0, self.eccentricity or 0.0
        return state_from_elements(self.body.mu_m3_s2, a, e, *angles)

    @model_validator(mode="after")
    def _says_where_once(self) -> InitialOrbit:
        given = {
            way: [name for name in names if getattr(self, name) is not None]
            for way, names in _WAYS.items()
        }
        used = [way for way, names in given.items() if names]
        if len(used) > 1:
            raise ValueError(f"give {used[0]} or {used[1]}, not both ({given[used[1]][0]})")
        way = used[0] if used else "elements"
        missing = [name for name in _WAYS[way] if name not in given[way]]
        if missing:
            raise ValueError(f"the orbit is incomplete: {', '.join(missing)} missing")
        return self

    @model_validator(mode="after")
    def _has_mean_elements_for_sgp4(self) -> InitialOrbit:
        if self.propagator == "sgp4" and self.mean_elements is None:
            raise ValueError('propagator = "sgp4" needs tle = ["1 ...", "2 ..."] or omm = "FILE"')
        if self.mean_elements is not None and self.central_body != "earth":
            key = "omm" if self.tle is None else "tle"
            raise ValueError(f"{key} is about the earth, not about the {self.central_body}")
        return self

    @model_validator(mode="after")
    def _stays_above_the_surface(self) -> InitialOrbit:
        position, velocity = self.state()
        self._check_state(position)
        lowest_m = periapsis_m(self.body.mu_m3_s2, position, velocity)
        height_km = (lowest_m - self.body.radius_m) / 1e3
        if not math.isfinite(height_km):
            raise ValueError("its numbers are too large for an orbit")
        if not height_km >= 0.0:
            cure = "raise the semi-major axis or lower the eccentricity"
            if self.position_eci_m is not None:
                cure = self._other_reading()
            raise ValueError(
                f"the orbit's lowest point is {-height_km:.1f} km below the surface of the "
                f"{self.central_body} (radius {self.body.radius_m / 1e3:.1f} km): {cure}"
            )
        self._check_closed(math.hypot(*position), math.hypot(*velocity))
        self._check_near(math.hypot(*position), math.hypot(*velocity), lowest_m)
        return self

    def _check_closed(self, r: float, v: float) -> None:
        escape_m_s = _escape_m_s(self.body, r)
        if v >= escape_m_s:
            cure = "" if self.position_eci_m is None else f"; {self._other_reading()}"
            raise ValueError(
                f"{self._velocity} of {v:.6g} m/s is no less than the escape velocity of "
                f"{escape_m_s:.6g} m/s, {r / 1e3:.6g} km from the centre of the "
                f"{self.central_body}: the orbit must be closed{cure}"
            )

    def _check_near(self, r: float, v: float, lowest_m: float) -> None:
        """Raise ValueError for an orbit that is closed on paper only: the Sun would take it."""
        inverse_a = 2.0 / r - v**2 / self.body.mu_m3_s2
        a_m = 1.0 / max(inverse_a, 1e-30)  # a parabola's may be rounded to 0
        highest_m = 2.0 * a_m - lowest_m
        if highest_m > _FARTHEST_m:
            lower = "the semi-major axis or the eccentricity"
            raise ValueError(
                f"the orbit's highest point is {highest_m / 1e3:.3g} km from the centre of the "
                f"{self.central_body}, beyond {_FARTHEST_m / 1e3:g} km, where the Sun's pull takes "
                f"over: lower {lower if self.position_eci_m is None else 'velocity_eci_m_s'}"
            )

    @property
    def _velocity(self) -> str:
        return "its velocity" if self.position_eci_m is None else "velocity_eci_m_s: a velocity"

    def _about_another(self) -> str:
        """Say about which other body a state that is no orbit about its own would be one."""
        for name, body in CENTRAL_BODIES.items():
            if _is_orbit(body, *self.state()):
                return f'about the {name} it would be: central_body = "{name}"?'
        return ""

    def _check_state(self, position_m: FloatArray) -> None:
        """Raise ValueError for a state that no unit and no frame makes an orbit of."""
        if self.mean_elements is not None:
            away_m = float(np.linalg.norm(position_m))
            if away_m > _FARTHEST_m:
                raise ValueError(
                    f"its mean elements put it {away_m / 1e3:.3g} km away, beyond "
                    f"{_FARTHEST_m / 1e3:g} km: the mean motion counts revolutions a day"
                )
        if self.position_eci_m is None or self.velocity_eci_m_s is None:
            return
        r, v = math.hypot(*self.position_eci_m), math.hypot(*self.velocity_eci_m_s)
        sizes = (("position_eci_m", r, _FARTHEST_m), ("velocity_eci_m_s", v, _FASTEST_m_s))
        for key, size, most in sizes:
            if not 0.0 < size <= most:
                raise ValueError(
                    f"{key} has length {size:.6g}: it must be above 0, at most {most:g}"
                )
        if r < 1e-2 * self.body.radius_m:
            raise ValueError(
                f"position_eci_m has length {r:.6g}: metres are asked for; were these kilometres?"
            )

    def _other_reading(self) -> str:
        """Say which frame or unit would make an orbit of a state vector that is none in ECI."""
        r, v = self.state()
        if _is_orbit(self.body, r, 1e3 * v):
            return "were the velocities kilometres a second?"
        turned = v + np.cross([0.0, 0.0, EARTH_SPIN_rad_s], r)
        if self.central_body == "earth" and _is_orbit(self.body, r, turned):
            lowest_km = (periapsis_m(self.body.mu_m3_s2, r, turned) - self.body.radius_m) / 1e3
            return (
                "read as Earth-fixed (ECEF, as GPS receivers tell it) the lowest point would be "
                f"{lowest_km:.1f} km above; turn both vectors into ECI"
            )
        return self._about_another() or (
            "check that position_eci_m and velocity_eci_m_s are in ECI axes, in m and m/s, from "
            f"the centre of the {self.central_body}"
        )


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


def _escape_m_s(body: CentralBody, distance_m: float) -> float:
    """Return the speed at which a conic is a parabola, at a distance from a body's centre."""
    return math.sqrt(2.0 * body.mu_m3_s2 / distance_m)


def _is_orbit(body: CentralBody, position_m: FloatArray, velocity_m_s: FloatArray) -> bool:
    """Return whether a state's conic is closed and nowhere below the body's surface."""
    closed = np.linalg.norm(velocity_m_s) < _escape_m_s(body, float(np.linalg.norm(position_m)))
    return bool(closed and periapsis_m(body.mu_m3_s2, position_m, velocity_m_s) > body.radius_m)


def periapsis_m(mu_m3_s2: float, position_m: FloatArray, velocity_m_s: FloatArray) -> float:
    """Distance of the osculating conic's lowest point from the centre, in m."""
    r = float(np.linalg.norm(position_m))
    # At the centre, or with numbers beyond all sizes: both are told elsewhere.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        momentum = np.cross(position_m, velocity_m_s)
        semi_latus_rectum = float(momentum @ momentum) / mu_m3_s2
        e = np.linalg.norm(np.cross(velocity_m_s, momentum) / mu_m3_s2 - position_m / r)
    return semi_latus_rectum / (1.0 + float(e))

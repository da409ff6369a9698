"""What moves in orbit, or stands in the sky, as something to point at."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from hil.config import Model, NonNegative
from hil.physics.environment import Environment
from hil.physics.epoch import Epoch
from hil.physics.gravity import gravity, tide
from hil.physics.orbit import Angle, InitialOrbit
from hil.physics.records import RecordArray
from hil.physics.sky import Sky, sky_at
from hil.physics.vectors import FloatArray, Vector, add

_OF_THE_RUN = datetime(1972, 1, 1, tzinfo=UTC)
_NODE_s = 10.0  # between nodes the path is a cubic: below a millimetre off in low orbit


class TargetOrbit(InitialOrbit):
    """The orbit of a target, at the start of the run, as [orbit] says that of the spacecraft."""

    epoch_utc: Epoch = _OF_THE_RUN

    def complaint(self, own: InitialOrbit) -> str:
        """What keeps it from being seen from a spacecraft's own orbit; "" if nothing does."""
        if self.central_body != own.central_body:
            return (
                f'central_body is "{self.central_body}", that of [orbit] "{own.central_body}": '
                "both go round the same body"
            )
        if self.epoch_utc != _OF_THE_RUN:
            return "leave out epoch_utc: it is that of [orbit]"
        return 'propagator = "sgp4" is for [orbit] alone' if self.propagator == "sgp4" else ""

    def state_at(self, epoch_utc: datetime) -> tuple[FloatArray, FloatArray]:
        """Position in m and velocity in m/s at the run's start, ECI axes."""
        return self.model_copy(update={"epoch_utc": epoch_utc}).state()


class OrbitTarget(Model):
    """Something in an orbit of its own about the same body: debris, or another spacecraft.

    kind: which of the OBC's two slots it is told in. orbit: at the start of the run; it falls as
    the planet, Sun and Moon pull. position_sigma_m, velocity_sigma_m_s: errors, 1 sigma an axis,
    with which the OBC is told of it. apparent: as of a place on the ground.
    """

    name: Annotated[str, Field(min_length=1)]
    kind: Literal["target", "station"]
    orbit: TargetOrbit
    position_sigma_m: NonNegative = 0.0
    velocity_sigma_m_s: NonNegative = 0.0
    apparent: bool = False


class SkyTarget(Model):
    """Something so far away that its direction does not change: a star, by J2000 coordinates."""

    name: Annotated[str, Field(min_length=1)]
    kind: Literal["target", "station"]
    right_ascension_deg: Angle
    declination_deg: Annotated[float, Field(ge=-90.0, le=90.0)]

    @property
    def apparent(self) -> bool:
        """False: the star tracker's stars are shifted by as much."""
        return False

    @property
    def direction_eci(self) -> FloatArray:
        """Unit vector (3,)."""
        right, up = math.radians(self.right_ascension_deg), math.radians(self.declination_deg)
        c = math.cos(up)
        return np.array([c * math.cos(right), c * math.sin(right), math.sin(up)])


class Falling:
    """Where something is that falls freely from a state at time 0: RK4 in steps of 10 s.

    The pull is that of the spacecraft's truth (``hil.physics.dynamics``), without air and light.
    """

    def __init__(
        self, state: tuple[FloatArray, FloatArray], body: InitialOrbit, environment: Environment
    ) -> None:
        """Start at position and velocity (3,), ECI, m and m/s, about the body of an orbit."""
        self._sky = Sky(
            body.epoch_utc,
            body.central_body,
            environment.ut1_minus_utc_s,
            environment.precession_nutation,
        )
        self._planet = environment.record(body.body)
        self._segment: RecordArray | None = None
        self._nodes = np.concatenate(state)[None]

    def states(self, time_s: FloatArray) -> FloatArray:
        """Position and velocity (n, 6) at times (n,), not before 0, m and m/s."""
        place = np.asarray(time_s) / _NODE_s
        self._fall(math.ceil(float(np.max(place, initial=0.0))) + 1)
        nodes = self._nodes
        first = np.clip(np.floor(place).astype(int), 0, len(nodes) - 2)
        return _hermite(nodes[first], nodes[first + 1], (place - first)[:, None])

    def _fall(self, last: int) -> None:
        """Have the nodes up to this number."""
        fallen = [self._nodes[-1]]
        for number in range(len(self._nodes) - 1, last):
            fallen.append(self._stepped(fallen[-1], number * _NODE_s))
        self._nodes = np.concatenate([self._nodes, np.array(fallen[1:]).reshape(-1, 6)])

    def _stepped(self, state: FloatArray, time_s: float) -> FloatArray:
        h = _NODE_s
        a = self._slope(state, time_s)
        b = self._slope(state + h / 2.0 * a, time_s + h / 2.0)
        c = self._slope(state + h / 2.0 * b, time_s + h / 2.0)
        d = self._slope(state + h * c, time_s + h)
        return np.asarray(state + h / 6.0 * (a + 2.0 * b + 2.0 * c + d))

    def _slope(self, state: FloatArray, time_s: float) -> FloatArray:
        x, y, z, *velocity = (float(value) for value in state)
        return np.array([*velocity, *self._pull((x, y, z), time_s)])

    def _pull(self, position_eci_m: Vector, time_s: float) -> Vector:
        planet, sky = self._planet[0], self._segment_at(time_s)[0]
        view = sky_at(time_s, sky)
        total = gravity(position_eci_m, view.fixed_from_eci, planet)
        total = add(total, tide(position_eci_m, view.sun_m, float(planet["sun_mu_m3_s2"])))
        return add(total, tide(position_eci_m, view.third_m, float(planet["third_mu_m3_s2"])))

    def _segment_at(self, time_s: float) -> RecordArray:
        known = self._segment
        if known is None or time_s >= float(known["start_s"][0] + known["length_s"][0]):
            known = self._sky.segment(time_s)
        self._segment = known
        return known


def _hermite(start: FloatArray, end: FloatArray, u: FloatArray) -> FloatArray:
    """States (n, 6) at parts u (n, 1) of the way between two states (n, 6) a node apart."""
    p0, v0, p1, v1 = start[:, :3], start[:, 3:] * _NODE_s, end[:, :3], end[:, 3:] * _NODE_s
    second, third = 3.0 * (p1 - p0) - 2.0 * v0 - v1, 2.0 * (p0 - p1) + v0 + v1
    place = p0 + u * (v0 + u * (second + u * third))
    speed = (v0 + u * (2.0 * second + 3.0 * u * third)) / _NODE_s
    return np.concatenate([place, speed], axis=1)

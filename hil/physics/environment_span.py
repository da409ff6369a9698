"""What the sky, the field and the air are over the next stretch of time, asked for in Python.

Compiled code takes these records as they are; when time leaves them, the next stretch is entered.
All stretches begin at multiples of their length since the epoch, however the run is cut into calls.
"""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np

from hil.physics import atmosphere
from hil.physics.compiled import compiled
from hil.physics.environment import Environment
from hil.physics.gravity import gravity
from hil.physics.magnetic import field_span, field_terms
from hil.physics.orbit import InitialOrbit
from hil.physics.records import FIELD_TERM, Record, RecordArray, records
from hil.physics.sky import SEGMENT_s, Sky, sky_at
from hil.physics.vectors import FloatArray, Matrix, Vector, add_scaled, transform, vector

_AIR_s = atmosphere.NODE_s * (atmosphere.NODES - 1)


@compiled
def coast(
    position_m: Vector, velocity_m_s: Vector, h: float, fixed_from_eci: Matrix, planet: Record
) -> tuple[Vector, Vector]:
    """Return position and velocity h seconds later under the planet's gravity alone (RK4)."""
    a1 = gravity(position_m, fixed_from_eci, planet)
    v2 = add_scaled(velocity_m_s, h / 2.0, a1)
    a2 = gravity(add_scaled(position_m, h / 2.0, velocity_m_s), fixed_from_eci, planet)
    v3 = add_scaled(velocity_m_s, h / 2.0, a2)
    a3 = gravity(add_scaled(position_m, h / 2.0, v2), fixed_from_eci, planet)
    v4 = add_scaled(velocity_m_s, h, a3)
    a4 = gravity(add_scaled(position_m, h, v3), fixed_from_eci, planet)
    for v, weight in ((velocity_m_s, 1.0), (v2, 2.0), (v3, 2.0), (v4, 1.0)):
        position_m = add_scaled(position_m, weight * h / 6.0, v)
    for a, weight in ((a1, 1.0), (a2, 2.0), (a3, 2.0), (a4, 1.0)):
        velocity_m_s = add_scaled(velocity_m_s, weight * h / 6.0, a)
    return position_m, velocity_m_s


@compiled
def track_ecef(
    start_s: float,
    state: FloatArray,
    node_s: float,
    sky_: RecordArray,
    planet_: RecordArray,
    track_m: FloatArray,
) -> None:
    """Fill Earth-fixed places (n, 3), node_s apart, where the spacecraft will be."""
    sky, planet = sky_[0], planet_[0]
    position, velocity = vector(state[7:10]), vector(state[10:13])
    for k in range(track_m.shape[0]):
        fixed = sky_at(start_s + k * node_s, sky).fixed_from_eci
        place = transform(fixed, position)
        track_m[k, 0], track_m[k, 1], track_m[k, 2] = place
        position, velocity = coast(position, velocity, node_s, fixed, planet)


class EnvironmentSpan:
    """Sky, magnetic field and air around a run's orbit, stretch by stretch."""

    def __init__(self, orbit: InitialOrbit, environment: Environment, planet: RecordArray) -> None:
        """Hold nothing before ``enter``; raises ValueError when pymsis is missed."""
        on_earth = orbit.central_body == "earth"
        self._epoch = orbit.epoch_utc
        self._planet = planet
        self._sky = Sky(
            orbit.epoch_utc,
            orbit.central_body,
            environment.ut1_minus_utc_s,
            environment.precession_nutation,
        )
        has_field = environment.magnetic_field and on_earth
        self._degree = environment.magnetic_field_degree if has_field else 0
        if environment.density == "nrlmsis" and not on_earth:
            raise ValueError(
                f'density = "nrlmsis": there is no air around the {orbit.central_body}'
            )
        self._nrlmsis = nrlmsis(environment)
        self._sky_end_s = self._air_end_s = -math.inf
        self.sky: RecordArray = np.zeros(0)
        self.terms: RecordArray = records(FIELD_TERM, (0, 0))
        self.air = atmosphere.no_air()
        if on_earth and environment.density == "exponential":
            self.air = atmosphere.exponential_air()

    @property
    def end_s(self) -> float:
        """When the present stretch is over."""
        return min(self._sky_end_s, self._air_end_s if self._nrlmsis else math.inf)

    def enter(self, time_s: float, state: FloatArray) -> None:
        """Ask for what is over at a time; the state says where the spacecraft is."""
        if time_s >= self._sky_end_s:
            self._enter_sky(time_s)
        if self._nrlmsis is not None and time_s >= self._air_end_s:
            self._enter_air(self._nrlmsis, time_s, state)

    def _enter_sky(self, time_s: float) -> None:
        """Sun, Moon, orientation; the field's coefficients are those of the segment's middle."""
        self.sky = self._sky.segment(time_s)
        start_s = float(self.sky["start_s"][0])
        self._sky_end_s = start_s + SEGMENT_s
        if self._degree:
            start = self._epoch + timedelta(seconds=start_s)
            middle = start + timedelta(seconds=0.5 * SEGMENT_s)
            date = min(middle, max(start, field_span()[1]))  # the model may end before the segment
            self.terms = field_terms(date, self._degree)

    def _enter_air(self, model: atmosphere.Nrlmsis, time_s: float, state: FloatArray) -> None:
        track = np.zeros((atmosphere.NODES, 3))
        track_ecef(time_s, state, atmosphere.NODE_s, self.sky, self._planet, track)
        times: FloatArray = time_s + atmosphere.NODE_s * np.arange(atmosphere.NODES, dtype=float)
        self.air = model.nodes(self._epoch, times, track)
        self._air_end_s = (math.floor(time_s / _AIR_s) + 1) * _AIR_s


def nrlmsis(environment: Environment) -> atmosphere.Nrlmsis | None:
    """Return the air of an environment that has NRLMSIS's; raises ValueError without pymsis."""
    weather = (environment.f107, environment.f107_average, environment.ap)
    if environment.density != "nrlmsis" or None in weather:
        return None
    return atmosphere.Nrlmsis(*(float(value) for value in weather if value is not None))

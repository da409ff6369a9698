"""A revolution of a rig's orbit, with the truth model's own environment along it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from hil.physics.environment_span import EnvironmentSpan
from hil.physics.orbit import InitialOrbit
from hil.physics.sky import sky_at
from hil.physics.spacecraft import Body
from hil.physics.surroundings import air_density
from hil.physics.truth import Truth
from hil.physics.vectors import FloatArray, cross, norm, scale, subtract, vector
from hil.rig import Rig

_SAMPLES = 360
_STEP_s = 0.5  # of the integration, in low orbit
_STEPS_A_SAMPLE = 500  # at most: a longer revolution has longer steps
_BALL = Body(mass_kg=1.0, inertia_body_kg_m2=((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))


class Revolution(NamedTuple):
    """A revolution sampled n times: positions (n, 3), the rest alike; frames and units as named.

    flow_pressure_N_m2: 1/2 density speed^2 against the air that turns with the planet.
    """

    period_s: float
    time_s: FloatArray
    position_eci_m: FloatArray
    velocity_eci_m_s: FloatArray
    field_eci_T: FloatArray
    sun_eci: FloatArray
    sunlit: FloatArray
    third_eci: FloatArray
    flow_pressure_N_m2: FloatArray


def period_s(orbit: InitialOrbit) -> float:
    """Return the osculating period at the epoch; infinite for an orbit that does not close."""
    position, velocity = orbit.state()
    mu = orbit.body.mu_m3_s2
    energy = 0.5 * float(velocity @ velocity) - mu / float(np.linalg.norm(position))
    return math.inf if energy >= 0.0 else 2.0 * math.pi * mu / (-2.0 * energy) ** 1.5


def revolution(rig: Rig) -> Revolution:
    """Follow a rig's orbit for one revolution, or for the run where it does not close."""
    whole_s = period_s(rig.orbit)
    length_s = whole_s if math.isfinite(whole_s) else rig.duration_s
    stride = min(_STEPS_A_SAMPLE, max(1, round(length_s / _SAMPLES / _STEP_s)))
    step_s = length_s / _SAMPLES / stride
    environment = rig.environment.model_copy(update={"magnetic_field_node_s": 0.0})
    truth = Truth(body=_BALL, orbit=rig.orbit, environment=environment, step_s=step_s)
    span = EnvironmentSpan(rig.orbit, rig.environment, rig.environment.record(rig.orbit.body))
    rows, pressures, times = [], [], []
    for _ in range(_SAMPLES):
        rows.append(truth.row.copy())
        times.append(truth.time_s)
        pressures.append(_flow_pressure(truth, span, rig.orbit.body.radius_m))
        truth.advance(stride, (), (0.0, 0.0, 0.0))
    parts = _parts(truth.columns, np.array(rows))
    return Revolution(
        period_s=whole_s,
        time_s=np.array(times),
        position_eci_m=parts["position_eci_m"],
        velocity_eci_m_s=parts["velocity_eci_m_s"],
        field_eci_T=parts["field_eci_T"],
        sun_eci=parts["sun_eci"],
        sunlit=parts["sunlit"][:, 0],
        third_eci=parts["third_body_eci"],
        flow_pressure_N_m2=np.array(pressures),
    )


def _parts(columns: tuple[tuple[str, int], ...], rows: FloatArray) -> dict[str, FloatArray]:
    at, found = 0, {}
    for name, size in columns:
        found[name] = rows[:, at : at + size]
        at += size
    return found


def _flow_pressure(truth: Truth, span: EnvironmentSpan, radius_m: float) -> float:
    parts = _parts(truth.columns, truth.row[None, :])
    place, speed = parts["position_eci_m"][0], parts["velocity_eci_m_s"][0]
    state = np.concatenate([np.zeros(7), place, speed])
    span.enter(truth.time_s, state)
    pole = sky_at(truth.time_s, span.sky[0]).fixed_from_eci[2]
    density = air_density(truth.time_s, vector(place), pole, radius_m, span.air)
    air = cross(scale(float(span.sky["spin_rate_rad_s"][0]), pole), vector(place))
    return float(0.5 * density * norm(subtract(vector(speed), air)) ** 2)

"""The worst torque of each disturbance on an orbit, whatever way the body is turned."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from hil.physics.assembly import face_records
from hil.physics.constants import ASTRONOMICAL_UNIT_m, SOLAR_PRESSURE_N_m2
from hil.physics.surfaces import Beam, drag_force, radiation_force
from hil.physics.vectors import FloatArray, Vector, add, cross, norm, vector
from hil.rig import Rig
from hil.sizing.orbit import Revolution

_DIRECTIONS = 2000
_YEAR_FACTOR = 1.034  # of sunlight at the Earth's perihelion


class Disturbance(NamedTuple):
    """A torque at its worst place and attitude, and where the formula stands."""

    name: str
    torque_Nm: float
    source: str


def sphere(n: int = _DIRECTIONS) -> FloatArray:
    """Return n unit vectors (n, 3) spread evenly: points of a Fibonacci spiral."""
    number = np.arange(n) + 0.5
    z = 1.0 - 2.0 * number / n
    turn = math.pi * (1.0 + math.sqrt(5.0)) * number
    across = np.sqrt(1.0 - z * z)
    return np.stack([across * np.cos(turn), across * np.sin(turn), z], axis=1)


def disturbances(rig: Rig, orbit: Revolution) -> Iterator[Disturbance]:
    """Yield those that the rig's environment has."""
    body, environment = rig.spacecraft.body, rig.environment
    if environment.gravity_gradient:
        moments = np.linalg.eigvalsh(np.array(body.inertia_body_kg_m2))
        lowest = float(np.linalg.norm(orbit.position_eci_m, axis=1).min())
        torque = 1.5 * rig.orbit.body.mu_m3_s2 / lowest**3 * float(moments[2] - moments[0])
        yield Disturbance("gravity gradient", torque, "Markley & Crassidis, eq. 3.155, at 45 deg")
    if orbit.flow_pressure_N_m2.max() > 0.0:
        torque = _worst(rig, drag_force, float(orbit.flow_pressure_N_m2.max()))
        yield Disturbance("air", torque, "faces and density of the truth model")
    if environment.solar_pressure:
        torque = _worst(rig, radiation_force, SOLAR_PRESSURE_N_m2 * _YEAR_FACTOR)
        yield Disturbance("sunlight", torque, f"faces of the truth model, {_AT}")
    field = float(np.linalg.norm(orbit.field_eci_T, axis=1).max())
    dipole = float(np.linalg.norm(body.residual_dipole_body_A_m2))
    if field > 0.0:
        yield Disturbance("residual dipole", dipole * field, "dipole across the strongest field")


_AT = f"Sun at {ASTRONOMICAL_UNIT_m / math.sqrt(_YEAR_FACTOR) / 1e9:.1f} million km"


def _worst(rig: Rig, push: Callable[[Any, Beam], Vector], pressure_N_m2: float) -> float:
    """Return the largest torque by a flow, over all directions that it can come from."""
    faces = face_records(rig.spacecraft.face, rig.spacecraft.body)
    worst = 0.0
    for direction in sphere():
        beam = Beam(vector(direction), pressure_N_m2)
        torque: Vector = (0.0, 0.0, 0.0)
        for face in faces:
            torque = add(torque, cross(vector(face["lever_body_m"]), push(face, beam)))
        worst = max(worst, norm(torque))
    return worst

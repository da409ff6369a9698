"""What moves, and what it moves in, as tuples of floats that compiled code keeps in registers."""

from __future__ import annotations

from typing import NamedTuple

from hil.physics.compiled import compiled
from hil.physics.rotations import Quaternion
from hil.physics.vectors import FloatArray, Matrix, Vector, add_scaled

CORE_SIZE = 13


class Core(NamedTuple):
    """State of the body, or its derivative."""

    q_eci_from_body: Quaternion
    rate_body_rad_s: Vector
    position_eci_m: Vector
    velocity_eci_m_s: Vector


class Surroundings(NamedTuple):
    """The environment at one instant and place; positions are from the central body, ECI."""

    field_eci_T: Vector
    sun_m: Vector
    third_m: Vector
    sunlit: float
    density_kg_m3: float
    fixed_from_eci: Matrix
    air_rate_eci_rad_s: Vector  # the atmosphere turns with the planet


class Command(NamedTuple):
    """What rods and thrusters do during a step."""

    dipole_body_A_m2: Vector
    thrust_body_N: Vector  # mean over the step
    thrust_torque_body_Nm: Vector


@compiled
def moved(core: Core, h: float, slope: Core) -> Core:
    """Return core + h slope."""
    p, d = core.q_eci_from_body, slope.q_eci_from_body
    return Core(
        (p[0] + h * d[0], p[1] + h * d[1], p[2] + h * d[2], p[3] + h * d[3]),
        add_scaled(core.rate_body_rad_s, h, slope.rate_body_rad_s),
        add_scaled(core.position_eci_m, h, slope.position_eci_m),
        add_scaled(core.velocity_eci_m_s, h, slope.velocity_eci_m_s),
    )


@compiled
def load(state: FloatArray) -> Core:
    """Return the core that an array begins with."""
    return Core(
        (state[0], state[1], state[2], state[3]),
        (state[4], state[5], state[6]),
        (state[7], state[8], state[9]),
        (state[10], state[11], state[12]),
    )


@compiled
def store(core: Core, state: FloatArray) -> None:
    """Put a core where ``load`` finds it."""
    for i in range(4):
        state[i] = core.q_eci_from_body[i]
    for i in range(3):
        state[4 + i] = core.rate_body_rad_s[i]
        state[7 + i] = core.position_eci_m[i]
        state[10 + i] = core.velocity_eci_m_s[i]

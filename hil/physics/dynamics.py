"""Equations of motion and their integration, as compiled code on tuples of floats.

The body's state is a Core of tuples. What comes in any number (a wheel's angular momentum about its
axis) is an array beside it, ``inner``. The equations are those of Markley & Crassidis, Fundamentals
of Spacecraft Attitude Determination and Control, section 3.3.5, with the inertia total and the
wheels' momenta relative to inertial space as states: h_i = J_i (speed_i + axis_i . rate), dh_i/dt =
motor + friction.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from hil.physics.compiled import compiled
from hil.physics.gravity import gravity, gravity_gradient_torque
from hil.physics.records import Record, RecordArray
from hil.physics.rotations import Quaternion, kinematics, normalized, rotation_matrix
from hil.physics.vectors import (
    FloatArray,
    Matrix,
    Vector,
    add,
    add_scaled,
    cross,
    dot,
    matrix,
    subtract,
    transform,
    transform_back,
    vector,
)


class Core(NamedTuple):
    """State of the body, or its derivative."""

    q_eci_from_body: Quaternion
    rate_body_rad_s: Vector
    position_eci_m: Vector
    velocity_eci_m_s: Vector


class Surroundings(NamedTuple):
    """The environment at one instant and place."""

    field_eci_T: Vector
    sun_m: Vector  # from the central body, ECI
    third_m: Vector
    sunlit: float
    fixed_from_eci: Matrix


class Command(NamedTuple):
    """What the actuators do during a step; wheel torques are after the drive's limits."""

    wheel_torque_Nm: FloatArray
    dipole_body_A_m2: Vector


@compiled
def wheel_speed(wheel: Record, momentum: float, rate_body_rad_s: Vector) -> float:
    """Return the speed relative to the body in rad/s of a wheel with a momentum about its axis."""
    relative_to_inertia: float = momentum / wheel.spin_inertia_kg_m2
    return relative_to_inertia - dot(vector(wheel.axis_body), rate_body_rad_s)


@compiled
def wheel_friction(wheel: Record, speed_rad_s: float) -> float:
    """Return the friction torque on the wheel in N m: Coulomb, smooth through zero, and viscous."""
    direction = math.tanh(speed_rad_s / wheel.friction_transition_rad_s)
    viscous: float = wheel.viscous_friction_Nm_s * speed_rad_s
    coulomb: float = wheel.coulomb_friction_Nm * direction
    return -coulomb - viscous


@compiled
def wheel_reaction(
    core: Core, inner: FloatArray, slope: FloatArray, command: Command, wheels: RecordArray
) -> tuple[Vector, Vector]:
    """Return the wheels' momentum and shaft torques, summed, body frame; fill the slope."""
    momentum = (0.0, 0.0, 0.0)
    shaft = (0.0, 0.0, 0.0)
    for i in range(wheels.shape[0]):
        wheel = wheels[i]
        torque = command.wheel_torque_Nm[i]
        torque += wheel_friction(wheel, wheel_speed(wheel, inner[i], core.rate_body_rad_s))
        slope[i] = torque
        axis = vector(wheel.axis_body)
        relative = inner[i] - wheel.spin_inertia_kg_m2 * dot(axis, core.rate_body_rad_s)
        momentum = add_scaled(momentum, relative, axis)
        shaft = add_scaled(shaft, torque, axis)
    return momentum, shaft


@compiled
def external_torque(
    core: Core,
    body_axes: Matrix,
    command: Command,
    here: Surroundings,
    craft: Record,
    world: Record,
) -> Vector:
    """Return the torque of the surroundings on the body in N m, body frame; body_axes is R(q)."""
    dipole = add(vector(craft.residual_dipole_body_A_m2), command.dipole_body_A_m2)
    torque = cross(dipole, transform_back(body_axes, here.field_eci_T))
    if world.gravity_gradient > 0.0:
        position_body = transform_back(body_axes, core.position_eci_m)
        inertia = matrix(craft.inertia_body_kg_m2)
        torque = add(torque, gravity_gradient_torque(position_body, inertia, world.mu_m3_s2))
    return torque


@compiled
def derivative(
    core: Core,
    inner: FloatArray,
    slope: FloatArray,
    command: Command,
    here: Surroundings,
    craft: Record,
    wheels: RecordArray,
    world: Record,
) -> Core:
    """Return the time derivative of the core; fill that of the inner states."""
    rate = core.rate_body_rad_s
    body_axes = rotation_matrix(core.q_eci_from_body)
    torque = external_torque(core, body_axes, command, here, craft, world)
    wheel_momentum, shaft = wheel_reaction(core, inner, slope, command, wheels)
    momentum = add(transform(matrix(craft.inertia_body_kg_m2), rate), wheel_momentum)
    torque = subtract(subtract(torque, cross(rate, momentum)), shaft)
    return Core(
        kinematics(core.q_eci_from_body, rate),
        transform(matrix(craft.inverse_inertia), torque),
        core.velocity_eci_m_s,
        gravity(core.position_eci_m, here.fixed_from_eci[2], world),
    )


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
def weighted_sum(k1: Core, k2: Core, k3: Core, k4: Core) -> Core:
    """Return k1 + 2 k2 + 2 k3 + k4: summed before it meets the state, it costs one rounding."""
    return moved(k1, 1.0, moved(k4, 2.0, moved(k2, 1.0, k3)))


@compiled
def sum_stage(
    start: FloatArray,
    weight: float,
    slope: FloatArray,
    total: FloatArray,
    reach: float,
    stage: FloatArray,
) -> None:
    """Add a stage's slope to the step's total and put the next stage's point into ``stage``."""
    for i in range(start.shape[0]):
        total[i] += weight * slope[i]
        stage[i] = start[i] + reach * slope[i]


@compiled
def rk4_step(
    core: Core,
    inner: FloatArray,
    work: FloatArray,
    h: float,
    command: Command,
    here: Surroundings,
    craft: Record,
    wheels: RecordArray,
    world: Record,
) -> Core:
    """Advance core (returned) and inner (in place) by h seconds; work is scratch, (3, size)."""
    total, stage, slope = work[0], work[1], work[2]
    for i in range(inner.shape[0]):
        total[i] = inner[i]
    k1 = derivative(core, inner, slope, command, here, craft, wheels, world)
    sum_stage(inner, h / 6.0, slope, total, h / 2.0, stage)
    k2 = derivative(moved(core, h / 2.0, k1), stage, slope, command, here, craft, wheels, world)
    sum_stage(inner, h / 3.0, slope, total, h / 2.0, stage)
    k3 = derivative(moved(core, h / 2.0, k2), stage, slope, command, here, craft, wheels, world)
    sum_stage(inner, h / 3.0, slope, total, h, stage)
    k4 = derivative(moved(core, h, k3), stage, slope, command, here, craft, wheels, world)
    sum_stage(inner, h / 6.0, slope, total, 0.0, stage)
    for i in range(inner.shape[0]):
        inner[i] = total[i]
    end = moved(core, h / 6.0, weighted_sum(k1, k2, k3, k4))
    return Core(
        normalized(end.q_eci_from_body),
        end.rate_body_rad_s,
        end.position_eci_m,
        end.velocity_eci_m_s,
    )


@compiled
def drive_torque(wheel: Record, speed_rad_s: float, wanted_Nm: float, h: float) -> float:
    """Return the motor torque in N m: the drive keeps to its torque and speed limits."""
    inertia: float = wheel.spin_inertia_kg_m2
    fastest: float = wheel.speed_max_rad_s
    most = max(0.0, inertia * (fastest - speed_rad_s) / h)
    least = min(0.0, inertia * (-fastest - speed_rad_s) / h)
    wanted: float = max(-wheel.torque_max_Nm, min(wheel.torque_max_Nm, wanted_Nm))
    return max(least, min(most, wanted))

"""Equations of motion of the spacecraft, and the Runge-Kutta step that integrates them.

The body's state is a Core of tuples. What comes in any number is an array beside it, ``inner``: the
wheels' momenta, then the flexible modes' displacements, then their rates. Equations: Markley &
Crassidis, Fundamentals of Spacecraft Attitude Determination and Control, section 3.3.5, with the
inertia total, wheels locked.
"""

from __future__ import annotations

from hil.physics.compiled import compiled
from hil.physics.flexible import flexible_momentum, flexible_slope
from hil.physics.gravity import gravity, gravity_gradient_torque, tide
from hil.physics.records import Record, RecordArray
from hil.physics.rotations import kinematics, normalized, rotation_matrix
from hil.physics.state import Command, Core, Surroundings, moved
from hil.physics.surfaces import surface_load
from hil.physics.vectors import (
    FloatArray,
    Matrix,
    Vector,
    add,
    add_scaled,
    cross,
    matrix,
    subtract,
    transform,
    transform_back,
    vector,
)
from hil.physics.wheels import wheel_reaction

STILL = (0.0, 0.0, 0.0)


@compiled
def load_on_body(
    core: Core,
    body_axes: Matrix,
    command: Command,
    here: Surroundings,
    body: Record,
    faces: RecordArray,
    planet: Record,
) -> tuple[Vector, Vector]:
    """Return force in N and torque in N m of surroundings, rods and thrusters, body frame."""
    force, torque = surface_load(core, body_axes, here, faces, planet)
    force = add(force, command.thrust_body_N)
    torque = add(torque, command.thrust_torque_body_Nm)
    dipole = add(vector(body.residual_dipole_body_A_m2), command.dipole_body_A_m2)
    torque = add(torque, cross(dipole, transform_back(body_axes, here.field_eci_T)))
    if planet.gravity_gradient > 0.0:
        position_body = transform_back(body_axes, core.position_eci_m)
        inertia = matrix(body.inertia_body_kg_m2)
        twist = gravity_gradient_torque(position_body, inertia, planet.mu_m3_s2)
        torque = add(torque, twist)
    return force, torque


@compiled
def orbital_acceleration(position_eci_m: Vector, here: Surroundings, planet: Record) -> Vector:
    """Return the acceleration in m/s^2 by gravity, ECI."""
    total = gravity(position_eci_m, here.fixed_from_eci, planet)
    if planet.sun_mu_m3_s2 > 0.0:
        total = add(total, tide(position_eci_m, here.sun_m, planet.sun_mu_m3_s2))
        total = add(total, tide(position_eci_m, here.third_m, planet.third_mu_m3_s2))
    return total


@compiled
def derivative(
    core: Core,
    inner: FloatArray,
    slope: FloatArray,
    motor_torque_Nm: FloatArray,
    command: Command,
    here: Surroundings,
    shaking_body_rad_s2: Vector,
    body: Record,
    wheels: RecordArray,
    faces: RecordArray,
    modes: RecordArray,
    planet: Record,
) -> Core:
    """Return the time derivative of the core; fill that of the inner states.

    The wobble of unbalanced wheels is no part of the core (``hil.physics.wheels.wobble``), but its
    acceleration shakes the flexible modes.
    """
    rate, n = core.rate_body_rad_s, wheels.shape[0]
    axes = rotation_matrix(core.q_eci_from_body)
    force, torque = load_on_body(core, axes, command, here, body, faces, planet)
    spin, shaft = wheel_reaction(core, inner, slope, motor_torque_Nm, wheels)
    flexing, spring = flexible_momentum(inner, n, modes)
    momentum = add(transform(matrix(body.inertia_body_kg_m2), rate), add(spin, flexing))
    torque = subtract(add(torque, spring), add(cross(rate, momentum), shaft))
    acceleration = transform(matrix(body.inverse_inertia), torque)
    flexible_slope(inner, slope, n, add(acceleration, shaking_body_rad_s2), modes)
    return Core(
        kinematics(core.q_eci_from_body, rate),
        acceleration,
        core.velocity_eci_m_s,
        add_scaled(
            orbital_acceleration(core.position_eci_m, here, planet),
            1.0 / body.mass_kg,
            transform(axes, force),
        ),
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
    gain: FloatArray,
    reach: float,
    stage: FloatArray,
) -> None:
    """Add a stage's slope to the step's gain and put the next stage's point into ``stage``."""
    for i in range(start.shape[0]):
        gain[i] += weight * slope[i]
        stage[i] = start[i] + reach * slope[i]


@compiled
def add_gain(inner: FloatArray, gain: FloatArray, lost: FloatArray) -> None:
    """Add a step's gain to the inner states; ``lost`` keeps what rounding took, for the next step.

    Kahan's sum: under a constant torque the same rounding would otherwise add up step by step.
    """
    for i in range(inner.shape[0]):
        wanted = gain[i] - lost[i]
        reached = inner[i] + wanted
        lost[i] = (reached - inner[i]) - wanted
        inner[i] = reached
        gain[i] = 0.0


@compiled
def rk4_step(
    core: Core,
    inner: FloatArray,
    lost: FloatArray,
    work: FloatArray,
    h: float,
    motor_torque_Nm: FloatArray,
    command: Command,
    here: Surroundings,
    body: Record,
    wheels: RecordArray,
    faces: RecordArray,
    modes: RecordArray,
    planet: Record,
) -> Core:
    """Advance core (returned) and inner (in place) by h seconds.

    ``lost`` belongs to inner; work is scratch, (3, size), its first row zero before and after.
    """
    gain, stage, slope = work[0], work[1], work[2]
    k1 = derivative(
        core,
        inner,
        slope,
        motor_torque_Nm,
        command,
        here,
        STILL,
        body,
        wheels,
        faces,
        modes,
        planet,
    )
    sum_stage(inner, h / 6.0, slope, gain, h / 2.0, stage)
    k2 = derivative(
        moved(core, h / 2.0, k1),
        stage,
        slope,
        motor_torque_Nm,
        command,
        here,
        STILL,
        body,
        wheels,
        faces,
        modes,
        planet,
    )
    sum_stage(inner, h / 3.0, slope, gain, h / 2.0, stage)
    k3 = derivative(
        moved(core, h / 2.0, k2),
        stage,
        slope,
        motor_torque_Nm,
        command,
        here,
        STILL,
        body,
        wheels,
        faces,
        modes,
        planet,
    )
    sum_stage(inner, h / 3.0, slope, gain, h, stage)
    k4 = derivative(
        moved(core, h, k3),
        stage,
        slope,
        motor_torque_Nm,
        command,
        here,
        STILL,
        body,
        wheels,
        faces,
        modes,
        planet,
    )
    sum_stage(inner, h / 6.0, slope, gain, 0.0, stage)
    add_gain(inner, gain, lost)
    end = moved(core, h / 6.0, weighted_sum(k1, k2, k3, k4))
    return Core(
        normalized(end.q_eci_from_body),
        end.rate_body_rad_s,
        end.position_eci_m,
        end.velocity_eci_m_s,
    )

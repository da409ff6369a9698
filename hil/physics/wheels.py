"""Reaction wheels: friction, reaction on the body, the drive's limits, the wobble of imbalance.

A wheel's state is its angular momentum about its axis relative to inertial space, h = J (speed +
axis . rate), so that dh/dt is motor plus friction torque and nothing else.
"""

from __future__ import annotations

import math

from hil.physics.compiled import compiled
from hil.physics.records import Record, RecordArray
from hil.physics.state import Core
from hil.physics.vectors import FloatArray, Vector, add_scaled, dot, vector


@compiled
def wheel_speed(wheel: Record, momentum: float, rate_body_rad_s: Vector) -> float:
    """Return the speed relative to the body in rad/s of a wheel with a momentum about its axis."""
    relative_to_inertia: float = momentum / wheel.spin_inertia_kg_m2
    return relative_to_inertia - dot(vector(wheel.axis_body), rate_body_rad_s)


@compiled
def wheel_friction(wheel: Record, speed_rad_s: float) -> float:
    """Return the friction torque on the wheel in N m: Coulomb, smooth through zero, and viscous.

    The sign is smoothed by a square root, which is the same bits on every machine; tanh is not.
    """
    transition: float = wheel.friction_transition_rad_s
    direction = speed_rad_s / math.sqrt(speed_rad_s * speed_rad_s + transition * transition)
    viscous: float = wheel.viscous_friction_Nm_s * speed_rad_s
    coulomb: float = wheel.coulomb_friction_Nm * direction
    return -coulomb - viscous


@compiled
def wheel_reaction(
    core: Core,
    momenta: FloatArray,
    slope: FloatArray,
    motor_torque_Nm: FloatArray,
    wheels: RecordArray,
) -> tuple[Vector, Vector]:
    """Return the wheels' momentum and shaft torques, summed, body frame; fill the slope."""
    momentum = (0.0, 0.0, 0.0)
    shaft = (0.0, 0.0, 0.0)
    for i in range(wheels.shape[0]):
        wheel = wheels[i]
        axis = vector(wheel.axis_body)
        speed = wheel_speed(wheel, momenta[i], core.rate_body_rad_s)
        slope[i] = motor_torque_Nm[i] + wheel_friction(wheel, speed)
        momentum = add_scaled(momentum, wheel.spin_inertia_kg_m2 * speed, axis)
        shaft = add_scaled(shaft, slope[i], axis)
    return momentum, shaft


@compiled
def drive_torque(wheel: Record, speed_rad_s: float, wanted_Nm: float, h: float) -> float:
    """Return the motor torque in N m: the drive keeps to its torque and speed limits.

    At its limit a wheel is held there against its friction.
    """
    inertia: float = wheel.spin_inertia_kg_m2
    fastest: float = wheel.speed_max_rad_s
    friction: float = wheel.friction_at_limit_Nm
    most = max(0.0, inertia * (fastest - speed_rad_s) / h + friction)
    least = min(0.0, inertia * (-fastest - speed_rad_s) / h - friction)
    wanted: float = max(-wheel.torque_max_Nm, min(wheel.torque_max_Nm, wanted_Nm))
    return max(least, min(most, wanted))


@compiled
def wobble(
    core: Core, momenta: FloatArray, angles_rad: FloatArray, wheels: RecordArray
) -> tuple[Vector, Vector]:
    """Return the small turn (rad) and rate (rad/s) of the body by unbalanced wheels, body frame.

    The turning torque of an imbalance, U speed^2 (cos, sin) of the rotor's angle, integrates to a
    circle of amplitude U / J whatever the speed: exact for slowly changing speeds, at any step.
    """
    turn = (0.0, 0.0, 0.0)
    rate = (0.0, 0.0, 0.0)
    for i in range(wheels.shape[0]):
        wheel = wheels[i]
        cosine, sine = vector(wheel.wobble_cosine_rad), vector(wheel.wobble_sine_rad)
        if dot(cosine, cosine) + dot(sine, sine) > 0.0:
            c, s = math.cos(angles_rad[i]), math.sin(angles_rad[i])
            speed = wheel_speed(wheel, momenta[i], core.rate_body_rad_s)
            turn = add_scaled(add_scaled(turn, c, cosine), s, sine)
            rate = add_scaled(add_scaled(rate, -s * speed, cosine), c * speed, sine)
    return turn, rate


@compiled
def shake(
    core: Core, momenta: FloatArray, angles_rad: FloatArray, ahead_s: float, wheels: RecordArray
) -> Vector:
    """Return the acceleration of ``wobble`` in rad/s^2, body frame, some seconds after its angles.

    It is what unbalanced wheels shake the flexible modes with.
    """
    acceleration = (0.0, 0.0, 0.0)
    for i in range(wheels.shape[0]):
        speed = wheel_speed(wheels[i], momenta[i], core.rate_body_rad_s)
        angle = angles_rad[i] + ahead_s * speed
        pull = -speed * speed
        cosine, sine = vector(wheels[i].wobble_cosine_rad), vector(wheels[i].wobble_sine_rad)
        acceleration = add_scaled(acceleration, pull * math.cos(angle), cosine)
        acceleration = add_scaled(acceleration, pull * math.sin(angle), sine)
    return acceleration


@compiled
def limit_drives(
    core: Core,
    momenta: FloatArray,
    wanted_Nm: FloatArray,
    h: float,
    wheels: RecordArray,
    motor_torque_Nm: FloatArray,
) -> None:
    """Fill the motor torques that the wheels' drives allow for a step."""
    for i in range(wheels.shape[0]):
        speed = wheel_speed(wheels[i], momenta[i], core.rate_body_rad_s)
        motor_torque_Nm[i] = drive_torque(wheels[i], speed, wanted_Nm[i], h)


@compiled
def turn_rotors(
    core: Core, momenta: FloatArray, angles_rad: FloatArray, h: float, wheels: RecordArray
) -> None:
    """Add half a step's turn to the rotors' angles; called before and after a step."""
    for i in range(wheels.shape[0]):
        speed = wheel_speed(wheels[i], momenta[i], core.rate_body_rad_s)
        angle = angles_rad[i] + 0.5 * h * speed
        angles_rad[i] = angle - 2.0 * math.pi * math.floor(angle / (2.0 * math.pi))

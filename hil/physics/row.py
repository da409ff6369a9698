"""The row of truth: what an instant looks like to sensors and recordings."""

from __future__ import annotations

from hil.physics.compiled import compiled
from hil.physics.dynamics import load_on_body
from hil.physics.period import PERIOD_COLUMNS
from hil.physics.records import Record, RecordArray
from hil.physics.rotations import (
    Quaternion,
    normalized,
    product,
    quaternion,
    rotation_matrix,
    small_rotation,
)
from hil.physics.state import Command, Core, Surroundings
from hil.physics.vectors import FloatArray, Vector, add, subtract, unit
from hil.physics.wheels import wheel_speed, wobble


def truth_columns(
    n_wheels: int, n_thrusters: int = 0, n_modes: int = 0
) -> tuple[tuple[str, int], ...]:
    """Names and sizes of what a row holds, in order; frames and units are in the names.

    ``sun_eci`` and ``third_body_eci`` (the Moon; from a lunar orbit the Earth) are directions from
    the spacecraft. ``sunlit`` is the visible part of the Sun's disc. The torque is that of
    surroundings and rods, not of wheels nor of thrusters, whose impulse since the start stands last
    where there are any. Flexible modes' displacements are in their generalised coordinate, that of
    ``coupling_body_sqrt_kg_m``. The turns of the period that ends with the row, its mean and that
    at one instant (its age: how long before the row), are rotation vectors from the row's attitude.
    """
    modes = (("flexible_displacement_sqrt_kg_m", n_modes),) if n_modes else ()
    columns = (
        ("q_eci_from_body", 4),
        ("rate_body_rad_s", 3),
        ("wheel_speed_rad_s", n_wheels),
        ("position_eci_m", 3),
        ("velocity_eci_m_s", 3),
        ("field_eci_T", 3),
        ("sun_eci", 3),
        ("sunlit", 1),
        ("external_torque_body_Nm", 3),
        ("q_eci_from_ecef", 4),
        ("third_body_eci", 3),
        ("rod_dipole_body_A_m2", 3),
        *modes,
        *PERIOD_COLUMNS,
    )
    return (*columns, ("thruster_impulse_N_s", n_thrusters)) if n_thrusters else columns


@compiled
def put(row: FloatArray, at: int, v: Vector) -> int:
    """Write three numbers into a row; return the place after them."""
    row[at], row[at + 1], row[at + 2] = v
    return at + 3


@compiled
def put_quaternion(row: FloatArray, at: int, q: Quaternion) -> int:
    """Write four numbers into a row; return the place after them."""
    row[at], row[at + 1], row[at + 2], row[at + 3] = q
    return at + 4


@compiled
def write_row(
    core: Core,
    inner: FloatArray,
    angles_rad: FloatArray,
    command: Command,
    here: Surroundings,
    body: Record,
    wheels: RecordArray,
    faces: RecordArray,
    planet: Record,
    row: FloatArray,
) -> None:
    """Write the truth at an instant as ``truth_columns`` says, but for the thrusters' impulse."""
    turn, rate = wobble(core, inner, angles_rad, wheels)
    q = normalized(product(core.q_eci_from_body, small_rotation(turn)))
    axes = rotation_matrix(core.q_eci_from_body)
    _, torque = load_on_body(core, axes, command, here, body, faces, planet)
    ecef = quaternion(here.fixed_from_eci)
    at = put_quaternion(row, 0, q)
    at = put(row, at, add(rate, core.rate_body_rad_s))
    for i in range(wheels.shape[0]):
        row[at + i] = wheel_speed(wheels[i], inner[i], core.rate_body_rad_s)
    at = put(row, at + wheels.shape[0], core.position_eci_m)
    at = put(row, at, core.velocity_eci_m_s)
    at = put(row, at, here.field_eci_T)
    at = put(row, at, unit(subtract(here.sun_m, core.position_eci_m)))
    row[at] = here.sunlit
    at = put(row, at + 1, torque)
    at = put_quaternion(row, at, (-ecef[0], -ecef[1], -ecef[2], ecef[3]))
    at = put(row, at, unit(subtract(here.third_m, core.position_eci_m)))
    at = put(row, at, command.dipole_body_A_m2)
    n = wheels.shape[0]
    for i in range((inner.shape[0] - n) // 2):
        row[at + i] = inner[n + i]

"""The one call from Python: many integration steps of the whole world, arrays in, arrays out."""

from __future__ import annotations

import math

from hil.physics.compiled import compiled
from hil.physics.dynamics import Command, Core, Surroundings, drive_torque, rk4_step, wheel_speed
from hil.physics.magnetic import field_ecef
from hil.physics.records import Record, RecordArray
from hil.physics.shadow import visible_fraction
from hil.physics.sky import sky_at
from hil.physics.vectors import (
    FloatArray,
    Vector,
    add_scaled,
    scale,
    subtract,
    transform,
    transform_back,
    unit,
    vector,
)

CORE_SIZE = 13  # q_eci_from_body, rate_body_rad_s, position_eci_m, velocity_eci_m_s


@compiled
def surroundings(
    time_s: float, position_eci_m: Vector, world: Record, sky: Record, terms: RecordArray
) -> Surroundings:
    """Return the environment at a time and place."""
    view = sky_at(time_s, sky)
    field = (0.0, 0.0, 0.0)
    if terms.shape[0] > 0:
        position_ecef = transform(view.fixed_from_eci, position_eci_m)
        field = transform_back(view.fixed_from_eci, field_ecef(position_ecef, terms))
    to_sun = subtract(view.sun_m, position_eci_m)
    sunlit = visible_fraction(to_sun, scale(-1.0, position_eci_m), world.radius_m)
    return Surroundings(field, view.sun_m, view.third_m, sunlit, view.fixed_from_eci)


@compiled
def _load(state: FloatArray) -> Core:
    return Core(
        (state[0], state[1], state[2], state[3]),
        (state[4], state[5], state[6]),
        (state[7], state[8], state[9]),
        (state[10], state[11], state[12]),
    )


@compiled
def _store(core: Core, state: FloatArray) -> None:
    for i in range(4):
        state[i] = core.q_eci_from_body[i]
    for i in range(3):
        state[4 + i] = core.rate_body_rad_s[i]
        state[7 + i] = core.position_eci_m[i]
        state[10 + i] = core.velocity_eci_m_s[i]


@compiled
def _observe(
    time_s: float,
    state: FloatArray,
    inner: FloatArray,
    row: FloatArray,
    wheels: RecordArray,
    world: Record,
    sky: Record,
    terms: RecordArray,
) -> None:
    """Write the truth at an instant into a row laid out as Truth.columns says."""
    core = _load(state)
    n = wheels.shape[0]
    here = surroundings(time_s, core.position_eci_m, world, sky, terms)
    to_sun = unit(subtract(here.sun_m, core.position_eci_m))
    for i in range(7):
        row[i] = state[i]
    for i in range(n):
        row[7 + i] = wheel_speed(wheels[i], inner[i], core.rate_body_rad_s)
    for i in range(6):
        row[7 + n + i] = state[7 + i]
    for i in range(3):
        row[13 + n + i] = here.field_eci_T[i]
        row[16 + n + i] = to_sun[i]
    row[19 + n] = here.sunlit


@compiled
def all_finite(values: FloatArray) -> bool:
    """Return whether no value is NaN or infinite."""
    for value in values:  # noqa: SIM110, compiled code has no generators
        if not math.isfinite(value):
            return False
    return True


@compiled
def advance(
    first_step: int,
    n_steps: int,
    h: float,
    wheel_torque_Nm: FloatArray,
    dipole_body_A_m2: FloatArray,
    state: FloatArray,
    inner: FloatArray,
    work: FloatArray,
    row: FloatArray,
    craft_: RecordArray,
    wheels: RecordArray,
    world_: RecordArray,
    sky_: RecordArray,
    terms: RecordArray,
) -> bool:
    """Advance n steps (0 will do) under held commands and refresh the row.

    Returns False, with nothing done, when a command is not finite.
    """
    if not (all_finite(wheel_torque_Nm) and all_finite(dipole_body_A_m2)):
        return False
    craft, world, sky = craft_[0], world_[0], sky_[0]
    core = _load(state)
    command = Command(work[3], vector(dipole_body_A_m2))
    for step in range(first_step, first_step + n_steps):
        for i in range(wheels.shape[0]):
            speed = wheel_speed(wheels[i], inner[i], core.rate_body_rad_s)
            work[3, i] = drive_torque(wheels[i], speed, wheel_torque_Nm[i], h)
        halfway = add_scaled(core.position_eci_m, 0.5 * h, core.velocity_eci_m_s)
        here = surroundings((step + 0.5) * h, halfway, world, sky, terms)
        core = rk4_step(core, inner, work, h, command, here, craft, wheels, world)
    _store(core, state)
    _observe((first_step + n_steps) * h, state, inner, row, wheels, world, sky, terms)
    return True

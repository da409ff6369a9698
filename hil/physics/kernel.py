"""The one call from Python: many integration steps of the whole world, arrays in, arrays out.

The state array holds, in this order: the core (13), the inner states (wheel momenta, flexible
displacements and rates), what rounding took from them, the wheels' angles, the thrusters' remaining
on-times, the field nodes' memory (7).
"""

from __future__ import annotations

import math

from hil.physics.compiled import compiled, compiled_apart
from hil.physics.dynamics import rk4_step
from hil.physics.fine_step import fastest_squared, fine_step, pieces_of
from hil.physics.period import PERIOD_SIZE, begin_step, end_step, write_period
from hil.physics.records import Record, RecordArray
from hil.physics.row import write_row
from hil.physics.sky import sky_at
from hil.physics.state import CORE_SIZE, Command, Core, Surroundings, load, store
from hil.physics.step import FASTEST_rad_s
from hil.physics.surroundings import field_eci, field_from_nodes, surroundings
from hil.physics.vectors import FloatArray, Vector, add, add_scaled, norm, vector
from hil.physics.wheels import limit_drives, turn_rotors

DONE, NOT_FINITE, BELOW_SURFACE, ASTRAY, TOO_FAST = 0, 1, 2, 3, 4


@compiled
def look_around(
    step: int,
    part: float,
    h: float,
    node_steps: int,
    core: Core,
    memory: FloatArray,
    planet: Record,
    sky: Record,
    air: RecordArray,
    terms: RecordArray,
) -> Surroundings:
    """Return the environment a part of a step after it began, where the spacecraft will be then."""
    time_s = (step + part) * h
    place = add_scaled(core.position_eci_m, part * h, core.velocity_eci_m_s)
    view = sky_at(time_s, sky)
    if node_steps == 0:
        field = field_eci(place, view.fixed_from_eci, terms)
    else:
        field = field_from_nodes(step, part, h, node_steps, core, memory, planet, sky, terms)
    return surroundings(time_s, place, field, view, planet, sky, air)


@compiled
def burn(remaining_s: FloatArray, h: float, thrusters: RecordArray) -> tuple[Vector, Vector]:
    """Return force and torque of open valves over the next h seconds, in which none shuts.

    The time is taken off.
    """
    force, torque = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    for i in range(thrusters.shape[0]):
        if remaining_s[i] > 0.0:
            force = add(force, vector(thrusters[i].force_body_N))
            torque = add(torque, vector(thrusters[i].torque_body_Nm))
            remaining_s[i] = max(0.0, remaining_s[i] - h)
    return force, torque


@compiled
def until_a_valve_shuts(remaining_s: FloatArray, left_s: float) -> float:
    """Return the seconds until the next valve shuts, at most those that are left of a step."""
    for remaining in remaining_s:
        if 0.0 < remaining < left_s:
            left_s = remaining
    return left_s


@compiled_apart
def fine_steps(
    core: Core,
    inner: FloatArray,
    lost: FloatArray,
    angles_rad: FloatArray,
    work: FloatArray,
    h: float,
    turn_squared: float,
    motor_torque_Nm: FloatArray,
    command: Command,
    here: Surroundings,
    body: Record,
    wheels: RecordArray,
    faces: RecordArray,
    modes: RecordArray,
    planet: Record,
) -> Core:
    """Advance core (returned) and inner (in place) by h seconds, in pieces fit for a turn."""
    pieces = pieces_of(h, turn_squared)
    piece = h / pieces
    for _ in range(pieces):
        turn_rotors(core, inner, angles_rad, piece, wheels)
        core = fine_step(
            core,
            inner,
            lost,
            angles_rad,
            work,
            piece,
            motor_torque_Nm,
            command,
            here,
            body,
            wheels,
            faces,
            modes,
            planet,
        )
        turn_rotors(core, inner, angles_rad, piece, wheels)
    return core


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
    node_steps: int,
    calm2: float,
    wheel_torque_Nm: FloatArray,
    dipole_body_A_m2: FloatArray,
    state: FloatArray,
    work: FloatArray,
    period_steps: int,
    memory_of_period: FloatArray,
    row: FloatArray,
    body_: RecordArray,
    wheels: RecordArray,
    faces: RecordArray,
    thrusters: RecordArray,
    modes: RecordArray,
    planet_: RecordArray,
    sky_: RecordArray,
    air: RecordArray,
    terms: RecordArray,
) -> int:
    """Advance n steps (0 will do) under held commands and refresh the row, if it has any place.

    ``period_steps`` make a control period, of which ``memory_of_period`` keeps how the body moved.
    ``calm2`` is the square of the step's ``calm_rate_rad_s``.

    Returns DONE; NOT_FINITE, with nothing done, for a command; BELOW_SURFACE or TOO_FAST, where it
    stopped; or ASTRAY, when the state is not finite at the end.
    Arrays come one by one: within a tuple each would be counted in and out of every function, at
    half the speed.
    """
    if not (all_finite(wheel_torque_Nm) and all_finite(dipole_body_A_m2)):
        return NOT_FINITE
    body, planet, sky = body_[0], planet_[0], sky_[0]
    n, k = wheels.shape[0], thrusters.shape[0]
    size = n + 2 * modes.shape[0]
    inner = state[CORE_SIZE : CORE_SIZE + size]
    lost = state[CORE_SIZE + size : CORE_SIZE + 2 * size]
    rest = state[CORE_SIZE + 2 * size :]
    angles, on_times, memory = rest[:n], rest[n : n + k], rest[n + k :]
    motor = work[3]
    core, dipole = load(state), vector(dipole_body_A_m2)
    step, end, outcome = first_step, first_step + n_steps, DONE
    while step < end and outcome == DONE:
        here = look_around(step, 0.5, h, node_steps, core, memory, planet, sky, air, terms)
        begin_step(core, inner, wheels, step % period_steps == 0, memory_of_period)
        left = h
        while left > 0.0 and outcome == DONE:
            part = until_a_valve_shuts(on_times, left)
            limit_drives(core, inner, wheel_torque_Nm, part, wheels, motor)
            thrust, twist = burn(on_times, part, thrusters)
            command = Command(dipole, thrust, twist)
            turn2 = fastest_squared(core, inner, body, wheels)
            if turn2 <= calm2:
                turn_rotors(core, inner, angles, part, wheels)
                core = rk4_step(
                    core,
                    inner,
                    lost,
                    work,
                    part,
                    motor,
                    command,
                    here,
                    body,
                    wheels,
                    faces,
                    modes,
                    planet,
                )
                turn_rotors(core, inner, angles, part, wheels)
            elif turn2 <= FASTEST_rad_s * FASTEST_rad_s:
                core = fine_steps(
                    core,
                    inner,
                    lost,
                    angles,
                    work,
                    part,
                    turn2,
                    motor,
                    command,
                    here,
                    body,
                    wheels,
                    faces,
                    modes,
                    planet,
                )
            else:
                outcome = TOO_FAST
            left = left - part
        end_step(core, inner, angles, wheels, step, period_steps, h, memory_of_period)
        step += 1
        if norm(core.position_eci_m) < planet.radius_m:
            outcome = BELOW_SURFACE
    store(core, state)
    if not all_finite(state[: CORE_SIZE + size]):
        outcome = ASTRAY
    if row.shape[0] == 0:
        return outcome
    here = look_around(step, 0.0, h, node_steps, core, memory, planet, sky, air, terms)
    command = Command(dipole, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    write_row(core, inner, angles, command, here, body, wheels, faces, planet, row)
    if step % period_steps == 0 and first_step < step:
        attitude = (row[0], row[1], row[2], row[3])
        write_period(attitude, period_steps, memory_of_period, row, row.shape[0] - k - PERIOD_SIZE)
    return outcome

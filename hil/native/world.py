"""Compiled: a control period of the world, as ``hil.bench.world`` has it go on."""

from __future__ import annotations

import numpy as np

from hil.devices.rod import pass_time, take_dipole
from hil.devices.wheel import take_torques
from hil.native.calls import advance_at
from hil.native.octets import IntArray
from hil.physics.compiled import compiled
from hil.physics.records import Record, RecordArray
from hil.physics.vectors import FloatArray

WORLD = np.dtype(
    [
        ("advance", "i8"),  # the address of hil.physics.kernel.advance
        ("step", "i8"),  # of the truth
        ("prepared_until", "i8"),
        ("steps", "i8"),  # of the truth in a control period
        ("waiting", "i8"),  # of them from the period's start until a command's effect
        ("rods_at_once", "i8"),
        ("underway", "i8"),  # commands on their way
        ("outcome", "i8"),  # of what the truth did last
        ("step_s", "f8"),  # of the truth
        ("node_steps", "i8"),
        ("calm2", "f8"),
    ],
    align=True,
)


@compiled
def go(
    steps: int,
    world: Record,
    torque_Nm: FloatArray,
    rods: RecordArray,
    mean_A_m2: FloatArray,
    dipole_A_m2: FloatArray,
    state: FloatArray,
    work: FloatArray,
    period: FloatArray,
    truth: FloatArray,
    body: RecordArray,
    wheels: RecordArray,
    faces: RecordArray,
    thrusters: RecordArray,
    modes: RecordArray,
    planet: RecordArray,
    sky: RecordArray,
    air: RecordArray,
    terms: RecordArray,
) -> int:
    """Let the truth go some of its steps on under held commands; return how that ended.

    truth: the row to be refreshed; none, where nobody looks at it.
    """
    if world.rods_at_once == 0:
        pass_time(steps * world.step_s, rods, mean_A_m2, dipole_A_m2)
    outcome = advance_at(
        world.advance,
        world.step,
        steps,
        world.step_s,
        world.node_steps,
        world.calm2,
        torque_Nm,
        mean_A_m2,
        state,
        work,
        world.steps,
        period,
        truth,
        body,
        wheels,
        faces,
        thrusters,
        modes,
        planet,
        sky,
        air,
        terms,
    )
    world.step += steps
    return int(outcome)


@compiled
def take(
    wanted: FloatArray,
    drives: RecordArray,
    torque_Nm: FloatArray,
    rods: RecordArray,
    refused: IntArray,
    rods_at_once: bool,
    mean_A_m2: FloatArray,
    dipole_A_m2: FloatArray,
) -> None:
    """Have a command take effect: torques of all wheels, then the rods' dipole (3,)."""
    take_torques(wanted, drives, torque_Nm)
    n = wanted.shape[0] - 3
    if take_dipole(wanted[n], wanted[n + 1], wanted[n + 2], rods, refused) and rods_at_once:
        pass_time(0.0, rods, mean_A_m2, dipole_A_m2)


@compiled
def tell_impulse(
    truth: FloatArray, thrust_N: FloatArray, opened_s: FloatArray, left_s: FloatArray
) -> None:
    """Put into the row what each thruster has given since the start."""
    n = thrust_N.shape[0]
    for i in range(n):
        truth[truth.shape[0] - n + i] = thrust_N[i] * (opened_s[i] - left_s[i])


@compiled
def put_underway(
    world: Record,
    underway: FloatArray,
    due: IntArray,
    values: FloatArray,
    wheels_at: int,
    dipole_at: int,
) -> None:
    """Have a command take effect when it is due; values: of the answer that it is in."""
    place, n = world.underway, underway.shape[1] - 3
    for i in range(n):
        underway[place, i] = values[wheels_at + i]
    for i in range(3):
        underway[place, n + i] = values[dipole_at + i]
    due[place] = world.waiting
    world.underway += 1


@compiled
def keep_underway(world: Record, underway: FloatArray, due: IntArray, used: int) -> None:
    """Forget the commands that have taken effect, and have a period pass for the others."""
    world.underway -= used
    for i in range(world.underway):
        due[i] = due[used + i] - world.steps
        for k in range(underway.shape[1]):
            underway[i, k] = underway[used + i, k]


@compiled
def pass_period(
    world: Record,
    underway: FloatArray,
    due: IntArray,
    drives: RecordArray,
    torque_Nm: FloatArray,
    rods: RecordArray,
    refused: IntArray,
    mean_A_m2: FloatArray,
    dipole_A_m2: FloatArray,
    state: FloatArray,
    work: FloatArray,
    period: FloatArray,
    truth: FloatArray,
    body: RecordArray,
    wheels: RecordArray,
    faces: RecordArray,
    thrusters: RecordArray,
    modes: RecordArray,
    planet: RecordArray,
    sky: RecordArray,
    air: RecordArray,
    terms: RecordArray,
) -> int:
    """Let the truth go a control period on, with each command from its instant on.

    Returns how that ended. Only at the period's end the row, truth, is refreshed.
    """
    passed, used = 0, 0
    while True:
        waits = used < world.underway and due[used] <= world.steps
        until = max(passed, due[used]) if waits else world.steps
        if until > passed:
            outcome = go(
                until - passed, world, torque_Nm, rods, mean_A_m2, dipole_A_m2, state, work,
                period, truth if until == world.steps else truth[:0], body, wheels, faces,
                thrusters, modes, planet, sky, air, terms,
            )  # fmt: skip
            if outcome != 0:
                return outcome
            passed = until
        if not waits:
            break
        at_once = world.rods_at_once != 0
        take(underway[used], drives, torque_Nm, rods, refused, at_once, mean_A_m2, dipole_A_m2)
        used += 1
    keep_underway(world, underway, due, used)
    return 0

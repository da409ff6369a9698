"""Compiled: control periods one after the other, until one is unusual."""

from __future__ import annotations

import numpy as np

from hil.native.calls import clock_at, exchange_at
from hil.native.octets import Bits, IntArray, Narrow, Octets
from hil.native.reply import HOUSEKEEPING, measured_only, understand
from hil.native.sensing import normals_last, sense
from hil.native.world import pass_period, put_underway, tell_impulse
from hil.physics.compiled import compiled, compiled_apart
from hil.physics.records import Record, RecordArray
from hil.physics.vectors import FloatArray

LOOP = np.dtype(
    [
        ("exchange", "i8"),  # addresses: of hil_obc_exchange, the OBC's memory, clock_gettime
        ("obc", "i8"),
        ("clock", "i8"),
        ("clock_kind", "i8"),
        ("sequence", "i8"),  # of the OBC's last command
        ("reply_column", "i8"),  # where they begin in a step's row: commands,
        ("separate_column", "i8"),  # commands of a packet of their own,
        ("estimate_column", "i8"),  # and what else there is
        ("housekeeping_column", "i8"),
        ("user_column", "i8"),
        ("estimate_size", "i8"),
        ("command_values", "i8"),  # of the wheels, among those of a reply, and of the rods
        ("dipole_values", "i8"),
        ("housekeeping", "i8"),  # where it begins among the values of a reply, and how many
        ("housekeeping_size", "i8"),
        ("sent", "i8"),  # octets in the last step's frames and in its answer
        ("heard", "i8"),
    ],
    align=True,
)
DONE, NO_NORMALS, NOT_PREPARED, UNUSUAL, ASTRAY = 0, 1, 2, 3, 4
STAGES = 4  # devices with wire, OBC, wire back with the row, truth
"""Why the loop ended: all steps are made; before a step: normals are to be drawn, the truth is to
be prepared; within one: the answer is to be looked at; the truth cannot go on."""


@compiled
def now_ns(loop: Record, instant: IntArray) -> int:
    """Return the monotonic clock's time; instant: two words of room."""
    clock_at(loop.clock, loop.clock_kind, instant.ctypes.data)
    return int(instant[0] * 1_000_000_000 + instant[1])


@compiled
def finish_row(
    loop: Record,
    row: FloatArray,
    values: FloatArray,
    told: FloatArray,
    user: FloatArray,
    needs: IntArray,
    came: IntArray,
) -> None:
    """Put an answer into the row; housekeeping that did not come stays as it was told last."""
    at, housekeeping = loop.reply_column, loop.housekeeping
    for i in range(loop.separate_column - at):
        row[at + i] = values[loop.command_values + i]
    for i in range(loop.separate_column, loop.estimate_column):
        row[i] = 0.0
    for i in range(loop.estimate_size):
        row[loop.estimate_column + i] = values[i]
    if came[HOUSEKEEPING] != 0:
        for i in range(loop.housekeeping_size):
            told[i] = values[housekeeping + i]
        measured_only(told, needs)
    for i in range(told.shape[0]):
        row[loop.housekeeping_column + i] = told[i]
    for i in range(user.shape[0]):
        row[loop.user_column + i] = user[i]


@compiled_apart
def run(
    first: int,
    times_s: FloatArray,
    rows: FloatArray,
    octets: Octets,
    answer: Octets,
    sizes: IntArray,
    loop_: RecordArray,
    time_: RecordArray,
    sensors: RecordArray,
    waiting: FloatArray,
    shown: FloatArray,
    sequences: IntArray,
    replies: RecordArray,
    codes: IntArray,
    needs: IntArray,
    values: FloatArray,
    told: FloatArray,
    user: FloatArray,
    body: Octets,
    narrow: Narrow,
    bits: Bits,
    came: IntArray,
    instant: IntArray,
    stage_ns: IntArray,
    world_: RecordArray,
    underway: FloatArray,
    due: IntArray,
    drives: RecordArray,
    torque_Nm: FloatArray,
    rods: RecordArray,
    refused: IntArray,
    mean_A_m2: FloatArray,
    dipole_A_m2: FloatArray,
    thrust_N: FloatArray,
    opened_s: FloatArray,
    left_s: FloatArray,
    truth: FloatArray,
    whole_truth: FloatArray,
    state: FloatArray,
    work: FloatArray,
    period: FloatArray,
    craft: RecordArray,
    wheels: RecordArray,
    faces: RecordArray,
    thrusters: RecordArray,
    modes: RecordArray,
    planet: RecordArray,
    sky: RecordArray,
    air: RecordArray,
    terms: RecordArray,
) -> tuple[int, int]:
    """Make steps from ``first`` on, one for each row; return how many are whole, and why it ended.

    Step k fills rows[k] and, at the place of the step's number in turn, octets[place, 0] with what
    was sent and octets[place, 1] with the answer, whose sizes are sizes[k]. Of the step after the
    last whole one, row and octets are filled as far as it got; an unusual answer is left in
    ``answer``. Arrays come one by one, as in ``hil.physics.kernel.advance``.
    """
    loop, time, world = loop_[0], time_[0], world_[0]
    begin_ns = now_ns(loop, instant)
    for k in range(rows.shape[0]):
        step, row = first + k, rows[k]
        if world.step >= world.prepared_until or world.step + world.steps > world.prepared_until:
            return k, NOT_PREPARED
        if not normals_last(step, sensors):
            return k, NO_NORMALS
        row[0], row[1] = times_s[k], step
        for i in range(truth.shape[0]):
            row[2 + i] = truth[i]
        slot = step % octets.shape[0]
        sent = octets[slot, 0]
        size = sense(
            step, time, sensors, waiting, truth, dipole_A_m2, shown, sequences, row, body, narrow,
            bits, sent,
        )  # fmt: skip
        sent_ns = now_ns(loop, instant)
        answered = exchange_at(
            loop.exchange, loop.obc, sent.ctypes.data, size, answer.ctypes.data, answer.shape[0]
        )
        heard_ns = now_ns(loop, instant)
        sizes[k, 0], sizes[k, 1] = size, answered
        stage_ns[0] += sent_ns - begin_ns
        stage_ns[1] += heard_ns - sent_ns
        sequence = loop.sequence + 1
        if not understand(
            step, sequence, answer, answered, replies, codes, body, narrow, bits, values, came
        ):
            return k, UNUSUAL
        for i in range(answered):
            octets[slot, 1, i] = answer[i]
        loop.sequence = sequence
        finish_row(loop, row, values, told, user, needs, came)
        row[row.shape[0] - 2] = (heard_ns - sent_ns) * 1e-9
        row[row.shape[0] - 1] = 0.0
        told_ns = now_ns(loop, instant)
        stage_ns[2] += told_ns - heard_ns
        put_underway(world, underway, due, values, loop.command_values, loop.dipole_values)
        world.outcome = pass_period(
            world, underway, due, drives, torque_Nm, rods, refused, mean_A_m2, dipole_A_m2, state,
            work, period, whole_truth, craft, wheels, faces, thrusters, modes, planet, sky, air,
            terms,
        )  # fmt: skip
        if world.outcome != 0:
            return k, ASTRAY
        tell_impulse(truth, thrust_N, opened_s, left_s)
        begin_ns = now_ns(loop, instant)
        stage_ns[3] += begin_ns - told_ns
    return rows.shape[0], DONE

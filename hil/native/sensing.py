"""Compiled: what all sensors of a spacecraft deliver at a step, as columns and as frames."""

from __future__ import annotations

import numpy as np

from hil.native.calls import floats_at, measure_at
from hil.native.octets import (
    Bits,
    IntArray,
    Narrow,
    Octets,
    put_frame,
    put_header,
    put_number,
    put_value,
)
from hil.physics.compiled import compiled
from hil.physics.records import Record, RecordArray
from hil.physics.vectors import FloatArray

SENSOR = np.dtype(
    [
        ("period", "i8"),  # steps
        ("delay", "i8"),
        ("measure", "i8"),  # addresses of the code, the unit's record and its normals
        ("unit", "i8"),
        ("unit_words", "i8"),
        ("normals", "i8"),
        ("normals_size", "i8"),
        ("following", "i8"),  # the first of the normals that nobody has taken
        ("blocks", "i8"),  # of normals that follow these, and how many of them were begun
        ("begun", "i8"),
        ("draws", "i8"),
        ("values", "i8"),
        ("column", "i8"),  # where they begin in a step's row
        ("first_word", "i8"),  # of its packet, without time and with it
        ("length_word", "i8"),
        ("timed_first_word", "i8"),
        ("timed_length_word", "i8"),
        ("instance", "i8"),
        ("code", "i8"),  # of its values
        ("slot", "i8"),  # of its packet's sequence count
        ("waiting", "i8"),  # samples on their way, and which of their places is the first
        ("head", "i8"),
    ],
    align=True,
)
INVALID = 1 << 4  # in a sample's first octet, beside the instance


@compiled
def tick(step: int, time: Record) -> int:
    """Return the CUC time of a step, as ``hil.link.clock.Clock`` has it."""
    return int((time.parts_at_start + step * time.parts_a_step) // time.tick_parts)


@compiled
def normals_last(step: int, sensors: RecordArray) -> bool:
    """Have sensors that are due begin a new block of normals; return whether none has too few."""
    for k in range(sensors.shape[0]):
        sensor = sensors[k]
        short = sensor.following + sensor.draws > sensor.normals_size
        if short and step % sensor.period == 0:
            if sensor.begun == sensor.blocks:
                return False
            sensor.begun += 1
            sensor.following = 0
            sensor.normals += 8 * sensor.normals_size
    return True


@compiled
def measured(sensor: Record, truth: FloatArray, rods: FloatArray, shown: FloatArray) -> bool:
    """Have a sensor measure; return whether what it shows is valid."""
    unit = floats_at(sensor.unit, sensor.unit_words)
    normals = floats_at(sensor.normals, sensor.normals_size)
    i = sensor.following
    sensor.following = i + sensor.draws
    return bool(measure_at(sensor.measure, truth, rods, unit, normals, i, shown))


@compiled
def deliver(
    sensor: Record,
    shown: FloatArray,
    valid: bool,
    age_s: float,
    ticks: int,
    sequences: IntArray,
    row: FloatArray,
    body: Octets,
    narrow: Narrow,
    bits: Bits,
    sent: Octets,
    at: int,
) -> int:
    """Put a sample into the row and append its frame; return the place after it."""
    column = sensor.column
    for i in range(sensor.values):
        row[column + i] = shown[i]
    row[column + sensor.values] = 1.0 if valid else 0.0
    row[column + sensor.values + 1] = age_s
    sequence = sequences[sensor.slot]
    sequences[sensor.slot] = (sequence + 1) & 0x3FFF
    late = age_s != 0.0
    first = sensor.timed_first_word if late else sensor.first_word
    length = sensor.timed_length_word if late else sensor.length_word
    size = put_header(body, first, length, sequence, ticks, late)
    size = put_number(body, size, (0 if valid else INVALID) | sensor.instance, 1)
    for i in range(sensor.values):
        size = put_value(body, size, sensor.code, shown[i], narrow, bits)
    return put_frame(body, size, sent, at)


@compiled
def wait(step: int, sensor: Record, valid: bool, shown: FloatArray, places: FloatArray) -> None:
    """Have a sample wait for its delay, after those that wait already."""
    place = places[(sensor.head + sensor.waiting) % places.shape[0]]
    sensor.waiting += 1
    place[0], place[1] = step, valid
    for i in range(sensor.values):
        place[2 + i] = shown[i]


@compiled
def sense(
    step: int,
    time: Record,
    sensors: RecordArray,
    waiting: FloatArray,
    truth: FloatArray,
    rods: FloatArray,
    shown: FloatArray,
    sequences: IntArray,
    row: FloatArray,
    body: Octets,
    narrow: Narrow,
    bits: Bits,
    sent: Octets,
) -> int:
    """Ask all sensors and close the step; return how many octets are to be sent.

    waiting: (sensors, places, 2 + values) samples on their way: step, validity, values.
    """
    at = 0
    for k in range(sensors.shape[0]):
        sensor = sensors[k]
        for i in range(sensor.values + 2):
            row[sensor.column + i] = np.nan
        values, taken, valid, ready = shown, step, False, False
        if step % sensor.period == 0:
            valid = measured(sensor, truth, rods, shown)
            ready = sensor.delay == 0
            if not ready:
                wait(step, sensor, valid, shown, waiting[k])
        if not ready and sensor.waiting > 0 and waiting[k, sensor.head, 0] + sensor.delay <= step:
            place = waiting[k, sensor.head]
            sensor.head = (sensor.head + 1) % waiting.shape[1]
            sensor.waiting -= 1
            values, taken, valid, ready = place[2:], int(place[0]), place[1] != 0.0, True
        if ready:
            age_s = (step - taken) * time.step_s
            ticks = tick(taken, time) if taken != step else 0
            at = deliver(
                sensor, values, valid, age_s, ticks, sequences, row, body, narrow, bits, sent, at
            )
    return close_step(step, time, sequences, body, sent, at)


@compiled
def close_step(
    step: int, time: Record, sequences: IntArray, body: Octets, sent: Octets, at: int
) -> int:
    """Append the SYNC, whose sequence count is the first; return the place after it."""
    sequence = sequences[0]
    sequences[0] = (sequence + 1) & 0x3FFF
    size = put_header(
        body, time.sync_first_word, time.sync_length_word, sequence, tick(step, time), True
    )
    return put_frame(body, put_number(body, size, step, 4), sent, at)


TIME = np.dtype(
    [
        ("step_s", "f8"),
        ("parts_at_start", "i8"),
        ("parts_a_step", "i8"),
        ("tick_parts", "i8"),
        ("sync_first_word", "i8"),
        ("sync_length_word", "i8"),
    ],
    align=True,
)

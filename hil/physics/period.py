"""What the body does between two rows: its mean turn over a control period, and one instant of it.

A row is one instant a control period, and what turns at a multiple of the control rate looks still
there. So the kernel looks at every step of a period: where the body was on average, and where at
one instant, another one in each period, so that instants fall on all phases of a vibration. Between
the ends of a step the body follows Hermite's cubic through attitude and rate, and the wobble of the
wheels its own formula, however often they turn meanwhile.
"""

from __future__ import annotations

import math

from hil.physics.compiled import compiled
from hil.physics.records import Record, RecordArray
from hil.physics.rotations import Quaternion, product
from hil.physics.state import Core
from hil.physics.vectors import FloatArray, Vector, add, add_scaled, dot, subtract, vector
from hil.physics.wheels import wheel_speed

PERIOD_COLUMNS = (
    ("period_mean_turn_body_rad", 3),
    ("period_inside_turn_body_rad", 3),
    ("period_inside_age_s", 1),
)
PERIOD_SIZE = sum(size for _, size in PERIOD_COLUMNS)
PERIOD_MEMORY = 17  # numbers, and one for each wheel: see begin_step

_START, _TURN, _RATE, _SUM, _INSIDE, _AGE, _SPEEDS = 0, 4, 7, 10, 13, 16, 17
_GOLDEN = 0.6180339887498949  # its multiples fill the unit interval evenly (Weyl's sequence)
_STILL_rad = 1e-3  # a rotor that turns less in a step is taken at its middle


@compiled
def turn_between(q_eci_from_start: Quaternion, q_eci_from_body: Quaternion) -> Vector:
    """Return twice the vector part of q_start_from_body: the turn in rad, if it is small."""
    x, y, z, w = q_eci_from_start
    x, y, z, w = product((-x, -y, -z, w), q_eci_from_body)
    sign = 2.0 if w >= 0.0 else -2.0
    return (sign * x, sign * y, sign * z)


@compiled
def keep(memory: FloatArray, at: int, v: Vector) -> None:
    """Put a vector into the memory."""
    memory[at], memory[at + 1], memory[at + 2] = v


@compiled
def begin_step(
    core: Core, momenta: FloatArray, wheels: RecordArray, first: bool, memory: FloatArray
) -> None:
    """Note where a step begins; first: the first one of a control period.

    The memory holds the attitude at the period's start, turn and rate at the step's, the sum of the
    steps' mean turns, the turn at the instant looked at and how long before the period's end that
    is, and the wheels' speeds at the step's start.
    """
    if first:
        for i in range(4):
            memory[_START + i] = core.q_eci_from_body[i]
        keep(memory, _TURN, (0.0, 0.0, 0.0))
        keep(memory, _SUM, (0.0, 0.0, 0.0))
    keep(memory, _RATE, core.rate_body_rad_s)
    for i in range(wheels.shape[0]):
        memory[_SPEEDS + i] = wheel_speed(wheels[i], momenta[i], core.rate_body_rad_s)


@compiled
def wobble_in_step(
    wheel: Record, angle_rad: float, turned_rad: float, part: float
) -> tuple[Vector, Vector]:
    """Return a wheel's mean wobble over a step, and that after a part of it, in rad, body frame.

    angle_rad: the rotor's at the step's end. turned_rad: by how much it turned in the step.
    """
    cosine, sine = vector(wheel.wobble_cosine_rad), vector(wheel.wobble_sine_rad)
    if dot(cosine, cosine) + dot(sine, sine) == 0.0:
        return (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    start = angle_rad - turned_rad
    if abs(turned_rad) < _STILL_rad:
        c, s = math.cos(angle_rad - 0.5 * turned_rad), math.sin(angle_rad - 0.5 * turned_rad)
    else:
        c = (math.sin(angle_rad) - math.sin(start)) / turned_rad
        s = (math.cos(start) - math.cos(angle_rad)) / turned_rad
    mean = add_scaled(add_scaled((0.0, 0.0, 0.0), c, cosine), s, sine)
    then = start + part * turned_rad
    inside = add_scaled((0.0, 0.0, 0.0), math.cos(then), cosine)
    return mean, add_scaled(inside, math.sin(then), sine)


@compiled
def end_step(
    core: Core,
    momenta: FloatArray,
    angles_rad: FloatArray,
    wheels: RecordArray,
    step: int,
    period_steps: int,
    h: float,
    memory: FloatArray,
) -> None:
    """Note how the body moved in the step that ends here, by its number from the epoch."""
    in_period = step % period_steps
    u = (step // period_steps + 1) * _GOLDEN % 1.0 * period_steps
    part = min(1.0, max(0.0, u - in_period))
    start = (memory[_START], memory[_START + 1], memory[_START + 2], memory[_START + 3])
    before, after = vector(memory[_TURN:]), turn_between(start, core.q_eci_from_body)
    rate, rate_after = vector(memory[_RATE:]), core.rate_body_rad_s
    mean = add_scaled(add_scaled(before, 0.5, subtract(after, before)), h / 12.0, rate)
    mean = add_scaled(mean, -h / 12.0, rate_after)
    left = 1.0 - part
    bend = part * left * h
    inside = add_scaled(before, part * part * (3.0 - 2.0 * part), subtract(after, before))
    inside = add_scaled(add_scaled(inside, bend * left, rate), -bend * part, rate_after)
    for i in range(wheels.shape[0]):
        speed = wheel_speed(wheels[i], momenta[i], rate_after)
        turned = 0.5 * h * (memory[_SPEEDS + i] + speed)
        wobble_mean, wobble_then = wobble_in_step(wheels[i], angles_rad[i], turned, part)
        mean, inside = add(mean, wobble_mean), add(inside, wobble_then)
    keep(memory, _TURN, after)
    keep(memory, _SUM, add(vector(memory[_SUM:]), mean))
    if in_period <= u < in_period + 1:
        keep(memory, _INSIDE, inside)
        memory[_AGE] = (period_steps - u) * h


@compiled
def write_period(
    q_eci_from_body: Quaternion, period_steps: int, memory: FloatArray, row: FloatArray, at: int
) -> None:
    """Write what a period was like into the row at its end, whose attitude is given."""
    start = (memory[_START], memory[_START + 1], memory[_START + 2], memory[_START + 3])
    here = turn_between(start, q_eci_from_body)
    mean, inside = vector(memory[_SUM:]), vector(memory[_INSIDE:])
    for i in range(3):
        row[at + i] = mean[i] / period_steps - here[i]
        row[at + 3 + i] = inside[i] - here[i]
    row[at + 6] = memory[_AGE]

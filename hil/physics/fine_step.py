"""The step for what turns fast: of order 8, in pieces that follow from the fastest turn.

RK4 at an ordinary step is exact enough for a slow spacecraft and the quickest. Where something
turns faster than ``calm_rate_rad_s``, the step is cut into pieces of at most PIECE_rad each. What
turns is the body, the gyroscopic motion of body and wheels, and a rotor whose imbalance shakes a
flexible mode.
"""

from __future__ import annotations

import math

import numpy as np

from hil.physics.compiled import compiled
from hil.physics.dynamics import add_gain, derivative
from hil.physics.records import Record, RecordArray
from hil.physics.rotations import normalized
from hil.physics.state import CORE_SIZE, Command, Core, Surroundings, load, moved, store
from hil.physics.vectors import (
    FloatArray,
    add_scaled,
    dot,
    matrix,
    transform,
    vector,
)
from hil.physics.wheels import shake, wheel_speed

PIECE_rad = 0.15  # keeps the attitude of any body within 0.1 arcsec in 600 s at 1 100 deg/s
STAGES = 11
_ROOT = math.sqrt(21.0)


def _tableau() -> tuple[FloatArray, FloatArray]:
    """How far each stage goes along the slopes before it, (11, 11), and the slopes' weights.

    Cooper & Verner, Some explicit Runge-Kutta methods of high order, SIAM J. Numer. Anal. 9 (1972)
    389-405; Hairer, Norsett & Wanner, Solving Ordinary Differential Equations I, section II.5.
    """
    s = _ROOT
    rows: tuple[tuple[float, ...], ...] = (
        (),
        (1 / 2,),
        (1 / 4, 1 / 4),
        (1 / 7, (-7 - 3 * s) / 98, (21 + 5 * s) / 49),
        ((11 + s) / 84, 0, (18 + 4 * s) / 63, (21 - s) / 252),
        ((5 + s) / 48, 0, (9 + s) / 36, (-231 + 14 * s) / 360, (63 - 7 * s) / 80),
        (
            (10 - s) / 42,
            0,
            (-432 + 92 * s) / 315,
            (633 - 145 * s) / 90,
            (-504 + 115 * s) / 70,
            (63 - 13 * s) / 35,
        ),
        (1 / 14, 0, 0, 0, (14 - 3 * s) / 126, (13 - 3 * s) / 63, 1 / 9),
        (
            1 / 32,
            0,
            0,
            0,
            (91 - 21 * s) / 576,
            11 / 72,
            (-385 - 75 * s) / 1152,
            (63 + 13 * s) / 128,
        ),
        (
            1 / 14,
            0,
            0,
            0,
            1 / 9,
            (-733 - 147 * s) / 2205,
            (515 + 111 * s) / 504,
            (-51 - 11 * s) / 56,
            (132 + 28 * s) / 245,
        ),
        (
            0,
            0,
            0,
            0,
            (-42 + 7 * s) / 18,
            (-18 + 28 * s) / 45,
            (-273 - 53 * s) / 72,
            (301 + 53 * s) / 72,
            (28 - 28 * s) / 45,
            (49 - 7 * s) / 18,
        ),
    )
    reach = np.zeros((STAGES, STAGES))
    for i, row in enumerate(rows):
        reach[i, : len(row)] = row
    weight = np.array([9, 0, 0, 0, 0, 0, 0, 49, 64, 49, 9]) / 180
    return reach, weight


REACH, WEIGHT = _tableau()
LAG = REACH.sum(axis=1) - 0.5  # of each stage behind the piece's middle, as a part of it


@compiled
def fastest_squared(core: Core, inner: FloatArray, body: Record, wheels: RecordArray) -> float:
    """Return the square of the fastest turn, in rad^2/s^2.

    With the momentum H of body and wheels and the inertia J that a torque turns, the gyroscopic
    motion J x' = H x x has the frequency sqrt(H . J H / det J).
    """
    rate = core.rate_body_rad_s
    momentum = transform(matrix(body.inertia_body_kg_m2), rate)
    for i in range(wheels.shape[0]):
        axis = vector(wheels[i].axis_body)
        spin = inner[i] - wheels[i].spin_inertia_kg_m2 * dot(axis, rate)
        momentum = add_scaled(momentum, spin, axis)
    fastest = max(dot(rate, rate), dot(momentum, transform(matrix(body.gyration), momentum)))
    if body.shaken > 0.0:
        for i in range(wheels.shape[0]):
            speed = wheel_speed(wheels[i], inner[i], rate)
            fastest = max(fastest, speed * speed)
    return fastest


@compiled
def pieces_of(h: float, turn_squared: float) -> int:
    """Return into how many pieces h seconds are to be cut."""
    return max(1, math.ceil(h * math.sqrt(turn_squared) / PIECE_rad))


@compiled
def combined(slopes: FloatArray, share: FloatArray, stages: int, gain: FloatArray) -> Core:
    """Return the weighted sum of the first slopes; fill that of the inner states."""
    zero = (0.0, 0.0, 0.0)
    total = Core((0.0, 0.0, 0.0, 0.0), zero, zero, zero)
    for i in range(gain.shape[0]):
        gain[i] = 0.0
    for j in range(stages):
        if share[j] != 0.0:
            total = moved(total, share[j], load(slopes[j]))
            for i in range(gain.shape[0]):
                gain[i] += share[j] * slopes[j, CORE_SIZE + i]
    return total


@compiled
def fine_step(
    core: Core,
    inner: FloatArray,
    lost: FloatArray,
    angles_rad: FloatArray,
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
    """Advance core (returned) and inner (in place) by h seconds; ``rk4_step`` in order 8.

    The rotors' angles are those half a step on.
    """
    size = inner.shape[0]
    gain, stage, slope, slopes = work[0, :size], work[1, :size], work[2, :size], work[4:]
    for s in range(STAGES):
        now = moved(core, h, combined(slopes, REACH[s], s, gain))
        for i in range(size):
            stage[i] = inner[i] + h * gain[i]
        shaking = (0.0, 0.0, 0.0)
        if body.shaken > 0.0:
            shaking = shake(now, stage, angles_rad, LAG[s] * h, wheels)
        change = derivative(
            now,
            stage,
            slope,
            motor_torque_Nm,
            command,
            here,
            shaking,
            body,
            wheels,
            faces,
            modes,
            planet,
        )
        store(change, slopes[s])
        for i in range(size):
            slopes[s, CORE_SIZE + i] = slope[i]
    end = moved(core, h, combined(slopes, WEIGHT, STAGES, gain))
    for i in range(size):
        gain[i] *= h
    add_gain(inner, gain, lost)
    return Core(
        normalized(end.q_eci_from_body),
        end.rate_body_rad_s,
        end.position_eci_m,
        end.velocity_eci_m_s,
    )

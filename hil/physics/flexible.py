"""Flexible modes: a damped oscillator each, excited by the body's angular acceleration.

Likins' hybrid coordinates, restricted to rotation (Wie, Space Vehicle Dynamics and Control, chapter
8): J rate' + sum d eta'' = torque and eta'' + 2 zeta w eta' + w^2 eta = -d . rate'.
"""

from __future__ import annotations

from hil.physics.compiled import compiled
from hil.physics.records import RecordArray
from hil.physics.vectors import FloatArray, Vector, add_scaled, dot, vector


@compiled
def flexible_momentum(inner: FloatArray, first: int, modes: RecordArray) -> tuple[Vector, Vector]:
    """Return the modes' angular momentum and spring torque on the body, summed, body frame.

    ``inner[first:]`` holds all displacements, then all their rates.
    """
    n = modes.shape[0]
    momentum = (0.0, 0.0, 0.0)
    torque = (0.0, 0.0, 0.0)
    for i in range(n):
        mode = modes[i]
        coupling = vector(mode.coupling_body)
        displacement, rate = inner[first + i], inner[first + n + i]
        momentum = add_scaled(momentum, rate, coupling)
        restoring = mode.stiffness * displacement + mode.damping * rate
        torque = add_scaled(torque, restoring, coupling)
    return momentum, torque


@compiled
def flexible_slope(
    inner: FloatArray,
    slope: FloatArray,
    first: int,
    acceleration_body_rad_s2: Vector,
    modes: RecordArray,
) -> None:
    """Fill the slope of displacements and rates under the body's angular acceleration."""
    n = modes.shape[0]
    for i in range(n):
        mode = modes[i]
        displacement, rate = inner[first + i], inner[first + n + i]
        drive = dot(vector(mode.coupling_body), acceleration_body_rad_s2)
        slope[first + i] = rate
        slope[first + n + i] = -drive - mode.damping * rate - mode.stiffness * displacement

"""A wheel's bearing that changes in the course of a run: it rubs more, or locks."""

from __future__ import annotations

from hil.physics.records import RecordArray

_LOCKING_STEPS = 4.0
"""Time constant of a bearing that locks, in steps of the truth: RK4 follows no shorter one."""


class WheelBearing:
    """The friction of one wheel in the truth; what is not changed is as built."""

    def __init__(self, wheels: RecordArray, place: int, step_s: float) -> None:
        """Take hold of wheel number ``place`` of the records that the kernel reads."""
        self._wheel, self._step_s = wheels[place : place + 1], step_s
        self._built = wheels[place].copy()

    def multiply_friction(self, factor: float) -> None:
        """Multiply Coulomb and viscous friction as built by a factor from now on."""
        for name in ("coulomb_friction_Nm", "viscous_friction_Nm_s"):
            self._wheel[name] = factor * self._built[name]

    def brake(self, locked: bool) -> None:
        """Lock the bearing, or let it go.

        Locked it is a viscous brake with a time constant of a few steps of the truth: the rotor's
        momentum goes into the body within them, and none is lost.
        """
        name = "viscous_friction_Nm_s"
        rigid = self._built["spin_inertia_kg_m2"] / (_LOCKING_STEPS * self._step_s)
        self._wheel[name] = rigid if locked else self._built[name]

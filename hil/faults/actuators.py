"""Faults of wheels, rods and thrusters: between what a drive makes of a command and the truth."""

from __future__ import annotations

from typing import Protocol

from hil.faults.model import Fault
from hil.physics.vectors import FloatArray


class WheelPart(Protocol):
    """A wheel in the truth, as far as a fault can change it."""

    def multiply_friction(self, factor: float) -> None:
        """Multiply its friction from now on; 1: as built."""

    def brake(self, locked: bool) -> None:
        """Lock its bearing, or let it go."""


class ActuatorFault:
    """A fault of one actuator, number ``place`` among its kind; does nothing by itself."""

    def __init__(self, fault: Fault, place: int) -> None:
        """Without effect until it is active."""
        self.active = False
        self._fault, self.place = fault, place

    @property
    def _factor(self) -> float:
        return 1.0 if self._fault.factor is None else self._fault.factor

    def changed(self, value: float) -> float:
        """Return what this device gives instead of what its drive would: N m, A m2."""
        return value

    def touch(self, wheel: WheelPart) -> None:
        """Change the wheel in the truth when the fault begins or ends."""


class Dead(ActuatorFault):
    """Gives nothing."""

    def changed(self, value: float) -> float:  # noqa: ARG002
        return 0.0


class Gain(ActuatorFault):
    """Gives a part."""

    def changed(self, value: float) -> float:
        return self._factor * value


class Runaway(ActuatorFault):
    """Gives a torque of its own."""

    def changed(self, value: float) -> float:  # noqa: ARG002
        return self._fault.torque_Nm or 0.0


class StuckOn(ActuatorFault):
    """Gives a dipole of its own."""

    def changed(self, value: float) -> float:  # noqa: ARG002
        return self._fault.dipole_A_m2 or 0.0


class Friction(ActuatorFault):
    """Rubs more, or less."""

    def touch(self, wheel: WheelPart) -> None:
        wheel.multiply_friction(self._factor if self.active else 1.0)


class Seized(ActuatorFault):
    """Its rotor stands still in the body; the motor's torque has nowhere to go."""

    def changed(self, value: float) -> float:  # noqa: ARG002
        return 0.0

    def touch(self, wheel: WheelPart) -> None:
        wheel.brake(self.active)


class ValveFault(ActuatorFault):
    """A fault of a thruster's valve, as on-times in a control period."""

    def opened(self, on_time_s: float, period_s: float, *, commanded: bool) -> float:
        """Return for how long it is as good as open at full thrust, from now on.

        commanded: whether the on-time was commanded just now; else it is what is left of one, and
        a control period begins.
        """
        raise NotImplementedError


class Shut(ValveFault):
    """Stays shut."""

    def opened(self, on_time_s: float, period_s: float, *, commanded: bool) -> float:  # noqa: ARG002
        return 0.0


class Open(ValveFault):
    """Stays open."""

    def opened(self, on_time_s: float, period_s: float, *, commanded: bool) -> float:  # noqa: ARG002
        return period_s


class Leaking(ValveFault):
    """Lets some through while it is shut: each period begins with a pulse of that impulse."""

    def opened(self, on_time_s: float, period_s: float, *, commanded: bool) -> float:
        shut_s = 0.0 if commanded else max(0.0, period_s - on_time_s)
        return on_time_s + self._factor * shut_s


class Weak(ValveFault):
    """Gives less."""

    def opened(self, on_time_s: float, period_s: float, *, commanded: bool) -> float:  # noqa: ARG002
        return self._factor * on_time_s if commanded else on_time_s


def through(faults: list[ActuatorFault], values: FloatArray) -> FloatArray:
    """Return values as they are after all faults in force; the array given stays as it is."""
    changed = values.copy()
    for fault in faults:
        if fault.active:
            changed[fault.place] = fault.changed(float(changed[fault.place]))
    return changed

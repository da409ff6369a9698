"""What hangs on the board's pins: rods and triggers that it drives, pulses that it is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hil.lines.pins import place_of
from hil.obc.place import PinTo
from hil.rig import Rig

PULSE_NS, _SECOND_NS = 1_000_000, 1_000_000_000
Edge = tuple[int, int, int]
Fixed = Callable[[str], bool]


def pins_to(rig: Rig) -> list[PinTo]:
    """Return the pins that the bench watches, in the order in which Pins takes them."""
    triggers = [
        PinTo(pin=place_of(each.trigger).pin, edges=True) for each in rig.pin if each.trigger
    ]
    return [PinTo(*place_of(name)) for name in _watched(rig)] + triggers


def _watched(rig: Rig) -> list[str]:
    return [name for each in rig.pin for name in (each.plus, each.minus) if name]


class Pins:
    """The rods, triggers and pulses of a run. epoch_ns: of its start, ns since 1970.

    triggers: the device that each pin triggers.
    """

    def __init__(self, rig: Rig, epoch_ns: int) -> None:
        self._epoch_ns = epoch_ns
        self._at = {name: place for place, name in enumerate(_watched(rig))}
        self._rods = [
            (each, rig.spacecraft.rod[int(each.device.removeprefix("rod "))])
            for each in rig.pin
            if each.device.startswith("rod ")
        ]
        self._pulsed = [(each.device, place_of(each.pps).pin) for each in rig.pin if each.pps]
        self.triggers = {
            place_of(each.trigger).pin: each.device for each in rig.pin if each.trigger
        }
        self.dipole_body_A_m2 = [0.0, 0.0, 0.0]

    @property
    def rods(self) -> int:
        """How many rods the board drives."""
        return len(self._rods)

    def changed(self, outputs: Sequence[float]) -> list[float] | None:
        """Return the dipole (3,) that the outputs ask for, if it is another than it was."""
        now = [0.0, 0.0, 0.0]
        for pins, rod in self._rods:
            high = [outputs[self._at[name]] if name else 0.0 for name in (pins.plus, pins.minus)]
            for axis, part in enumerate(rod.axis_body):
                now[axis] += (high[0] - high[1]) * rod.dipole_max_A_m2 * part
        if now == self.dipole_body_A_m2:
            return None
        self.dipole_body_A_m2 = now
        return list(now)

    def edges(self, now_ns: int, until_ns: int, fixed: Fixed) -> list[Edge]:
        """Return the edges of pulses that begin in a slice; fixed: whether a receiver has a fix."""
        utc_ns = self._epoch_ns + now_ns
        at_ns = now_ns + -utc_ns % _SECOND_NS
        if at_ns >= until_ns:
            return []
        pins = [pin for device, pin in self._pulsed if fixed(device)]
        rises = [(at_ns, pin, 1) for pin in pins]
        return rises + [(at_ns + PULSE_NS, pin, 0) for pin in pins]

"""What the actuators on devices' own lines and on the board's pins are told."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hil.bench.linewheels import WheelsOnLines
from hil.bench.pins import Pins
from hil.bench.world import Command
from hil.link.events import Values
from hil.link.messages import COMMAND


class ActuatorsOnLines:
    """The wheels on lines and the rods on pins of one run; pins: None where nothing is watched."""

    def __init__(self, wheels: WheelsOnLines, pins: Pins | None) -> None:
        """Nothing was told yet."""
        self._wheels, self._pins = wheels, pins
        self._told: list[tuple[float, Command]] = []

    @property
    def wheel_torques_Nm(self) -> list[float]:
        """The torques as the motors have them; NaN of those that are on no line."""
        return self._wheels.present

    @property
    def dipole_body_A_m2(self) -> list[float]:
        """What the rods on the board's pins are to give, (3,); zeros without pins."""
        return [0.0] * 3 if self._pins is None else self._pins.dipole_body_A_m2

    def note_wheels(self, late_s: float) -> None:
        """Take down what the wheels were told anew, if they were, so late in a step."""
        if self._wheels.number and (torques := self._wheels.changed()) is not None:
            self._told.append((max(0.0, late_s), {"wheel": torques}))

    def note_outputs(self, outputs: Sequence[float], late_s: float) -> None:
        """Take down the dipole that the pins' mean levels ask for, if it is a new one."""
        if self._pins is not None and (dipole := self._pins.changed(outputs)) is not None:
            self._told.append((late_s, {"rod": dipole}))

    def commands(self) -> list[tuple[float, Command]]:
        """Return what the actuators were told since the step's start, and how late in it."""
        told, self._told = self._told, []
        if self._wheels.number and (torques := self._wheels.changed()) is not None:
            told.append((0.0, {"wheel": torques}))
        return told

    def merged(self, command: Command) -> Command:
        """Return a command of the bench's own line without what is on devices' lines."""
        if not self._wheels.number or "wheel" not in command:
            return command
        return {**command, "wheel": self._wheels.over(command["wheel"])}

    def values(self, step: int) -> Values:
        """Return what the actuators are told at present, as the values of a command; NaN: nothing.

        Of a run without a line of the bench's own there is no other command to record.
        """
        nothing = [math.nan] * (sum(field.count for field in COMMAND.fields) - 1)
        torques = self._wheels.present
        told = [*torques, *nothing[len(torques) :]]
        if self._pins is not None and self._pins.rods:
            told[len(torques) : len(torques) + 3] = self._pins.dipole_body_A_m2
        return (step, *told)

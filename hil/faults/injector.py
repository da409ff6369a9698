"""Has the faults of a rig happen in a run: each at its time, on its device, and told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from hil.devices.sensor import Sensor, generator
from hil.faults.actuators import ActuatorFault
from hil.faults.kinds import KINDS
from hil.faults.line import FROM_OBC, TO_OBC, FaultyLine, LineFault
from hil.faults.model import Fault
from hil.faults.schedule import Schedule, Watch
from hil.faults.sensors import SensorFault
from hil.obc.place import Line

ACTUATORS = ("wheel", "rod", "thruster")
Effect = SensorFault | ActuatorFault | LineFault
Tell = Callable[[str, str], None]


class World(Protocol):
    """The spacecraft, as far as faults go."""

    sensors: tuple[Sensor, ...]

    def actuator(self, kind: str, which: str) -> int:
        """The number of an actuator by its kind and its name or number."""

    def put_between(self, kind: str, fault: ActuatorFault) -> None:
        """Have a fault change what an actuator does."""

    def touch(self, kind: str, fault: ActuatorFault) -> None:
        """A fault of an actuator began or ended."""

    def schedule(self) -> None:
        """Sensors may deliver at other steps now."""


class Injector:
    """All faults of one run."""

    def __init__(
        self, faults: Sequence[Fault], world: World, seed: int, step_s: float, tell: Tell
    ) -> None:
        """Put each between its device and the rest.

        tell: takes the name of an event ("fault_began", "fault_ended") and a sentence.
        """
        self.watch = Watch()
        self._world, self._tell = world, tell
        self._faults = [
            (
                fault,
                Schedule(fault, step_s, _source(seed, fault, "comes")),
                self._effect(fault, world, _source(seed, fault, "does")),
            )
            for fault in faults
        ]
        world.schedule()

    def _effect(self, fault: Fault, world: World, source: np.random.Generator) -> Effect:
        device, which = fault.device.split(maxsplit=1)
        make = KINDS[fault.kind].make
        effect: Effect
        if device == "line":
            effect = make(fault, source)
        elif device in ACTUATORS:
            effect = make(fault, world.actuator(device, which))
            world.put_between(device, effect)  # type: ignore[arg-type]
        else:
            [sensor] = [
                each
                for each in world.sensors
                if each.kind == device and each.instance == int(which)
            ]
            effect = make(fault, sensor, source)
        return effect

    @property
    def of_the_line(self) -> bool:
        """Whether there are faults of the line."""
        return any(isinstance(effect, LineFault) for _, _, effect in self._faults)

    def wrap(self, line: Line) -> Line:
        """Return the line with the faults of it around it."""
        found: dict[str, list[LineFault]] = {TO_OBC: [], FROM_OBC: []}
        for fault, _, effect in self._faults:
            if isinstance(effect, LineFault):
                found[fault.device.split()[1]].append(effect)
        return FaultyLine(line, found[TO_OBC], found[FROM_OBC])

    def begin_step(self, step: int, sunlit: float) -> None:
        """Have faults begin and end that are to at this step, before its samples are taken."""
        self.watch.light(sunlit)
        occasions = self.watch.take()
        for fault, schedule, effect in self._faults:
            active = schedule.active(step, occasions)
            if isinstance(effect, LineFault) and effect.spent:
                active = False
            if active != effect.active:
                self._switch(fault, effect, active)

    def _switch(self, fault: Fault, effect: Effect, active: bool) -> None:
        effect.active = active
        if isinstance(effect, ActuatorFault):
            self._world.touch(fault.device.split()[0], effect)
        if active:
            self.watch.began(fault.name)
        self._tell("fault_began" if active else "fault_ended", in_words(fault))

    def counts(self) -> dict[str, int]:
        """Return how many frames or octets each fault of the line has hit, by its name."""
        return {
            fault.name: effect.injected
            for fault, _, effect in self._faults
            if isinstance(effect, LineFault)
        }


def in_words(fault: Fault) -> str:
    """Return what a fault is, in a line: name, device, kind, and how hard."""
    how = "".join(f", {key} = {_shown(getattr(fault, key))}" for key in fault.given)
    return f"{fault.name}: {fault.device} {fault.kind.replace('_', ' ')}{how}"


def _shown(value: object) -> str:
    return f"{list(value)}" if isinstance(value, tuple) else f"{value}"


def _source(seed: int, fault: Fault, what: str) -> np.random.Generator:
    return generator(seed, f"fault {fault.name} {what}")

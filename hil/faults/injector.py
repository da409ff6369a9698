"""Has the faults of a rig happen in a run: each at its time, on its device, and told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from hil.devices.sensor import Sensor, generator
from hil.faults.actuators import ActuatorFault
from hil.faults.kinds import KINDS
from hil.faults.line import FROM_OBC, OF_THE_WIRE, TO_OBC, FaultyLine, LineFault
from hil.faults.model import Fault
from hil.faults.obc import OBC, ClockFault, ObcFault, ObcLine
from hil.faults.obcclock import ObcClock
from hil.faults.ownline import DeviceFault, put_on_lines
from hil.faults.schedule import RISE, Schedule, Watch
from hil.faults.sensor import SensorFault
from hil.faults.seu import Upset
from hil.lines.end import End
from hil.link.clock import Clock
from hil.obc.place import Line, Obc

ACTUATORS = ("wheel", "rod", "thruster")
Effect = SensorFault | ActuatorFault | LineFault | ObcFault
_DRAINED = 2  # steps after a fault: frames that it kept back have passed
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
        self,
        faults: Sequence[Fault],
        world: World,
        seed: int,
        step_s: float,
        tell: Tell,
        obc: Obc | None = None,
    ) -> None:
        """Put each between its device and the rest.

        tell: takes events ("fault_began", "fault_ended"). obc: what
        faults of the OBC happen to.
        """
        self.watch = Watch()
        self._world, self._tell, self._obc, self._step_s = world, tell, obc, step_s
        self._faults = [
            (
                fault,
                Schedule(fault, step_s, _source(seed, fault, "comes")),
                self._effect(fault, world, _source(seed, fault, "does")),
            )
            for fault in faults
        ]
        self._of_obc = [each for _, _, each in self._faults if isinstance(each, ObcFault)]
        on = (fault.on.partition(" ") for fault in faults if fault.on)
        self._targets = sorted({name for what, _, name in on if what == RISE})
        self._restarts, self._fault_free_from = 0, 0
        world.schedule()

    def _effect(self, fault: Fault, world: World, source: np.random.Generator) -> Effect:
        device, _, which = fault.device.partition(" ")
        make = KINDS[fault.kind].make
        effect: Effect
        if device == OBC:
            effect = make(fault, self._obc, self._step_s, self._tell, source)
        elif device == "line" or issubclass(make, DeviceFault):
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

    # -- the OBC -----------------------------------------------------------------------------------

    @property
    def of_the_obc(self) -> bool:
        """Whether there are faults of the OBC."""
        return bool(self._of_obc)

    @property
    def obc_is_down(self) -> bool:
        """Whether the OBC stands still or has no power at this step."""
        return any(fault.active and fault.down for fault in self._of_obc)

    @property
    def misfits(self) -> list[str]:
        """Why faults of the OBC cannot happen to this one, a sentence each."""
        return [
            f'[[fault]] "{fault.name}": {effect.misfit}'
            for fault, _, effect in self._faults
            if isinstance(effect, ObcFault) and effect.misfit
        ]

    def take_restarts(self) -> int:
        """Return how often faults made the OBC boot since the last call."""
        restarts = sum(fault.restarts for fault in self._of_obc)
        new, self._restarts = restarts - self._restarts, restarts
        return new

    def clock(self, clock: Clock) -> Clock | ObcClock:
        """Return the clock that the OBC is told the time of."""
        faults = [fault for fault in self._of_obc if isinstance(fault, ClockFault)]
        return ObcClock(clock, faults) if faults else clock

    def around_obc(self, line: Line) -> Line:
        """Return the OBC's own line, dead while the OBC is down."""
        return ObcLine(line, self._of_obc) if self._of_obc else line

    # -- the line ----------------------------------------------------------------------------------

    @property
    def of_the_line(self) -> bool:
        """Whether there are faults of the line."""
        return any(fault.device in OF_THE_WIRE for fault, _, _ in self._faults)

    def put_on_lines(self, ends: Sequence[End], now_ns: Callable[[], int]) -> None:
        """Have faults of devices' own lines, and of the devices on them, happen there."""
        found = [
            (fault.device, effect)
            for fault, _, effect in self._faults
            if isinstance(effect, LineFault) and fault.device not in OF_THE_WIRE
        ]
        put_on_lines(ends, now_ns, found)

    def wrap(self, line: Line) -> Line:
        """Return the line with the faults of it around it."""
        found: dict[str, list[LineFault]] = {TO_OBC: [], FROM_OBC: []}
        for fault, _, effect in self._faults:
            if isinstance(effect, LineFault) and fault.device in OF_THE_WIRE:
                found[fault.device.split()[1]].append(effect)
        if not any(found.values()):
            return line
        return FaultyLine(line, found[TO_OBC], found[FROM_OBC])

    @property
    def line_late_s(self) -> float:
        """How much later commands take effect for delays on the line within a control period."""
        return sum(each.late_s for _, _, each in self._faults if isinstance(each, LineFault))

    def begin_step(
        self, step: int, sunlit: float, elevation_rad: Callable[[str], float] | None = None
    ) -> None:
        """Have faults begin and end that are to at this step, before its samples are taken.

        elevation_rad: of the spacecraft above the horizon of a [[target]], by its name.
        """
        self.watch.light(sunlit)
        for target in self._targets if elevation_rad else ():
            self.watch.sight(target, elevation_rad(target))  # type: ignore[misc]
        occasions = self.watch.take()
        for fault, schedule, effect in self._faults:
            active = schedule.active(step, occasions)
            if isinstance(effect, LineFault):
                effect.go_to(step, self._step_s)
            if isinstance(effect, ObcFault):
                effect.spent &= active
            if isinstance(effect, DeviceFault):
                effect.over &= active
                active &= not effect.over
            if isinstance(effect, LineFault | ObcFault) and effect.spent:
                active = False
            if active != effect.active:
                self._switch(fault, effect, active)
                self._fault_free_from = step + _DRAINED
            if isinstance(effect, ObcFault) and effect.active:
                effect.step()

    def calm_until(self, step: int) -> float:
        """Return the step before which no fault is in force, or begins; this one if one may be."""
        active = any(effect.active for _, _, effect in self._faults)
        if active or step < self._fault_free_from or not self.watch.is_quiet:
            return step
        return min(schedule.calm_until(step) for _, schedule, _ in self._faults)

    def _switch(self, fault: Fault, effect: Effect, active: bool) -> None:
        effect.active = active
        if isinstance(effect, ActuatorFault):
            self._world.touch(fault.device.split()[0], effect)
        if active:
            self.watch.began(fault.name)
        self._tell("fault_began" if active else "fault_ended", in_words(fault))
        if isinstance(effect, ObcFault | DeviceFault):
            (effect.begin if active else effect.end)()

    def counts(self) -> dict[str, int]:
        """Return how many frames, octets or bits each fault has hit, by its name."""
        return {
            fault.name: effect.injected
            for fault, _, effect in self._faults
            if isinstance(effect, LineFault | Upset)
        }


def in_words(fault: Fault) -> str:
    """Return what a fault is, in a line: name, device, kind, and how hard."""
    how = "".join(f", {key} = {_shown(getattr(fault, key))}" for key in fault.given)
    return f"{fault.name}: {fault.device} {fault.kind.replace('_', ' ')}{how}"


def _shown(value: object) -> str:
    return f"{list(value)}" if isinstance(value, tuple) else f"{value}"


def _source(seed: int, fault: Fault, what: str) -> np.random.Generator:
    return generator(seed, f"fault {fault.name} {what}")

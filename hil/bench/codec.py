"""Between the world and the wire: samples as frames, and a reply as a command to the actuators."""

from collections.abc import Sequence

from hil.bench.world import Command
from hil.devices.registry import registry
from hil.devices.sensor import Sample, Sensor
from hil.link.clock import Clock
from hil.link.events import Reply
from hil.link.framing import Framer
from hil.link.messages import COMMAND, FLAG_INVALID, THRUSTER_COMMAND


class Codec:
    """Knows which message each sensor of a spacecraft has, and how many thrusters there are."""

    def __init__(self, sensors: Sequence[Sensor], thrusters: int, clock: Clock) -> None:
        self._sensors = [(sensor.message, sensor.instance) for sensor in sensors]
        self._thrusters, self._clock = thrusters, clock

    def frames(self, framer: Framer, first: int, samples: Sequence[Sample | None]) -> list[bytes]:
        """The present step's samples, of sensors number `first` on, as frames in their order."""
        frames = []
        for (message, instance), sample in zip(self._sensors[first:], samples, strict=False):
            if sample is not None:
                values, valid, age_s = sample
                ticks = self._clock.ticks_before(age_s) if age_s else None
                flags = 0 if valid else FLAG_INVALID
                frames.append(framer.frame(message, (flags, instance, *values), ticks))
        return frames

    def absent_thrusters(self, reply: Reply) -> int:
        """How many on-times of a reply are for thrusters that are not there."""
        if reply.thrusters is None:
            return 0
        return sum(value != 0.0 for value in reply.thrusters[1 + self._thrusters :])


def command_of(reply: Reply) -> Command | None:
    """What the actuators are told by a reply; None when they are told nothing new."""
    if reply.command is None:
        return None
    told = {COMMAND: reply.command, THRUSTER_COMMAND: reply.thrusters}
    return {
        kind.heading: [float(value) for value in values[kind.place]]
        for kind in registry().actuators
        if (values := told[kind.command]) is not None
    }

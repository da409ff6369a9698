"""Between the world and the wire: samples as frames, and a reply as a command to the actuators."""

from collections.abc import Collection, Sequence

from hil.bench.world import Command
from hil.devices.kinds import place_in
from hil.devices.registry import Separate, registry
from hil.devices.sensor import Sample, Sensor
from hil.faults.obcclock import ObcClock
from hil.link.clock import Clock
from hil.link.events import Reply
from hil.link.framing import Framer
from hil.link.messages import COMMAND, FLAG_INVALID, SYNC
from hil.link.packet import Told


class Codec:
    """Knows which message each sensor of a spacecraft has, and what actuators there are."""

    def __init__(
        self,
        sensors: Sequence[Sensor],
        separate: Sequence[Separate],
        clock: Clock | ObcClock,
        elsewhere: Collection[tuple[str, int]] = (),
    ) -> None:
        """elsewhere: (kind, instance) of the sensors whose samples do not go over this line."""
        self._sensors = [(sensor.message, sensor.instance) for sensor in sensors]
        self._elsewhere = {
            place
            for place, sensor in enumerate(sensors)
            if (sensor.kind, sensor.instance) in elsewhere
        }
        self._separate, self._clock = separate, clock
        self._streams = [(each.stream, each) for each in sensors if each.stream is not None]

    def frames(
        self,
        framer: Framer,
        first: int,
        samples: Sequence[Sample | None],
        *,
        closed: bool,
        others: Sequence[Told] = (),
    ) -> bytes:
        """The present step's samples, of sensors number `first` on, as frames in their order.

        closed: whether they are the last of the step, so that its SYNC follows them.
        others: what is told besides, before it.
        """
        clock, told = self._clock, list[Told]()
        if self._elsewhere:
            samples = [
                None if place in self._elsewhere else sample
                for place, sample in enumerate(samples, start=first)
            ]
        for (message, instance), sample in zip(self._sensors[first:], samples, strict=False):
            if sample is not None:
                values, valid, age_s = sample
                ticks = clock.ticks_before(age_s) if age_s else None
                told.append((message, (0 if valid else FLAG_INVALID, instance, *values), ticks))
        if closed:
            for stream, sensor in self._streams:
                told += [(stream, values, None) for values in sensor.pieces()]
            told += others
            told.append((SYNC, (clock.step,), clock.now_ticks))
        return framer.frames(told)

    def withhold(self, kinds: Sequence[str]) -> None:
        """Send no stream of these kinds of sensors any more."""
        self._streams = [each for each in self._streams if each[1].kind not in kinds]

    def absent(self, reply: Reply) -> int:
        """How many separate commands of a reply are for actuators that are not there."""
        told = ((each, reply.separate.get(each.command)) for each in self._separate)
        return sum(
            value != 0.0 and not (value != value and each.without != each.without)
            for each, values in told
            if values is not None
            for value in values[each.place][each.n :]
        )


def command_of(reply: Reply) -> Command | None:
    """What the actuators are told by a reply; None when they are told nothing new."""
    if reply.command is None:
        return None
    told, command = {COMMAND: reply.command, **reply.separate}, {}
    for kind in registry().actuators:
        if kind.command in told:
            command[kind.heading] = list(map(float, told[kind.command][kind.place]))
        if (second := kind.second) is not None and second.command in told:
            place = place_in(second.command, second.field)
            command[kind.heading] += map(float, told[second.command][place])
    return command

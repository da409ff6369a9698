"""One step of a run as a row of numbers: which columns there are and how a row is put together."""

import math
import struct
from collections.abc import Iterable, Sequence

from hil.devices.registry import Separate
from hil.devices.sensor import Sample, Sensor
from hil.link.events import Reply
from hil.link.messages import COMMAND, ESTIMATE, HOUSEKEEPING, USER, Message
from hil.link.packet import Value
from hil.rig.columns import run_columns, sensor_columns

_NAN = float("nan")


def slots(message: Message) -> list[str]:
    """A message's values by name; those of an array are numbered."""
    return [
        field.name if field.count == 1 else f"{field.name}[{i}]"
        for field in message.fields
        for i in range(field.count)
    ]


_TIMES = ("cpu_time_ns", "cpu_time_max_ns")
_MEASURED = (*_TIMES, "stack_used_max", "unread_octets_max", "clock_source", "clock_MHz")
MEASURED_ONLY = tuple(name in _MEASURED for name in slots(HOUSEKEEPING))
"""Of each value of housekeeping, whether nought says that it was not measured."""
_MEASURED_AT = [place for place, only in enumerate(MEASURED_ONLY) if only]
_TIMES_AT = [slots(HOUSEKEEPING).index(name) for name in _TIMES]


class StepRow:
    """Knows the columns of a run and packs each step's numbers as little-endian float64."""

    def __init__(
        self,
        truth_columns: Iterable[tuple[str, int]],
        sensors: Sequence[Sensor],
        instruction_ns: int | None = None,
        separate: Sequence[Separate] = (),
        telemetry: Sequence[str] = (),
        *,
        radio: bool = False,
    ) -> None:
        """instruction_ns: what the OBC's clock gains an instruction, where it counts them.

        separate: its actuators with a command of their own. telemetry: names of what the firmware
        tells of its own. radio: whether there is one.
        """
        self.columns = run_columns(truth_columns, sensors, separate, telemetry, radio=radio)
        self.user: tuple[Value, ...] = (_NAN,) * len(telemetry)
        """The firmware's own telemetry as it was last told."""
        self._separate = [each for each in separate if each.n]
        self._pack = struct.Struct(f"<{sum(size for _, size in self.columns)}d").pack
        self._nothing = [(_NAN,) * sum(size for _, size in sensor_columns(s)) for s in sensors]
        self._no_command = (_NAN,) * (_size(COMMAND) - 1)
        self._no_estimate = (_NAN,) * _size(ESTIMATE)
        self._instruction_ns = instruction_ns
        self.housekeeping: tuple[Value, ...] = (_NAN,) * (_size(HOUSEKEEPING) + 2)
        """As it was last told."""

    def pack(
        self,
        time_s: float,
        step: int,
        truth: Sequence[float],
        samples: Sequence[Sample | None],
        reply: Reply,
        late_s: float,
        radio: Sequence[float] = (),
    ) -> bytes:
        """A step's row; what was not sampled, answered or measured is NaN.

        Housekeeping, which comes once a second, and the firmware's own telemetry stay as they were
        last told.

        late_s: how long after its due time on the wall clock the step began; 0 in lockstep.
        radio: the numbers of the radio and of what the ground has.
        """
        row: list[Value] = [time_s, step, *truth]
        for sample, nothing in zip(samples, self._nothing, strict=True):
            if sample is None:
                row += nothing
            else:
                row += sample.values
                row += (sample.valid, sample.age_s)
        row += self._no_command if reply.command is None else reply.command[1:]
        for each in self._separate:
            row += _told(each, reply)
        row += self._no_estimate if reply.estimate is None else reply.estimate
        if reply.housekeeping is not None:
            self.housekeeping = self._measured(reply.housekeeping)
        row += self.housekeeping
        if self.user and USER in reply.separate:
            told = reply.separate[USER][1 : 1 + len(self.user)]
            self.user = (*told, *self.user[len(told) :])
        row += self.user
        row += radio
        row += (reply.reply_s, late_s)
        return self._pack(*row)

    def tell(self, housekeeping: Sequence[float], user: Sequence[float]) -> None:
        """Take what was told last, of which rows were made elsewhere."""
        self.housekeeping, self.user = tuple(housekeeping), tuple(user)

    def _measured(self, told: Sequence[Value]) -> tuple[Value, ...]:
        """Housekeeping's values, and its times as counts of instructions where they are that."""
        values = list(told)
        for place in _MEASURED_AT:
            values[place] = values[place] or _NAN
        counts: Sequence[Value] = (_NAN, _NAN)
        if self._instruction_ns:
            counts = [_whole(values[place], self._instruction_ns) for place in _TIMES_AT]
        return (*values, *counts)


def _told(separate: Separate, reply: Reply) -> tuple[Value, ...]:
    """The values of a command of its own: in a reply without it none, without a reply NaN."""
    if reply.command is None:
        return (_NAN,) * separate.n
    values = reply.separate.get(separate.command)
    return values[separate.place][: separate.n] if values else (separate.without,) * separate.n


def _whole(time_ns: Value, unit_ns: int) -> float:
    time = float(time_ns)
    return time if math.isnan(time) else float(round(time / unit_ns))


def _size(message: Message) -> int:
    return sum(field.count for field in message.fields)

"""What a device's file declares of its kind: all that the rest of the bench knows of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from hil.config import Model
from hil.devices.drives import Drives
from hil.devices.sensor import Columns, Sensor
from hil.devices.stimuli import Phasing
from hil.link.messages import Message
from hil.physics.spacecraft import Body
from hil.physics.vectors import FloatArray


@dataclass(frozen=True)
class SensorKind:
    """A kind of sensor: where it stands in a spacecraft's file, and what measures.

    heading: of its tables, [[heading]]. model: the table. unit: a device on the bench, made of a
    table; its message says what goes on the wire and into the recording. rate_key: the table's key
    with the samples a second. phasing: how `hil phase` stimulates it; None: it has no sign to get
    wrong. faults: in which ways it can fail. central_bodies: about which it works; empty: any.
    works_from: since when what it hears has been there; None: always.
    needs_scene: it is switched off in a rig without a [scene].
    """

    heading: str
    model: type[Model]
    unit: type[Sensor]
    rate_key: str = "rate_hz"
    phasing: Phasing | None = None
    faults: tuple[str, ...] = ()
    central_bodies: tuple[str, ...] = ()
    works_from: datetime | None = None
    needs_scene: bool = False

    def refusal(self, central_body: str) -> str:
        """Return why it cannot work about this body; nothing when it can."""
        if not self.central_bodies or central_body in self.central_bodies:
            return ""
        return f"works about the {' or '.join(self.central_bodies)}, not the {central_body}"

    def refusal_then(self, epoch_utc: datetime) -> str:
        """Return why it cannot work at this time; nothing when it can."""
        if self.works_from is None or epoch_utc >= self.works_from:
            return ""
        return f"works from {self.works_from:%Y-%m-%d} on, and epoch_utc is {epoch_utc:%Y-%m-%d}"

    @property
    def table(self) -> str:
        """Its tables as they stand in the file."""
        return f"[[{self.heading}]]"

    @property
    def name(self) -> str:
        """What it is called on the wire and in columns."""
        return self.unit.kind

    @property
    def message(self) -> Message:
        """The packet of its samples."""
        return self.unit.message

    @property
    def columns(self) -> Columns:
        """Names and sizes of the values in a sample."""
        return self.unit.columns


class Craft(Protocol):
    """A spacecraft, as far as the phasing of its actuators goes."""

    @property
    def body(self) -> Body:
        """Mass and inertia."""

    @property
    def flight_software(self) -> Mapping[str, float]:
        """What the flight software believes, by the names of its parameters."""

    def tables(self, heading: str) -> tuple[Any, ...]:
        """Return the devices' tables with this heading."""


class Trial(NamedTuple):
    """A command of the phasing test and another to compare with, and what the truth must show.

    expected: difference (3,) of what the two commands are believed to lead to, for each unit of
    ``size``.
    """

    label: str
    value: float
    opposite: float
    expected: FloatArray
    size: float


RATE, VELOCITY = "rate_body_rad_s", "velocity_eci_m_s"


@dataclass(frozen=True)
class Trials:
    """How `hil phase` tries a kind of actuator.

    device: what its findings are called. column: of the truth, which shows what a command does:
    of RATE what is gained in some steps, as angular momentum of the body, of VELOCITY as its
    momentum in body axes; of any other what is reached then. trials: of a spacecraft and a control
    period, one a device or axis. unit: of what is compared. gain_most: by which part that may
    differ in size from what is believed. may_be_refused: whether a firmware may refuse the command,
    as one that has fewer does.
    """

    device: str
    column: str
    trials: Callable[[Craft, float], Iterator[Trial]]
    steps: int = 1
    unit: str = "N m s"
    gain_most: float = 0.15
    may_be_refused: bool = False


class Second(NamedTuple):
    """A second command to actuators of a kind, whose values its drives take behind the first's.

    command, field: the message and the field of it that hold a value for each device; NaN or
    nothing at all where the first command holds. key: of a device's table, without which it does
    not take this command.
    """

    command: Message
    field: str
    key: str


def place_in(message: Message, name: str) -> slice:
    """Return where a field's values stand among those of a message."""
    start: int = 0
    for field in message.fields:
        if field.name == name:
            return slice(start, start + field.count)
        start += field.count
    raise ValueError(f"{message.name} has no field {name}")


@dataclass(frozen=True)
class ActuatorKind:
    """A kind of actuator: where it stands in a spacecraft's file, and what commands it.

    heading: of its tables, [[heading]]. number: its kind in `set_actuator`. model: the table.
    command, field: the message and the field of it that hold a value for each device. drives: of
    all tables and the control period. trials: how `hil phase` tries it; pushes: its forces, where
    it has any. faults: in which ways it can fail. second: another command that some of these
    actuators take.
    """

    heading: str
    number: int
    model: type[Model]
    command: Message
    field: str
    drives: Callable[[Sequence[Any], float], Drives]
    trials: Trials
    faults: tuple[str, ...] = ()
    pushes: Trials | None = None
    second: Second | None = None

    @cached_property
    def place(self) -> slice:
        """Where its values stand among those of its command."""
        return place_in(self.command, self.field)

    @property
    def most(self) -> int:
        """How many there can be: the command has no more places."""
        return int(self.place.stop - self.place.start)

"""What a device's file declares of its kind: all that the rest of the bench knows of it."""

from __future__ import annotations

from dataclasses import dataclass

from hil.config import Model
from hil.devices.sensor import Columns, Sensor
from hil.devices.stimuli import Phasing
from hil.link.messages import Field, Message


@dataclass(frozen=True)
class SensorKind:
    """A kind of sensor: where it stands in a spacecraft's file, and what measures.

    heading: of its tables, [[heading]]. model: the table. unit: a device on the bench, made of a
    table; its message says what goes on the wire and into the recording. rate_key: the table's key
    with the samples a second. phasing: how `hil phase` stimulates it; None: it has no sign to get
    wrong. faults: in which ways it can fail. central_bodies: about which it works; empty: any.
    """

    heading: str
    model: type[Model]
    unit: type[Sensor]
    rate_key: str = "rate_hz"
    phasing: Phasing | None = None
    faults: tuple[str, ...] = ()
    central_bodies: tuple[str, ...] = ()

    def refusal(self, central_body: str) -> str:
        """Return why it cannot work about this body; nothing when it can."""
        if not self.central_bodies or central_body in self.central_bodies:
            return ""
        return f"works about the {' or '.join(self.central_bodies)}, not the {central_body}"

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


@dataclass(frozen=True)
class ActuatorKind:
    """A kind of actuator: where it stands in a spacecraft's file, and what commands it.

    heading: of its tables, [[heading]]; also its name in `set_actuator`. model: the table.
    command, field: the message and the field of it that hold a value for each device. faults: in
    which ways it can fail.
    """

    heading: str
    model: type[Model]
    command: Message
    field: str
    faults: tuple[str, ...] = ()

    @property
    def _values(self) -> Field:
        return next(field for field in self.command.fields if field.name == self.field)

    @property
    def most(self) -> int:
        """How many there can be: the command has no more places."""
        return self._values.count

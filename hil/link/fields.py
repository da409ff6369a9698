"""What messages are made of, and the numbers that both sides share."""

from dataclasses import dataclass
from typing import Literal

FieldType = Literal["u4", "u8", "u16", "u32", "i32", "f32", "char"]
BITS: dict[FieldType, int] = {
    "u4": 4,
    "u8": 8,
    "u16": 16,
    "u32": 32,
    "i32": 32,
    "f32": 32,
    "char": 8,
}


@dataclass(frozen=True, eq=False)
class Field:
    """One field of a message: big-endian, `count` values of `type`; two `u4` share a byte."""

    name: str
    type: FieldType
    count: int = 1
    unit: str = ""
    doc: str = ""


@dataclass(frozen=True, eq=False)
class Group:
    """Fields that are repeated to the end of a packet, up to `most` times."""

    name: str
    fields: tuple[Field, ...]
    most: int
    doc: str = ""

    @property
    def size(self) -> int:
        """Length of one repetition in octets."""
        return _octets(self.fields)


@dataclass(frozen=True, eq=False)
class Message:
    """One packet type. `time` tells whether the secondary header carries CUC time.

    A message with a `group` has any length: what is missing of its fields counts as zero. So many
    of the last fields as `appended` says came in a later edition: they are zero in a packet that
    ends before them, as firmware of an earlier edition sends it.
    """

    name: str
    apid: int
    to_obc: bool
    fields: tuple[Field, ...]
    time: Literal["never", "always", "optional"] = "never"
    doc: str = ""
    group: Group | None = None
    appended: int = 0

    @property
    def size(self) -> int:
        """Length of the fields in octets, without group, headers and checksum."""
        return _octets(self.fields)

    @property
    def earlier_size(self) -> int:
        """The same without the fields that were appended."""
        return _octets(self.fields[: len(self.fields) - self.appended])


def _octets(fields: tuple[Field, ...]) -> int:
    return sum(BITS[field.type] * field.count for field in fields) // 8


SAMPLE_APIDS = range(0x120, 0x200)
"""Packets in this range are samples of sensors, one kind of sensor an APID."""

OTHERS_SAMPLE_APIDS = range(0x180, 0x200)
"""Those of sensors that other packages bring."""

INSTANCES_MAX = 16
"""Devices of one kind: a sample's instance has four bits."""

MODES = ("idle", "nadir", "detumble", "sun_safe", "inertial", "target", "station", "test", "burn")
"""Index = the number on the wire; new modes are appended. A firmware refuses those it lacks.

A firmware may number modes of its own instead: the rig names them, see `[obc] modes`."""

TARGET_SLOTS = ("target", "station")
"""What `set_target` tells of: the number on the wire of what each pointing mode looks at."""

ACK_RESULTS = ("accepted", "unknown id", "out of range", "malformed", "wrong state")
"""Index = the number on the wire."""

SIGHT_KINDS = ("nothing", "ship", "fire", "cloud edge", "glint")
"""What a sight can be taken for; index = the number on the wire."""

FLAG_INVALID = 1
"""Bit 0 of a sample's flags: the device knows that this value is no measurement."""

WHEELS_MAX = 4
RODS_MAX = 3
THRUSTERS_MAX = 8

_SOURCE = (
    Field("flags", "u4", doc="bit 0: invalid"),
    Field("instance", "u4", doc="which device of this kind, from 0"),
)


def sample(name: str, apid: int, doc: str, *fields: Field) -> Message:
    """A sensor's packet; it carries its measurement's time only when that is not this step's."""
    return Message(name, apid, True, (*_SOURCE, *fields), time="optional", doc=doc)


def kind_number(message: Message) -> int:
    """The number of a kind of sensor in `sensed`: its sample's place among their APIDs."""
    return message.apid - SAMPLE_APIDS.start


PERIOD = (
    Field("step_numerator_s", "u32", unit="s", doc="control period, as a fraction"),
    Field("step_denominator", "u32"),
)


RADIO_FRAME_OCTETS = 112
"""The longest frame that a radio takes."""


def radio_octets(doc: str) -> Group:
    """A frame of a radio."""
    return Group("octets", (Field("octet", "u8"),), RADIO_FRAME_OCTETS, doc)


def devices(doc: str) -> Group:
    """Kinds of sensors and how many of each."""
    return Group("devices", (Field("apid", "u16"), Field("count", "u8")), 24, doc)

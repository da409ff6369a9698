"""The core messages: what stands on the wire whatever devices there are, once.

A device's own message stands in the device's file; `hil.link.table` puts all of them together.
Truth has no message, so it cannot reach the firmware.
"""

from dataclasses import dataclass
from typing import Literal

PROTOCOL_VERSION = 2

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
        return sum(BITS[field.type] * field.count for field in self.fields) // 8


@dataclass(frozen=True, eq=False)
class Message:
    """One packet type. `time` tells whether the secondary header carries CUC time.

    A message with a `group` has any length: what is missing of its fields counts as zero.
    """

    name: str
    apid: int
    to_obc: bool
    fields: tuple[Field, ...]
    time: Literal["never", "always", "optional"] = "never"
    doc: str = ""
    group: Group | None = None

    @property
    def size(self) -> int:
        """Length of the fields in octets, without group, headers and checksum."""
        return sum(BITS[field.type] * field.count for field in self.fields) // 8


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


_PERIOD = (
    Field("step_numerator_s", "u32", unit="s", doc="control period, as a fraction"),
    Field("step_denominator", "u32"),
)


def _devices(doc: str) -> Group:
    return Group("devices", (Field("apid", "u16"), Field("count", "u8")), 24, doc)


HELLO_REQUEST = Message(
    "hello_request",
    0x100,
    True,
    (
        Field("protocol", "u16", doc="first in every version"),
        *_PERIOD,
        Field("epoch_day", "u16", unit="d", doc="date of time 0 since 2000-01-01, UTC; 0: none"),
        Field("epoch_ms", "u32", unit="ms", doc="of time 0 since that day began, UTC"),
    ),
    doc="Return to the boot state and answer with hello, whatever the version and the length.",
    group=_devices("sensors of the rig, by the APID of their samples"),
)
SET_PARAMETER = Message(
    "set_parameter",
    0x101,
    True,
    (Field("id", "u16"), Field("value", "f32")),
    doc="Set one flight-software parameter; answered by ack.",
)
SET_ORBIT = Message(
    "set_orbit",
    0x102,
    True,
    (
        Field("position_eci_m", "f32", 3, "m"),
        Field("velocity_eci_m_s", "f32", 3, "m/s"),
    ),
    time="always",
    doc="The ground's orbit determination at the packet's time; answered by ack.",
)
SET_MODE = Message(
    "set_mode", 0x103, True, (Field("mode", "u8"),), doc="Command a mode; answered by ack."
)
SET_EARTH = Message(
    "set_earth",
    0x104,
    True,
    (Field("q_eci_from_ecef", "f32", 4),),
    time="always",
    doc="The Earth's orientation at the packet's time; answered by ack.",
)
SET_TARGET = Message(
    "set_target",
    0x105,
    True,
    (
        Field("slot", "u8", doc="0 target, 1 ground station"),
        Field("position_ecef_m", "f32", 3, "m"),
        Field("velocity_ecef_m_s", "f32", 3, "m/s", "relative to the rotating Earth"),
    ),
    time="always",
    doc="Where something to point at is, and moves, at the packet's time; answered by ack.",
)
SET_ATTITUDE = Message(
    "set_attitude",
    0x106,
    True,
    (Field("q_eci_from_body", "f32", 4),),
    doc="What mode inertial holds; answered by ack.",
)
# By kind: N m of a wheel, A m2 along a body axis of the rods, seconds that a thruster is open in
# each control period.
SET_ACTUATOR = Message(
    "set_actuator",
    0x107,
    True,
    (
        Field("kind", "u8", doc="0 wheel, 1 rod, 2 thruster"),
        Field("instance", "u8"),
        Field("value", "f32", doc="N m, A m2 or s"),
    ),
    doc="What mode test commands from now on; answered by ack.",
)
SET_BURN = Message(
    "set_burn",
    0x108,
    True,
    (Field("delta_v_body_m_s", "f32", 3, "m/s"),),
    doc="What mode burn has the thrusters add to the velocity; answered by ack.",
)
SET_TARGET_ORBIT = Message(
    "set_target_orbit",
    0x109,
    True,
    (
        Field("slot", "u8", doc="0 target, 1 ground station"),
        Field("position_eci_m", "f32", 3, "m"),
        Field("velocity_eci_m_s", "f32", 3, "m/s"),
    ),
    time="always",
    doc="In place of set_target: in orbit about the same body, then; answered by ack.",
)
SET_TARGET_DIRECTION = Message(
    "set_target_direction",
    0x10A,
    True,
    (Field("slot", "u8", doc="0 target, 1 ground station"), Field("direction_eci", "f32", 3)),
    doc="In place of set_target: so far away that its direction stays; answered by ack.",
)
SET_RATE = Message(
    "set_rate",
    0x10B,
    True,
    (Field("rate_body_rad_s", "f32", 3, "rad/s", "relative to ECI"),),
    doc="The body rate that a mode of the firmware's own holds; answered by ack.",
)
SYNC = Message(
    "sync",
    0x110,
    True,
    (Field("step", "u32"),),
    time="always",
    doc="Closes a step: every sample before it is of this step unless it carries its own time.",
)
RADIO_FRAME_OCTETS = 112
"""The longest frame that a radio takes."""
RADIO_STATE = Message(
    "radio_state",
    0x112,
    True,
    (
        Field("carrier", "u8", doc="1: the radio hears a station's carrier"),
        Field("free_octets", "u16", doc="room for frames that wait to be sent"),
    ),
    doc="What the radio says of itself, when it changes and once a second.",
)


def _radio_octets(doc: str) -> Group:
    return Group("octets", (Field("octet", "u8"),), RADIO_FRAME_OCTETS, doc)


RADIO_HEARD = Message(
    "radio_heard",
    0x113,
    True,
    (Field("instance", "u8", doc="which radio: 0"),),
    doc="A frame that the radio heard from the ground.",
    group=_radio_octets("a space packet"),
)
HELLO = Message(
    "hello",
    0x200,
    False,
    (
        Field("protocol", "u16", doc="first in every version"),
        Field("firmware", "char", 16, doc="name, padded with zero"),
        Field("build", "char", 16, doc="hash of the firmware's sources, padded with zero"),
        *_PERIOD,
    ),
    doc="Who is answering; the control period that it is built for is 0/0 where any will do.",
    group=_devices("sensors that it handles, by their samples' APID, and the fewest it needs"),
)
ACK = Message(
    "ack",
    0x201,
    False,
    (Field("request_apid", "u16"), Field("request_sequence", "u16"), Field("result", "u8")),
    doc="Answer to a set_ message.",
)
COMMAND = Message(
    "command",
    0x210,
    False,
    (
        Field("step", "u32"),
        Field("wheel_torque_Nm", "f32", WHEELS_MAX, "N m", "motor torque on each wheel"),
        Field("dipole_body_A_m2", "f32", RODS_MAX, "A m2"),
    ),
    doc="What the actuators shall do from now on; closes the step with the number of its sync.",
)
ESTIMATE = Message(
    "estimate",
    0x211,
    False,
    (
        Field("q_eci_from_body", "f32", 4),
        Field("rate_body_rad_s", "f32", 3, "rad/s"),
        Field("gyro_bias_body_rad_s", "f32", 3, "rad/s"),
        Field("mode", "u8"),
        Field("flags", "u8", doc="bit 0: attitude not known; 1: coarse, by directions"),
    ),
    doc="What the flight software believes; sent before command.",
)
HOUSEKEEPING = Message(
    "housekeeping",
    0x212,
    False,
    (
        Field("attitude_sigma_rad", "f32", 3, "rad", "1 sigma of the estimate, body axes"),
        Field("gyro_bias_sigma_rad_s", "f32", 3, "rad/s"),
        Field("crc_errors", "u16", doc="frames refused since HELLO: wrong checksum"),
        Field("broken_frames", "u16", doc="not COBS, too short, or a header that does not fit"),
        Field("overlong_frames", "u16"),
        Field("unknown_packets", "u16", doc="valid packets that nothing handles"),
        Field("cpu_time_ns", "u32", unit="ns", doc="of one control step since the last one"),
        Field("cpu_time_max_ns", "u32", unit="ns", doc="of the longest; 0: not measured"),
        Field("stack_used_max", "u16", unit="octets", doc="since boot; 0: not measured"),
        Field("watchdog_resets", "u16"),
        Field("line_errors", "u16", doc="octets that the receiver lost or marked; 0: not measured"),
    ),
    doc="How the flight software fares, by its own clock; sent once a second, before estimate.",
)
SENSED = Message(
    "sensed",
    0x213,
    False,
    (
        Field("kind", "u8", doc="the device kind's number"),
        Field("instance", "u8"),
        Field("values", "f32", 6, doc="what the flight software took from the sample; rest 0"),
    ),
    doc="In mode test: the flight software's view of each sample, sent before estimate.",
)
EVENT = Message(
    "event",
    0x220,
    False,
    (Field("code", "u16"), Field("value", "f32")),
    doc="Something a person should know of, by the firmware's own code.",
)
USER = Message(
    "user",
    0x221,
    False,
    (Field("step", "u32"),),
    doc="Numbers of the firmware's own, named by the rig; sent before the step's command.",
    group=Group("readings", (Field("value", "f32"),), 56, "in the order of [obc] telemetry"),
)
SIGHTINGS = Message(
    "sightings",
    0x222,
    False,
    (
        Field("frame", "u16", doc="number of the picture"),
        Field("instance", "u8", doc="which camera"),
        Field("pieces_lost", "u16", doc="of the picture, which did not arrive"),
    ),
    doc="What the flight software found in a picture, sent before estimate.",
    group=Group(
        "sights",
        (
            Field("kind", "u8", doc="what it is taken for: see SIGHT_KINDS"),
            Field("confidence", "u8", doc="of 255"),
            Field("track", "u16", doc="its number while it is followed; 0: not followed"),
            Field("column", "u16", doc="in 64ths of a pixel"),
            Field("row", "u16", doc="in 64ths of a pixel"),
            Field("size", "u8", doc="pixels above the threshold"),
        ),
        10,
        "what was found",
    ),
)

RADIO_SEND = Message(
    "radio_send",
    0x224,
    False,
    (Field("instance", "u8", doc="which radio: 0"),),
    doc="A frame for the radio to send to the ground, sent before estimate.",
    group=_radio_octets("a space packet"),
)

CORE = (
    HELLO_REQUEST,
    SET_PARAMETER,
    SET_ORBIT,
    SET_MODE,
    SET_EARTH,
    SET_TARGET,
    SET_ATTITUDE,
    SET_ACTUATOR,
    SET_BURN,
    SET_TARGET_ORBIT,
    SET_TARGET_DIRECTION,
    SET_RATE,
    SYNC,
    RADIO_STATE,
    RADIO_HEARD,
    HELLO,
    ACK,
    COMMAND,
    ESTIMATE,
    HOUSEKEEPING,
    SENSED,
    EVENT,
    USER,
    SIGHTINGS,
    RADIO_SEND,
)

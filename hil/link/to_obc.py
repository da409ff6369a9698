"""The core messages to the OBC."""

from hil.link.fields import PERIOD, Field, Message, devices, radio_octets

HELLO_REQUEST = Message(
    "hello_request",
    0x100,
    True,
    (
        Field("protocol", "u16", doc="first in every version"),
        *PERIOD,
        Field("epoch_day", "u16", unit="d", doc="date of time 0 since 2000-01-01, UTC; 0: none"),
        Field("epoch_ms", "u32", unit="ms", doc="of time 0 since that day began, UTC"),
    ),
    doc="Return to the boot state and answer with hello, whatever the version and the length.",
    group=devices("sensors of the rig, by the APID of their samples"),
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


RADIO_HEARD = Message(
    "radio_heard",
    0x113,
    True,
    (Field("instance", "u8", doc="which radio: 0"),),
    doc="A frame that the radio heard from the ground.",
    group=radio_octets("a space packet"),
)

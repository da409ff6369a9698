"""The core messages from the OBC."""

from hil.link.fields import (
    PERIOD,
    RODS_MAX,
    WHEELS_MAX,
    Field,
    Group,
    Message,
    devices,
    radio_octets,
)

HELLO = Message(
    "hello",
    0x200,
    False,
    (
        Field("protocol", "u16", doc="first in every version"),
        Field("firmware", "char", 16, doc="name, padded with zero"),
        Field("build", "char", 16, doc="hash of the firmware's sources, padded with zero"),
        *PERIOD,
    ),
    doc="Who is answering; the control period that it is built for is 0/0 where any will do.",
    group=devices("sensors that it handles, by their samples' APID, and the fewest it needs"),
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
        Field("unread_octets_max", "u16", unit="octets", doc="most that waited; 0: not measured"),
        Field("clock_source", "u8", doc="1 crystal, 2 external, 3 internal oscillator; else 0"),
        Field("clock_MHz", "u8", unit="MHz", doc="of crystal or external clock; 0: neither"),
        Field("reset_cause", "u8", doc="1 power, 2 pin, 3 watchdog, 4 crash, 5 software, 0: ?"),
    ),
    doc="How the flight software fares, by its own clock; sent once a second, before estimate.",
    appended=4,
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

NAMED = Message(
    "named",
    0x223,
    False,
    (
        Field("what", "u8", doc="0 mode, 1 number in message user, 2 parameter"),
        Field("number", "u16"),
        Field("name", "char", 32, doc="padded with zero"),
    ),
    doc="What the firmware calls something of its own; sent with hello, the rig has to agree.",
)
RADIO_SEND = Message(
    "radio_send",
    0x224,
    False,
    (Field("instance", "u8", doc="which radio: 0"),),
    doc="A frame for the radio to send to the ground, sent before estimate.",
    group=radio_octets("a space packet"),
)

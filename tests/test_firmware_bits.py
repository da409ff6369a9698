"""The same bytes in give the same bytes out, from every compiler and in every place.

The stream is made to be awkward, which a good run of a good rig is not: large errors, wild rates,
junk between frames, values that are no numbers, samples out of order.
"""

import random
import time
from fractions import Fraction

import pytest
from cobs import cobs
from wire import TABLE

from hil.flight.parameters import PARAMETERS
from hil.link.cuc import ticks_from_us
from hil.link.framing import Deframer, Framer
from hil.link.identity import request_values
from hil.link.messages import ESTIMATE, HOUSEKEEPING, MODES
from hil.machine.build import build
from hil.obc.library import LibraryObc
from hil.obc.posix import PosixObc
from hil.obc.qemu import QemuFastObc, QemuObc

PLACES = {"library": LibraryObc, "posix": PosixObc, "qemu": QemuObc, "qemu-fast": QemuFastObc}
SENSORS = {"gyro": 1, "star_tracker": 1, "tachometer": 3}
ORBIT = (6.9e6, 0.0, 0.0, 0.0, 5.7e3, 5.0e3)
PLACE = (6.32e6, 9e5, 4e5, 0.0, 200.0, -150.0)  # ECEF, m and m/s
STEPS_A_MODE = 60
IDS = {parameter.name: number for number, parameter in enumerate(PARAMETERS)}
SETTINGS = {"epoch_day": 9575.9, "rod_off_steps": 2.0, "albedo": 0.3, "star_tracker_timeout_s": 1.0}
SETTINGS |= {"telemetry": 1.0}
TORQUES_Nm = [(6e-3, 5e-3, 8e-3), (-6e-3, -5e-3, 8e-3), (-6e-3, 5e-3, -8e-3), (7e-3, -5e-3, -8e-3)]
SETTINGS |= {"thruster_count": 4.0, "unload_start_Nms": 1e-3, "unload_torque_Nm": 1e-3} | {
    f"thruster{i}_torque_{axis}_body_Nm": part
    for i, torque in enumerate(TORQUES_Nm)
    for axis, part in zip("xyz", torque, strict=True)
}
FOURTH_WHEEL = {"wheel_count": 4.0, "wheel3_axis_x_body": 0.6, "wheel3_axis_y_body": 0.6}
FOURTH_WHEEL |= {"wheel3_axis_z_body": -0.5, "wheel_bias_rad_s": 80.0}


def opening(frame):
    """HELLO, on its own since a board that is still booting may miss it; then the settings."""
    yield b"\0" + frame("hello_request", request_values(Fraction(1, 10), SENSORS, TABLE))
    yield frame("set_orbit", ORBIT, 0)
    yield frame("set_earth", [0.0, 0.0, 0.6, 0.8], 0)
    yield frame("set_target", [0, *PLACE], 0)
    yield frame("set_target", [1, *PLACE[:3], 0.0, 0.0, 0.0], ticks_from_us(7_000_000))
    yield frame("set_attitude", [0.5, 0.5, -0.5, 0.5])
    for name, value in SETTINGS.items():
        yield frame("set_parameter", [IDS[name], value])


def quaternion(source, spread):
    q = [source.gauss(0.0, spread), 0.7 + source.gauss(0.0, spread), source.gauss(0.0, spread), 0.7]
    size = sum(x * x for x in q) ** 0.5
    return [x / size for x in q]


def vector(source, size, spread):
    return [size + source.gauss(0.0, spread) for _ in range(3)]


def mode_of(frame, number):
    """Every mode in its turn; the second time with four wheels, and by the software's own lead."""
    at, rest = divmod(number, STEPS_A_MODE)
    if rest:
        return b""
    wheels = 3.0 if at < len(MODES) else 4.0  # set anew: random tachometers have cost some
    data = frame("set_parameter", [IDS["wheel_count"], wheels])
    data += frame("set_mode", [at % len(MODES)])
    if at % len(MODES) == MODES.index("test"):
        orders = [(0, 1, 0.001), (1, 2, -0.1), (2, 3, 0.03)]
        return data + b"".join(frame("set_actuator", order) for order in orders)
    if at == len(MODES):
        settings = (FOURTH_WHEEL | {"autonomy": 1.0}).items()
        data += b"".join(frame("set_parameter", [IDS[name], value]) for name, value in settings)
    return data


def other_samples(frame, number, source):
    """What the coarse estimation lives on, and the orbit."""
    light = [source.randrange(4096) for _ in range(6)]
    data = frame("magnetometer", [0, 0, *vector(source, 2e-5, 3e-7)])
    data += frame("coarse_sun_sensor", [0, 0, *light])
    if number % 10 == 0:
        data += frame("fine_sun_sensor", [source.randrange(2), 0, 0.6, -0.8, 0.0])
        data += frame("gps", [0, 0, *vector(source, 4e6, 3.0), *vector(source, 4e3, 0.1)])
        data += frame("horizon_sensor", [0, 0, *vector(source, 0.57735, 0.01)])
        data += frame("thermometer", [0, 1, source.gauss(300.0, 30.0)])
    if number % 40 == 20:
        data += picture(frame, number, source)
    return data


def picture(frame, number, source):
    """A small picture with a bright spot in noise, of which a piece may be lost."""
    pixels = [min(255, max(0, round(source.gauss(60.0, 3.0)))) for _ in range(4 * 112)]
    pixels[200:204] = [250, 255, 255, 240]
    data = frame("camera", [0, 0, number, 28, 16, 8])
    for piece in range(4):
        if piece == 3 or source.random() > 0.1:
            octets = pixels[112 * piece : 112 * (piece + 1)]
            data += frame("camera_piece", [0, 0, number, piece, *octets])
    return data


def step(frame, number, source):
    now_us = number * 100_000
    wild = source.random() < 0.02
    rate = [source.gauss(0.0, 5.0 if wild else 2e-3) for _ in range(3)]
    data = mode_of(frame, number) + frame("gyro", [0, 0, *rate])
    if number % 2 == 0 and number % 100 < 50:
        late_us = source.choice([0, 50_000, 100_000, 333_333])
        values = [0, 0, *quaternion(source, 0.3 if wild else 1e-4)]
        data += frame("star_tracker", values, ticks_from_us(max(0, now_us - late_us)))
    speeds = [source.gauss(100.0, 1.0), source.choice([0.0, 1e38, float("nan")]), -50.0]
    data += b"".join(frame("tachometer", [0, i, speed]) for i, speed in enumerate(speeds))
    data += other_samples(frame, number, source)
    if wild:
        data += source.randbytes(20) + b"\0" + frame("set_parameter", [22, source.random()])
    return data + frame("sync", [number], ticks_from_us(now_us))


@pytest.fixture(scope="module")
def stream():
    """Chunks, each of which is answered by at least one frame."""
    framer, source = Framer(), random.Random(1)

    def frame(name, values, ticks=None):
        return framer.frame(TABLE.by_name[name], values, ticks)

    steps = range(2 * STEPS_A_MODE * len(MODES))
    return [*opening(frame), *(step(frame, number, source) for number in steps)]


def without_own_measures(reply):
    """The packets, but for what housekeeping says of the machine: time, stack, resets, line."""
    packets = [cobs.decode(frame) for frame in reply.split(b"\0") if frame]
    own = HOUSEKEEPING.apid & 0xFF
    return [packet[:-23] if packet[1] == own else packet for packet in packets]


def exchange(obc, chunk, frames, patience_s=60.0):
    deadline_s = time.monotonic() + patience_s
    obc.write(chunk, deadline_s)
    reply = b""
    while reply.count(0) < frames and (arrived := obc.read(deadline_s)):
        reply += arrived
    return reply


def replies(place, compiler, stream, expected):
    with PLACES[place](build(place, compiler)) as obc:
        hello = b""
        for _ in range(10):
            hello = hello or exchange(obc, stream[0], 1, patience_s=1.0)
        pairs = zip(stream[1:], expected[1:], strict=True)
        return [hello, *(exchange(obc, chunk, reply.count(0)) for chunk, reply in pairs)]


@pytest.fixture(scope="module")
def expected(stream):
    with LibraryObc(build("library")) as obc:
        answers = []
        for chunk in stream:
            obc.write(chunk, 0.0)
            answers.append(obc.read(0.0))
    assert all(answers)
    return answers


HOST = [pytest.mark.compilers]
BOARD = [pytest.mark.compilers, pytest.mark.emulator]
BUILDS = [
    pytest.param("library", "gcc", marks=HOST),
    pytest.param("library", "clang", marks=HOST),
    pytest.param("library", "zig", marks=HOST),
    pytest.param("posix", "gcc", marks=HOST),
    pytest.param("qemu-fast", "arm-none-eabi-gcc", marks=BOARD),
    pytest.param("qemu-fast", "zig", marks=BOARD),
    pytest.param("qemu", "arm-none-eabi-gcc", marks=BOARD),
    pytest.param("qemu", "zig", marks=BOARD),
]


@pytest.mark.parametrize(("place", "compiler"), BUILDS)
def test_replies_are_the_same_bytes(place, compiler, stream, expected):
    answers = replies(place, compiler, stream, expected)
    if place in ("library", "posix"):
        assert answers == expected
    assert list(map(without_own_measures, answers)) == list(map(without_own_measures, expected))


# The reference flight software has no wheels that take a speed and calls nothing by names of its
# own; the stream has no ground station.
NOT_BROUGHT_ABOUT = {"wheel_speed_command", "radio_send", "named"}


def test_the_stream_brings_about_every_mode_and_every_kind_of_reply(expected):
    """Else the tests above would show nothing of what never came."""
    deframer = Deframer(TABLE)
    packets = [packet for reply in expected for packet in deframer.receive(reply)]
    assert {packet.message.name for packet in packets} == {
        message.name for message in TABLE.messages if not message.to_obc
    } - NOT_BROUGHT_ABOUT
    modes = {packet.values[-2] for packet in packets if packet.message is ESTIMATE}
    assert modes == set(range(len(MODES)))


@pytest.mark.parametrize("size", [1, 7, 64])
def test_any_split_of_the_stream_gives_the_same_replies(size, stream, expected):
    whole = b"".join(stream)
    with LibraryObc(build("library")) as obc:
        answers = b""
        for at in range(0, len(whole), size):
            obc.write(whole[at : at + size], 0.0)
            answers += obc.read(0.0)
    assert answers == b"".join(expected)

"""The same bytes in give the same bytes out, from every compiler and in every place.

The stream is made to be awkward, which a good run of a good rig is not: large errors, wild rates,
junk between frames, values that are no numbers, samples out of order.
"""

import random

import pytest

from hil.link.cuc import ticks_from_us
from hil.link.framing import Framer
from hil.link.messages import BY_NAME, MODES
from hil.obc.build import build
from hil.obc.library import LibraryObc
from hil.obc.posix import PosixObc
from hil.obc.qemu import QemuFastObc, QemuObc

PLACES = {"library": LibraryObc, "posix": PosixObc, "qemu": QemuObc, "qemu-fast": QemuFastObc}
ORBIT = (6.9e6, 0.0, 0.0, 0.0, 5.7e3, 5.0e3)


def opening(frame):
    """HELLO, on its own since a board that is still booting may miss it; then the settings."""
    yield b"\0" + frame("hello_request", [1, 100_000, 1, 1, 3, *[0] * 13])
    yield frame("set_orbit", ORBIT, 0)
    yield frame("set_mode", [MODES.index("nadir")])


def quaternion(source, spread):
    q = [source.gauss(0.0, spread), 0.7 + source.gauss(0.0, spread), source.gauss(0.0, spread), 0.7]
    size = sum(x * x for x in q) ** 0.5
    return [x / size for x in q]


def step(frame, number, source):
    now_us = number * 100_000
    wild = source.random() < 0.02
    rate = [source.gauss(0.0, 5.0 if wild else 2e-3) for _ in range(3)]
    data = frame("gyro", [0, 0, *rate])
    if number % 2 == 0:
        late_us = source.choice([0, 50_000, 100_000, 333_333])
        values = [0, 0, *quaternion(source, 0.3 if wild else 1e-4)]
        data += frame("star_tracker", values, ticks_from_us(max(0, now_us - late_us)))
    speeds = [source.gauss(100.0, 1.0), source.choice([0.0, 1e38, float("nan")]), -50.0]
    data += b"".join(frame("tachometer", [0, i, speed]) for i, speed in enumerate(speeds))
    if wild:
        data += source.randbytes(20) + b"\0" + frame("set_parameter", [22, source.random()])
    return data + frame("sync", [number], ticks_from_us(now_us))


@pytest.fixture(scope="module")
def stream():
    """Chunks, each of which is answered by at least one frame."""
    framer, source = Framer(), random.Random(1)

    def frame(name, values, ticks=None):
        return framer.frame(BY_NAME[name], values, ticks)

    return [*opening(frame), *(step(frame, number, source) for number in range(300))]


def exchange(obc, chunk, frames):
    obc.write(chunk)
    reply = b""
    while reply.count(0) < frames and (arrived := obc.read(1.0)):
        reply += arrived
    return reply


def replies(place, compiler, stream, expected):
    with PLACES[place](build(place, compiler)) as obc:
        hello = b""
        for _ in range(10):
            hello = hello or exchange(obc, stream[0], 1)
        pairs = zip(stream[1:], expected[1:], strict=True)
        return [hello, *(exchange(obc, chunk, reply.count(0)) for chunk, reply in pairs)]


@pytest.fixture(scope="module")
def expected(stream):
    with LibraryObc(build("library")) as obc:
        answers = []
        for chunk in stream:
            obc.write(chunk)
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
    assert replies(place, compiler, stream, expected) == expected


@pytest.mark.parametrize("size", [1, 7, 64])
def test_any_split_of_the_stream_gives_the_same_replies(size, stream, expected):
    whole = b"".join(stream)
    with LibraryObc(build("library")) as obc:
        answers = b""
        for at in range(0, len(whole), size):
            obc.write(whole[at : at + size])
            answers += obc.read(0.0)
    assert answers == b"".join(expected)

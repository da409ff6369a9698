"""The firmware's drivers, under sanitizers, read what the emulated devices say."""

import shutil
import struct
import subprocess
import tomllib
from pathlib import Path

import erfa
import numpy as np
import pytest
import xxhash
from protocol_frames import ECEF, FROM_DEVICE, GPS_TIME, Q

from hil.flight import mission
from hil.protocols import checksums, novatel, nsp, stim300
from hil.protocols.times import gps_time

ROOT = Path(__file__).parents[1]
STUBS = ROOT / "firmware_stubs"
FLAGS = ["-std=c99", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-Wconversion", "-Wshadow"]
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
ADCS = ("quat", "fmath")


@pytest.fixture(scope="module")
def probe(tmp_path_factory):
    """Return what runs a driver on octets, and gives the numbers of each line that it prints."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler for the host")
    program = tmp_path_factory.mktemp("drivers") / "driver-probe"
    sources = [*(STUBS / "drivers").glob("*.c"), STUBS / "tests" / "driver_probe.c"]
    sources = [each for each in sources if each.name != "craft.c"]
    sources += [STUBS / "adcs" / f"{name}.c" for name in ADCS]
    folders = [f"-I{STUBS / name}" for name in ("drivers", "adcs", "link")]
    command = [compiler, *FLAGS, *SANITIZERS, "-ffp-contract=off", *folders, *sources]
    subprocess.run([*command, "-lm", "-o", program], check=True)

    def run(*arguments, octets=b""):
        done = subprocess.run([program, *arguments], input=octets, capture_output=True, check=True)
        return [list(map(float, line.split())) for line in done.stdout.decode().splitlines()]

    return run


SPEED = nsp.frame(nsp.HOST, 0xC0, nsp.POLL | nsp.ACK | nsp.READ, struct.pack("<Bf", 0x15, 123.5))
ONE = {
    "stim300": FROM_DEVICE["stim300"][4],
    "oem7": FROM_DEVICE["novatel"][0],
    "sagitta": FROM_DEVICE["sagitta"][0],
    "wheels": SPEED,
}
DRIVERS = sorted(ONE)


def test_gyros_of_every_datagram_are_read(probe):
    heard = probe("stim300", octets=b"".join(FROM_DEVICE["stim300"]))
    counts = np.radians(np.array([1, -2, 400000]) * stim300.RATE_deg_s)
    assert len(heard) == len(stim300.DATAGRAMS)
    for kind, line in zip(stim300.DATAGRAMS.values(), heard, strict=True):
        assert line[:3] == pytest.approx(counts, rel=1e-6)
        assert line[3] == (-77 / 256 if kind.temperatures else 0.0)
        assert line[4:] == [0x40, 200, 1234]


def test_position_velocity_and_time_are_read(probe):
    (line,) = probe("oem7", octets=b"".join(FROM_DEVICE["novatel"]))
    assert np.array_equal(np.float32(line[:6]), np.float32(ECEF))
    assert line[6:] == [1, 1, GPS_TIME.week, GPS_TIME.ms]


def test_a_log_without_a_fix_is_not_valid(probe):
    body = novatel.bestxyz((0.0,) * 3, (0.0,) * 3, fixed=False)
    (line,) = probe("oem7", octets=novatel.message("BESTXYZ", body, GPS_TIME, known=False))
    assert line[6:8] == [0, 0]


def test_an_attitude_is_read(probe):
    (line,) = probe("sagitta", octets=b"".join(FROM_DEVICE["sagitta"]))
    assert line[:4] == pytest.approx(Q, abs=1e-7)
    assert line[4:] == [1, 0xDBC0]


def test_a_wheels_speed_is_read(probe):
    assert probe("wheels", octets=SPEED) == [[123.5]]


def test_a_wheel_is_started_then_given_its_torque_then_asked_for_its_speed(probe):
    started, turned = (
        nsp.frame(nsp.HOST, 0xC0, nsp.POLL | nsp.ACK | command) for command in (nsp.INIT, nsp.WRITE)
    )
    said = probe("orders", octets=started + turned + SPEED)
    assert [bytes(map(int, line)) for line in said] == [
        nsp.frame(0xC0, nsp.HOST, nsp.POLL | nsp.INIT, struct.pack("<I", 0x1000)),
        nsp.set_mode(0xC0, nsp.TORQUE, 1e-3),
        nsp.read_file(0xC0, nsp.FILE_SPEED),
    ]


def test_a_wheel_that_refuses_a_torque_has_restarted_and_is_started_anew(probe):
    """Without ACK it is in its boot loader: it is started, given its torque again, then asked."""
    kinds = [nsp.ACK | nsp.INIT, nsp.WRITE, nsp.ACK | nsp.INIT, nsp.ACK | nsp.WRITE]
    answers = b"".join(nsp.frame(nsp.HOST, 0xC0, nsp.POLL | kind) for kind in kinds)
    said = [bytes(map(int, line)) for line in probe("orders", octets=answers + SPEED)]
    started, turned, asked = said[0], nsp.set_mode(0xC0, nsp.TORQUE, 1e-3), said[-1]
    assert said == [started, turned, started, turned, asked]
    assert asked == nsp.read_file(0xC0, nsp.FILE_SPEED)


def test_checksums_of_any_length_are_those_of_other_programs(probe):
    """zlib's and binascii's CRCs and the xxHash of its author, over 1 to 80 octets."""
    data = np.random.default_rng(5).bytes(80)
    for n, sums in enumerate(probe("sums", octets=data), 1):
        assert sums == [
            checksums.crc16_mcrf4xx(data[:n]),
            checksums.crc32_mpeg2(data[:n]),
            checksums.crc32_novatel(data[:n]),
            xxhash.xxh32_intdigest(data[:n], seed=1425),
        ]


@pytest.mark.parametrize("name", DRIVERS)
def test_every_flipped_bit_is_refused_and_the_next_message_read(probe, name):
    frame = ONE[name]
    stream = b""
    for bit in range(8 * len(frame)):
        damaged = bytearray(frame)
        damaged[bit // 8] ^= 1 << bit % 8
        stream += bytes(damaged)
    good = probe(name, octets=frame)
    heard = probe(name, octets=stream + frame * 4)
    assert heard[-2:] == good * 2
    assert all(line in good for line in heard)
    assert len(heard) <= 4 + 16  # an END that is flipped may be made good by the next frame's


@pytest.mark.parametrize("name", DRIVERS)
def test_noise_and_messages_cut_short_do_no_harm(probe, name):
    source = np.random.default_rng(5)
    frame = ONE[name]
    stream = source.bytes(20_000) + b"".join(frame[:cut] for cut in range(len(frame)))
    assert probe(name, octets=stream + frame * 6)[-1:] == probe(name, octets=frame)


def test_messages_between_noise_are_all_read(probe):
    source = np.random.default_rng(6)
    stream = b"".join(source.bytes(7) + ONE["stim300"] for _ in range(200))
    heard = probe("stim300", octets=stream + bytes(80))
    assert (
        len(heard) >= 198
    )  # noise that begins as a datagram holds the next one until it is refused


@pytest.mark.parametrize("year", [2017, 2020, 2026])
def test_the_earths_orientation_by_gps_time_is_erfas(probe, year):
    """Against SOFA's c2t06a (IAU 2006/2000A), UT1 as UTC, without polar motion."""
    utc1, utc2 = erfa.dtf2d("UTC", year, 7, 19, 3, 4, 5.25)
    unix_ns = round((utc1 - 2440587.5 + utc2) * 86400.0 * 1e3) * 1_000_000
    time = gps_time(unix_ns)
    (q,) = probe("earth", str(time.week), str(time.ms))
    tai1, tai2 = erfa.utctai(utc1, utc2)
    tt1, tt2 = erfa.taitt(tai1, tai2)
    expected = erfa.c2t06a(tt1, tt2, utc1, utc2, 0.0, 0.0).T
    x, y, z, w = q
    found = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
    off = found @ expected.T
    turn_rad = 0.5 * np.array([off[2, 1] - off[1, 2], off[0, 2] - off[2, 0], off[1, 0] - off[0, 1]])
    assert np.degrees(np.linalg.norm(turn_rad)) * 3600.0 < 2.0


def test_the_missions_header_is_that_of_the_spacecrafts_file():
    path = "rigs/spacecraft/dier5.toml"
    beliefs = tomllib.loads((ROOT / path).read_text())["flight_software"]
    committed = (STUBS / "ports" / "drivers" / "mission.h").read_text()
    assert committed == mission.header(path, beliefs), f"stale: python -m hil.flight.mission {path}"

"""Devices' own protocols against published frames, decoders of others, cuts, flips and noise."""

import binascii
import itertools
import struct
from datetime import UTC, datetime

import libscrc
import numpy as np
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st
from novatel_edie.oem import Parser
from protocol_frames import (
    ECEF,
    FIX,
    FROM_DEVICE,
    GPS_TIME,
    NO_FIX,
    TO_DEVICE,
    UNCHECKED,
    UNCHECKED_COMMANDS,
    Q,
    UTC_ns,
)
from pynmeagps import NMEAReader
from pyubx2 import UBXReader

from hil.physics.geodesy import place
from hil.physics.leap import utc_after
from hil.protocols import (
    checksums,
    nanossoc,
    nmea,
    novatel,
    nsp,
    sagitta,
    stim300,
    uart,
    ubx,
    vn100,
)
from hil.protocols.registry import protocols
from hil.protocols.stream import LONGEST
from hil.protocols.times import GpsTime, gps_time, utc_of

EVERY = [
    *((name, "from_device", frames) for name, frames in FROM_DEVICE.items()),
    *((name, "to_device", frames) for name, frames in TO_DEVICE.items()),
]
NAMES = [f"{name} {direction}" for name, direction, _ in EVERY]
BINARY = [(name, "from_device") for name in ("stim300", "stim210", "novatel", "ubx", "vn100")]
BINARY += [("ubx", "to_device")]


def read(name, direction, *pieces):
    reader = getattr(protocols()[name], direction)()
    heard = [each for piece in pieces for each in reader.read(piece)]
    return heard + reader.rest()


def good(heard):
    return [each for each in heard if each.name]


def unchecked(name, direction):
    return name in (UNCHECKED if direction == "from_device" else UNCHECKED_COMMANDS)


def test_every_protocol_has_frames_of_both_directions_here():
    assert set(FROM_DEVICE) == set(TO_DEVICE) == set(protocols())


# -- checksums, against libscrc and the catalogue's check values -----------------------------------


@given(st.binary(min_size=1, max_size=200))
def test_checksums_are_those_of_libscrc(data):
    assert checksums.crc32_mpeg2(data) == libscrc.mpeg2(data)
    assert checksums.crc16_mcrf4xx(data) == libscrc.mcrf4xx(data)
    assert checksums.crc16_xmodem(data) == libscrc.xmodem(data)
    assert checksums.crc8_stim210(data) == libscrc.hacker8(data, 0x07, 0xFF, 0x00, False, False)


def test_checksums_of_the_nine_digits():
    digits = b"123456789"
    assert checksums.crc32_mpeg2(digits) == 0x0376E6E7
    assert checksums.crc16_mcrf4xx(digits) == 0x6F91
    assert checksums.crc16_xmodem(digits) == 0x31C3
    assert checksums.crc8_stim210(digits) == 0xFB


# -- frames that others published ------------------------------------------------------------------


def test_a_log_that_the_maker_published_is_read():
    """novatel.com, "ASCII to Binary log conversion example": a BESTPOSB of GPS week 1803."""
    published = bytes.fromhex(
        "aa44121c2a000020480000005eb40b0780ada301000000004561832500000000200000001011865b58684040"
        "09a4cc35038141408f53742497ef33406666a2413d0000004faf143d645d5c3defc9c33d3000000000004040"
        "00000000120909000000000 1c3ef64d2".replace(" ", "")
    )
    (log,) = read("novatel", "from_device", published)
    assert (log.name, log.values["week"], log.values["ms"]) == ("log 42", 1803, 27_504_000)


def test_a_binary_message_of_vectornavs_manual_is_read():
    """VN-100 user manual, "Binary Output Messages", example: yaw, pitch and roll."""
    published = bytes.fromhex("FA01080093502E42833EF13F48B504BB9288")
    (message,) = read("vn100", "from_device", published)
    angles = struct.unpack("<3f", published[4:16])
    assert message.values == {"yaw_pitch_roll_deg": angles}
    assert vn100.frame({3: published[4:16]}) == published


@pytest.mark.parametrize(
    "published",
    [
        b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n",
        b"$GNTXT,01,01,02,u-blox AG - www.u-blox.com*4E\r\n",
    ],
)
def test_published_sentences_are_read_and_made(published):
    (heard,) = read("nmea", "from_device", published)
    assert heard.data == published
    assert nmea.sentence(published[1:-5].decode()) == published


def test_a_published_ubx_setting_is_made():
    """CFG-RATE of 1 Hz, as in u-blox's receiver descriptions."""
    published = bytes.fromhex("B5620608 0600E80301000100 0139".replace(" ", ""))
    assert ubx.frame((0x06, 0x08), bytes.fromhex("E80301000100")) == published


def test_the_documented_hash_of_a_question_to_the_tracker():
    assert xxhash.xxh32(b"\x21\x02\x18", seed=1425).intdigest() == 0x76E115AC
    assert sagitta.request(sagitta.TELEMETRY, sagitta.SOLUTION).hex() == "c0210218ac15e176c0"


def test_lengths_are_those_of_the_data_sheets():
    lengths = {number: kind.octets for number, kind in stim300.DATAGRAMS.items()}
    assert (lengths[0x90], lengths[0x93], lengths[0xAF]) == (18, 38, 63)
    assert len(FROM_DEVICE["stim300"][-1]) == 26
    assert len(nanossoc.frame(nanossoc.ANGLES, nanossoc.angles((0.0, 0.0, 1.0), True))) == 17
    assert len(nanossoc.frame(nanossoc.FILTERED, bytes(16))) == 20
    assert len(ubx.nav_pvt(FIX)) == len(ubx.nav_pvt(NO_FIX)) == 92
    assert nanossoc.frame(nanossoc.ANGLES) == bytes([0x60, 4, 1, 5])


def test_a_gyro_datagram_octet_by_octet():
    """One count is 2^-14 deg/s; 24 bits, the highest octet first; then counter, latency, CRC."""
    datagram = stim300.datagram(0x90, (1, -1, 0x123456), 0x10, counter=7, latency_us=0x0102)
    assert datagram[:-4].hex() == "90000001ffffff1234561007" + "0102"
    assert datagram[-4:] == libscrc.mpeg2(datagram[:-4] + bytes(2)).to_bytes(4, "big")


def test_a_wheels_frame_octet_by_octet():
    frame = nsp.set_mode(0xC0, nsp.TORQUE, 1.0)
    body = bytes([0xC0, nsp.HOST, 0x88, 0, 0x12, 0, 0, 0x80, 0x3F])
    crc = libscrc.mcrf4xx(body).to_bytes(2, "little")
    inner = (body + crc).replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc")
    assert frame == b"\xc0" + inner + b"\xc0"


# -- decoders that nobody here wrote ---------------------------------------------------------------


def test_novatels_own_decoder_reads_position_velocity_and_time():
    parser = Parser()
    damaged = bytearray(FROM_DEVICE["novatel"][0])
    damaged[60] ^= 1
    parser.write(b"".join(FROM_DEVICE["novatel"][:2]) + bytes(damaged))
    told = {type(each).__name__[:-5]: each for each in parser if hasattr(each, "to_dict")}
    assert set(told) == {"BESTXYZ", "TIME"}
    xyz, time = told["BESTXYZ"].to_dict(), told["TIME"].to_dict()
    assert [xyz[axis] for axis in "xyz"] == list(ECEF[:3])
    assert [xyz[f"{axis}_1"] for axis in "xyz"] == list(ECEF[3:])
    stamp = xyz["header"]
    assert (stamp["week"], stamp["milliseconds"]) == (GPS_TIME.week, GPS_TIME.ms)
    fields = ("year", "month", "day", "hour", "minute", "millisecond")
    utc = [time[f"utc_{each}"] for each in fields]
    assert utc == [2026, 11, 29, 12, 0, 30_500]


def test_pyubx2_reads_a_fix():
    told = UBXReader.parse(FROM_DEVICE["ubx"][0])
    at = place(ECEF[:3])
    assert told.identity == "NAV-PVT"
    assert (told.lat, told.lon) == pytest.approx((at.latitude_deg, at.longitude_deg), abs=1e-7)
    assert told.height == round(1e3 * at.height_m)
    assert (told.year, told.hour, told.second, told.nano) == (2026, 12, 30, 500_000_000)
    ned = np.array([told.velN, told.velE, told.velD]) * 1e-3
    assert np.linalg.norm(ned) == pytest.approx(np.linalg.norm(ECEF[3:]), abs=2e-3)


def test_pynmeagps_reads_a_fix():
    at = place(ECEF[:3])
    told = NMEAReader.parse(nmea.gga(at, UTC_ns))
    assert (told.lat, told.lon) == pytest.approx((at.latitude_deg, at.longitude_deg), abs=2e-7)
    assert told.alt == pytest.approx(at.height_m, abs=0.06)
    told = NMEAReader.parse(nmea.rmc(at, 3.0, -4.0, UTC_ns))
    assert told.spd == pytest.approx(5.0 * 3600.0 / 1852.0, abs=0.01)
    assert told.cog == pytest.approx(306.87, abs=0.01)
    assert NMEAReader.parse(nmea.gga(None, UTC_ns)).quality == 0


# -- streams ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "direction", "frames"), EVERY, ids=NAMES)
def test_each_frame_is_one_message(name, direction, frames):
    for frame in frames:
        heard = read(name, direction, frame)
        assert len(heard) == 1
        assert heard[0].name


@pytest.mark.parametrize(("name", "direction", "frames"), EVERY, ids=NAMES)
@settings(max_examples=15)
@given(data=st.data())
def test_however_a_stream_is_cut_it_says_the_same(name, direction, frames, data):
    noise = data.draw(st.binary(max_size=12))
    stream = frames[0] + noise + b"".join(frames) + frames[-1][:-2] + frames[0]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    edges = [0, *cuts, len(stream)]
    pieces = [stream[a:b] for a, b in itertools.pairwise(edges)]
    whole = read(name, direction, stream)
    assert good(read(name, direction, *pieces)) == good(whole)
    octets = (stream[at : at + 1] for at in range(len(stream)))
    assert good(read(name, direction, *octets)) == good(whole)


@pytest.mark.parametrize(("name", "direction", "frames"), EVERY, ids=NAMES)
def test_every_flipped_bit_is_refused(name, direction, frames):
    if unchecked(name, direction):
        pytest.skip("it has no checksum, as the real part")
    frame = frames[0]
    for bit in range(8 * len(frame)):
        damaged = bytearray(frame)
        damaged[bit // 8] ^= 1 << bit % 8
        sound = good(read(name, direction, bytes(damaged)))
        # A SLIP frame's END that is gone at the end leaves a frame that has not ended.
        assert not [each for each in sound if each.data == frame or each.values], bit


@pytest.mark.parametrize(("name", "direction", "frames"), EVERY, ids=NAMES)
@settings(max_examples=40)
@given(noise=st.binary(max_size=300))
def test_noise_is_no_message(name, direction, frames, noise):
    del frames
    if not unchecked(name, direction):
        assert not good(read(name, direction, noise))
    else:
        read(name, direction, noise)


@pytest.mark.parametrize(("name", "direction", "frames"), EVERY, ids=NAMES)
def test_after_a_reset_in_mid_frame_the_next_frames_are_read(name, direction, frames):
    """A length that is made of two frames may swallow some that follow, and then it is over."""
    frame = frames[0]
    after = frame * (6 + 1700 // len(frame))
    last = [each.data for each in good(read(name, direction, after))][-4:]
    for cut in range(1, len(frame)):
        sound = good(read(name, direction, frame[:cut] + after))
        assert [each.data for each in sound][-4:] == last


@pytest.mark.parametrize(
    ("name", "direction", "frames"),
    [each for each in EVERY if each[:2] in BINARY],
    ids=[" ".join(each) for each in BINARY],
)
def test_a_first_octet_alone_costs_no_frame_that_follows(name, direction, frames):
    """What is no message is given up octet by octet: the next may begin at its second."""
    for frame in frames:
        stream = frame * (2 + 9000 // len(frame))
        whole = [each.data for each in good(read(name, direction, stream))]
        assert [each.data for each in good(read(name, direction, frame[:1] + stream))] == whole


@pytest.mark.parametrize("name", [name for name in FROM_DEVICE if name not in UNCHECKED])
@pytest.mark.parametrize("ratio", [0.5, 2.0, 4.0, 1.2, 0.8])
def test_at_a_wrong_baud_rate_nothing_is_understood(name, ratio):
    stream = b"".join(FROM_DEVICE[name]) * 3
    heard, _ = uart.received(stream, 115_200.0, 115_200.0 * ratio)
    assert not good(read(name, "from_device", heard))


@pytest.mark.parametrize("ratio", [0.97, 1.0, 1.03])
def test_a_rate_that_is_three_per_cent_off_is_still_read(ratio):
    stream = bytes(range(256))
    assert uart.received(stream, 115_200.0, 115_200.0 * ratio) == (stream, 0)


# -- values ----------------------------------------------------------------------------------------


def test_gps_time_of_a_published_instant():
    """2017-01-01 00:00:00 UTC is GPS week 1930, second 17 + 1 (IERS Bulletin C 52)."""
    assert gps_time(1_483_228_800_000_000_000) == GpsTime(1930, 18_000_000_000)
    assert utc_of(GpsTime(1930, 18_000_000_000)) == 1_483_228_800_000_000_000


@pytest.mark.parametrize(
    ("utc", "leap_s"), [((2016, 12, 31), 17), ((2012, 7, 1), 16), ((1980, 1, 6), 0)]
)
def test_gps_time_has_the_leap_seconds_of_its_day(utc, leap_s):
    """IERS Bulletin C: 17 from July 2015, 16 from July 2012, none when GPS time began."""
    unix_s = round(datetime(*utc, tzinfo=UTC).timestamp())
    time = gps_time(unix_s * 10**9)
    assert time.week * 604_800 + time.ns // 10**9 == unix_s - 315_964_800 + leap_s
    assert utc_of(time) == unix_s * 10**9


def test_receivers_count_the_second_that_utc_inserts():
    """GPS time goes on through 2016-12-31 23:59:60; three seconds later it is 2017, second 0."""
    before = round(datetime(2016, 12, 31, 23, 59, 58, tzinfo=UTC).timestamp()) * 10**9
    after = utc_after(before, 3 * 10**9)
    assert datetime.fromtimestamp(after / 1e9, UTC) == datetime(2017, 1, 1, tzinfo=UTC)
    assert gps_time(after).ns - gps_time(before).ns == 3 * 10**9


def test_a_solution_comes_back():
    (heard,) = read("sagitta", "from_device", FROM_DEVICE["sagitta"][0])
    assert heard.values["q_eci_from_tracker"] == pytest.approx(Q, abs=1e-7)
    assert heard.values["valid"] is True


def test_a_sun_direction_comes_back():
    sun = np.array([0.3, -0.2, 0.9]) / np.linalg.norm([0.3, -0.2, 0.9])
    (heard,) = read("nanossoc", "from_device", nanossoc.frame(4, nanossoc.angles(sun, True)))
    back = nanossoc.direction(heard.values["alpha_deg"], heard.values["beta_deg"])
    assert np.allclose(back, sun, atol=1e-6)
    assert heard.values["code"] == nanossoc.GOOD


def test_a_height_beyond_int32_mm_cannot_be_said():
    far = FIX._replace(values=(9.0e6, 0.0, 0.0, 0.0, 0.0, 0.0))
    with pytest.raises(ValueError, match="cannot say a height of 2621863 m: int32 mm"):
        ubx.nav_pvt(far)


def test_a_log_without_a_fix_says_so():
    body = novatel.bestxyz((0.0,) * 3, (0.0,) * 3, fixed=False)
    (heard,) = read(
        "novatel", "from_device", novatel.message("BESTXYZ", body, GPS_TIME, known=False)
    )
    assert heard.values["position_status"] == 1
    assert heard.values["time_known"] is False


def test_the_standard_librarys_polynomial_is_the_one_of_xmodem():
    assert binascii.crc_hqx(b"123456789", 0) == 0x31C3


@pytest.mark.parametrize("direction", ["from_device", "to_device"])
@pytest.mark.parametrize("name", sorted(FROM_DEVICE))
def test_endless_noise_is_told_in_pieces_and_takes_no_memory(name, direction):
    reader = getattr(protocols()[name], direction)()
    noise = np.random.default_rng(1).bytes(100_000)
    heard = [each for at in range(0, 100_000, 4096) for each in reader.read(noise[at : at + 4096])]
    told = sum(len(each.data) for each in heard)
    assert told >= 100_000 - 2 * LONGEST
    kept = sum(len(each.data) for each in reader.rest())
    assert kept <= LONGEST
    assert told + kept >= 100_000 - LONGEST

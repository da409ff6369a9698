"""HELLO: what is asked, what any answer is taken for, and what both sides are told."""

import zlib
from datetime import UTC, datetime
from fractions import Fraction

import frames
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire import GYRO, STAR_TRACKER, TABLE, TACHOMETER

from hil.errors import ObcError
from hil.link import messages as m
from hil.link.framing import Deframer, Framer
from hil.link.identity import identity_of, refuse_misfit, request_values
from hil.link.packet import Fault, Packet, crc32c, named_values
from hil.link.protocol1 import REQUEST

STEP = Fraction(1, 60)
RIG = {"gyro": 1, "star_tracker": 1, "tachometer": 3, "horizon_sensor": 2, "thermometer": 1}


def hello(*devices, protocol=2, step=(0, 0)):
    listed = [value for device in devices for value in device]
    frame = Framer().frame(m.HELLO, (protocol, b"mine", b"7", *step, *listed))
    [packet] = Deframer().receive(frame)
    return packet


def with_fields(message, fields):
    """What is made of a packet of this message with these octets as its fields."""
    first = message.apid | (0x1000 if message.to_obc else 0)
    head = b"".join(n.to_bytes(2, "big") for n in (first, 0xC000, len(fields) + 3))
    from cobs import cobs

    checked = head + fields + crc32c(head + fields).to_bytes(4, "little")
    [event] = Deframer().receive(cobs.encode(checked) + b"\0")
    return event


# -- what is asked ---------------------------------------------------------------------------------


def test_a_request_carries_the_control_period_exactly():
    assert request_values(STEP, {}, TABLE)[:3] == [2, 1, 60]
    assert request_values(Fraction("0.1"), {}, TABLE)[:3] == [2, 1, 10]


def test_a_request_lists_the_rigs_sensors_by_their_apid():
    values = request_values(STEP, {"tachometer": 3, "gyro": 1, "gps": 0}, TABLE)
    assert values[5:] == [TACHOMETER.apid, 3, GYRO.apid, 1]


def test_a_request_carries_the_date():
    # 2026-03-20 is day 31 + 28 + 19 of the year; 26 years since 2000 have seven leap days.
    epoch = datetime(2026, 3, 20, 0, 0, 1, 250_000, tzinfo=UTC)
    assert request_values(STEP, {}, TABLE, epoch)[3:5] == [26 * 365 + 7 + 31 + 28 + 19, 1250]
    assert request_values(STEP, {}, TABLE, datetime(1999, 1, 1, tzinfo=UTC))[3:5] == [0, 0]
    assert request_values(STEP, {}, TABLE, datetime(2179, 7, 1, tzinfo=UTC))[3:5] == [0, 0]


@pytest.mark.parametrize("step", [Fraction(1, 1 << 32), Fraction(0), Fraction(-1, 10)])
def test_a_control_period_that_has_no_such_fraction_is_refused(step):
    with pytest.raises(ObcError, match=r"control period of .* s cannot be sent to the OBC"):
        request_values(step, {}, TABLE)


# -- who answers -----------------------------------------------------------------------------------


def test_an_identity_has_the_kinds_that_are_handled_and_those_that_are_needed():
    who = identity_of(hello((GYRO.apid, 1), (STAR_TRACKER.apid, 0)), STEP, RIG, TABLE)
    assert who.handles == ("gyro", "star_tracker")
    assert who.device_count == {"gyro": 1}
    assert who.step_s is None


def test_what_the_firmware_does_not_handle_is_listed():
    who = identity_of(hello((GYRO.apid, 1), (TACHOMETER.apid, 0)), STEP, RIG, TABLE)
    assert who.not_handled(RIG) == (
        "star tracker 0", "horizon sensor 0", "horizon sensor 1", "thermometer 0"
    )  # fmt: skip


def test_a_control_period_of_its_own_must_be_the_rigs():
    assert identity_of(hello(step=(2, 120)), STEP, RIG, TABLE).step_s == STEP
    with pytest.raises(ObcError, match=r"period of 1/50 s, the rig asks for 1/60 s: change step_s"):
        identity_of(hello(step=(1, 50)), STEP, RIG, TABLE)


def test_a_kind_that_the_rig_lacks_is_named_with_both_counts():
    with pytest.raises(ObcError, match=r"needs 2 x star_tracker \(rig: 1\), 1 x gps \(rig: 0\): a"):
        identity_of(hello((STAR_TRACKER.apid, 2), (TABLE.by_name["gps"].apid, 1)), STEP, RIG, TABLE)


def test_a_kind_that_the_bench_does_not_know_is_named_only_where_it_is_needed():
    assert identity_of(hello((0x1F0, 0)), STEP, RIG, TABLE).handles == ("sensor kind 0x1F0",)
    with pytest.raises(ObcError, match=r"needs 2 x sensor kind 0x1F0, which this bench does not"):
        identity_of(hello((0x1F0, 2)), STEP, RIG, TABLE)


# -- any version, any length -----------------------------------------------------------------------


SWAPPED = {int.from_bytes(v.to_bytes(2, "little"), "big") for v in range(m.PROTOCOL_VERSION + 1)}
OTHERS = sorted(set(range(0x10000)) - SWAPPED - {m.PROTOCOL_VERSION} | {0})


@given(st.sampled_from(OTHERS))
def test_every_other_version_is_refused_in_words_that_say_what_to_do(version):
    with pytest.raises(
        ObcError, match=rf"mine build 7 speaks protocol {version}, .* 2: \w+"
    ) as told:
        identity_of(hello(protocol=version), STEP, RIG, TABLE)
    first = "rebuild and flash" if version < m.PROTOCOL_VERSION else "install the bench"
    assert f": {first}" in str(told.value)


@given(st.binary(max_size=200))
def test_a_hello_of_any_length_is_read_as_far_as_it_goes(fields):
    packet = with_fields(m.HELLO, fields)
    assert isinstance(packet, Packet)
    assert packet.values[0] == int.from_bytes(fields[:2].ljust(2, b"\0"), "big")
    listed = min(max(0, len(fields) - m.HELLO.size) // 3, m.HELLO.group.most)
    assert len(packet.values) == 5 + 2 * listed
    assert len(named_values(packet)["devices"]) == 2 * listed


@given(st.binary(max_size=200))
def test_a_request_of_any_length_is_read_as_far_as_it_goes(fields):
    packet = with_fields(m.HELLO_REQUEST, fields)
    assert packet.values[0] == int.from_bytes(fields[:2].ljust(2, b"\0"), "big")


# -- protocol 1 ------------------------------------------------------------------------------------


def test_a_firmware_of_protocol_1_is_told_apart_from_a_broken_frame():
    [fault] = Deframer().receive(frames.HELLO_OF_PROTOCOL_1)
    with pytest.raises(ObcError, match=r"speaks protocol 1, .* 2: rebuild .* \(hil 0\.1\)"):
        refuse_misfit(fault, TABLE)


def test_a_damaged_hello_of_protocol_1_is_a_broken_frame():
    frame = bytearray(frames.HELLO_OF_PROTOCOL_1)
    frame[10] ^= 1
    [fault] = Deframer().receive(bytes(frame))
    assert fault.kind == "crc"
    refuse_misfit(fault, TABLE)
    refuse_misfit(Fault("crc", b"\2\0"), TABLE)


def test_what_a_firmware_of_protocol_1_hears_is_its_own_request():
    assert REQUEST == frames.REQUEST_OF_PROTOCOL_1


# -- octets in the wrong order ---------------------------------------------------------------------


def answered_with(packet):
    """What the bench makes of octets that a firmware sends as its answer to HELLO."""
    from cobs import cobs

    [event] = Deframer(TABLE).receive(cobs.encode(packet) + b"\0")
    refuse_misfit(event, TABLE)


def hello_body(order="big"):
    fields = b"\0\2" + b"mine".ljust(16, b"\0") + b"7".ljust(12, b"\0") + bytes(8)
    words = (m.HELLO.apid, 0xC000, len(fields) + 3)
    return b"".join(word.to_bytes(2, order) for word in words) + fields


def test_a_checksum_with_its_octets_the_other_way_round_is_named():
    body = hello_body()
    with pytest.raises(ObcError, match="CRC-32C of a packet most significant octet first; it goes"):
        answered_with(body + crc32c(body).to_bytes(4, "big"))


@pytest.mark.parametrize("order", ["little", "big"])
def test_the_checksum_of_zip_is_named(order):
    body = hello_body()
    with pytest.raises(ObcError, match="CRC-32 of Ethernet and zip; it must be CRC-32C"):
        answered_with(body + zlib.crc32(body).to_bytes(4, order))


def test_a_header_with_swapped_octets_is_named():
    body = hello_body("little")
    with pytest.raises(ObcError, match="sends a packet's header with swapped octets: numbers go"):
        answered_with(body + crc32c(body).to_bytes(4, "little"))


def test_a_protocol_number_with_swapped_octets_is_named():
    with pytest.raises(ObcError, match=r"protocol 512, which is 2 with its octets swapped"):
        identity_of(hello(protocol=0x0200), STEP, RIG, TABLE)


@given(st.binary(min_size=10, max_size=80))
def test_noise_is_no_misfit(noise):
    refuse_misfit(Fault("crc", noise), TABLE)

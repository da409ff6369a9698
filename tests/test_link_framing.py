"""Framing: any split of a stream gives the same packets, and nothing corrupt is ever one."""

import itertools
import random

import pytest
import wire
from frames import corrupt, good
from google_crc32c import value as crc32c
from hypothesis import given
from hypothesis import strategies as st

from hil.link import messages as m
from hil.link.framing import FRAME_MAX, Deframer, Framer
from hil.link.packet import Fault, Packet, apid_of, decode, encode, named_values

STREAM = b"".join(vector.frame for vector in good())


@pytest.mark.parametrize("vector", good(), ids=lambda vector: vector.name)
def test_a_vector_is_decoded_and_encoded_back_to_the_same_octets(vector):
    [packet] = Deframer(wire.TABLE).receive(vector.frame)
    values = [v.encode() if isinstance(v, str) else v for v in packet.values]
    sequences = {packet.message.apid: packet.sequence}
    assert encode([(packet.message, values, packet.ticks)], sequences) == [vector.packet]


HOUSEKEEPING_OF_AN_EARLIER_EDITION = bytes.fromhex(
    "0212c00500313727c5ac37a7c5ac37fba88233d6bf953456bf9534a10fb0000300020001ffff0002ccde0004faff"
    "0714000200067a6e887f"
)


def test_housekeeping_of_an_earlier_edition_ends_before_what_was_appended():
    packet = decode(HOUSEKEEPING_OF_AN_EARLIER_EDITION)
    assert packet.message is m.HOUSEKEEPING
    assert named_values(packet)["line_errors"] == 6
    assert packet.values[-4:] == (0, 0, 0, 0)


@pytest.mark.parametrize("octets", [1, 4])
def test_housekeeping_that_ends_within_what_was_appended_has_a_wrong_length(octets):
    whole = HOUSEKEEPING_OF_AN_EARLIER_EDITION[6:-4] + bytes(octets)
    cut = bytes.fromhex("0212c005") + (len(whole) + 3).to_bytes(2, "big") + whole
    fault = decode(cut + crc32c(cut).to_bytes(4, "little"))
    assert (type(fault), fault.kind) == (Fault, "length")


@pytest.mark.parametrize(("kind", "frame"), corrupt())
def test_a_corrupt_vector_is_counted_under_its_kind(kind, frame):
    deframer = Deframer(wire.TABLE)
    [fault] = deframer.receive(frame)
    assert isinstance(fault, Fault)
    assert fault.kind == kind
    assert deframer.faults == {kind: 1}


def test_a_header_and_a_checksum_are_a_packet_and_less_is_none():
    empty = bytes([0x07, 0xFF, 0xC0, 0x00, 0x00, 0x03])
    whole = empty + crc32c(empty).to_bytes(4, "little")
    assert decode(whole, wire.TABLE) == Fault("unknown", whole)
    assert decode(whole[:-1], wire.TABLE) == Fault("runt", whole[:-1])


@pytest.mark.parametrize("octets", [1, 255, 256, 257, 4096])
def test_a_space_packet_of_any_length_has_its_apid(octets):
    """CCSDS 133.0-B, 4.1.3: eleven bits of APID; the length field is the data's octets less one."""
    packet = bytes([0x1B, 0xCD, 0xC0, 0x00, *(octets - 1).to_bytes(2)]) + bytes(octets)
    assert apid_of(packet) == 0x3CD
    assert apid_of(packet + b"\0") is None
    assert apid_of(packet[:-1]) is None


def test_values_come_back_by_field_name():
    [packet] = Deframer(wire.TABLE).receive(Framer().frame(wire.GYRO, (1, 2, 0.5, -0.25, 0.0)))
    assert named_values(packet) == {
        "flags": 1,
        "instance": 2,
        "rate_body_rad_s": (0.5, -0.25, 0.0),
    }


def test_sequence_counts_run_per_packet_type_and_wrap():
    framer = Framer()
    for _ in range(0x4000):
        framer.frame(m.SYNC, (0,), 0)
    framer.frame(m.SET_MODE, (1,))
    assert framer.last_sequence(m.SET_MODE) == 0
    assert framer.last_sequence(m.SYNC) == 0x3FFF
    framer.frame(m.SYNC, (0,), 0)
    assert framer.last_sequence(m.SYNC) == 0


def test_a_message_that_must_carry_time_is_refused_without():
    with pytest.raises(ValueError, match="sync: time is always carried"):
        encode([(m.SYNC, (0,), None)], {})


def test_empty_frames_are_neither_packets_nor_faults():
    deframer = Deframer(wire.TABLE)
    assert deframer.receive(b"\0\0\0") == []
    assert not deframer.faults


def test_noise_without_a_delimiter_is_one_overlong_fault_and_bounded():
    deframer = Deframer(wire.TABLE)
    for _ in range(100):
        assert deframer.receive(b"\x55" * 100) == []
        assert len(deframer.pending) <= FRAME_MAX
    [fault, packet] = deframer.receive(b"\0" + good()[0].frame)
    assert fault.kind == "overlong"
    assert packet.message is m.HELLO_REQUEST


def test_a_cut_frame_costs_itself_and_the_next_is_whole():
    first, second = good()[4].frame, good()[5].frame
    [fault, packet] = Deframer(wire.TABLE).receive(first[:-4] + b"\0" + second)
    assert isinstance(fault, Fault)
    assert isinstance(packet, Packet)


@given(st.lists(st.integers(0, len(STREAM)), max_size=30))
def test_any_split_of_the_stream_gives_the_same_packets(cuts):
    edges = [0, *sorted(cuts), len(STREAM)]
    deframer = Deframer(wire.TABLE)
    events = [
        event
        for begin, end in itertools.pairwise(edges)
        for event in deframer.receive(STREAM[begin:end])
    ]
    assert events == Deframer(wire.TABLE).receive(STREAM)
    assert len(events) == len(good())


@given(st.binary(max_size=600))
def test_any_bytes_are_digested_and_a_frame_after_them_is_found(noise):
    events = Deframer(wire.TABLE).receive(noise + b"\0" + good()[0].frame)
    assert isinstance(events[-1], Packet)


@given(st.sampled_from(wire.TABLE.messages), st.data())
def test_every_message_survives_the_wire(message, data):
    values = [value for field in message.fields for value in data.draw(_values(field))]
    ticks = data.draw(st.integers(0, 2**56 - 1)) if message.time != "never" else None
    [octets] = encode([(message, values, ticks)], {message.apid: 5})
    packet = decode(octets, wire.TABLE)
    assert isinstance(packet, Packet)
    sent = [v.rstrip(b"\0").decode() if isinstance(v, bytes) else v for v in values]
    assert (packet.message, packet.ticks, list(packet.values)) == (message, ticks, sent)


def _values(field):
    if field.type == "char":
        text = st.text("abcdefghijklmnopqrstuvwxyz-0123456789", max_size=field.count)
        return text.map(lambda word: [word.encode().ljust(field.count, b"\0")])
    if field.type == "f32":
        one = st.floats(width=32, allow_nan=False)
    elif field.type == "i32":
        one = st.integers(-(2**31), 2**31 - 1)
    else:
        one = st.integers(0, 2 ** {"u4": 4, "u8": 8, "u16": 16, "u32": 32}[field.type] - 1)
    return st.lists(one, min_size=field.count, max_size=field.count)


def test_a_burst_of_up_to_sixteen_bits_never_makes_a_valid_packet():
    # In the order of a UART such a burst has at most 24 bits; CRC-32C finds all up to 32.
    rng = random.Random(20170215)
    packets = [vector.packet for vector in good()]
    numbers = [(int.from_bytes(packet, "big"), len(packet)) for packet in packets]
    for number, size in rng.choices(numbers, k=1_000_000):
        burst = rng.getrandbits(15) | 0x4000 | rng.getrandbits(1) << 15
        damaged = number ^ burst << rng.randrange(8 * size - 15)
        assert isinstance(decode(damaged.to_bytes(size, "big")), Fault)


@pytest.mark.parametrize("vector", good(), ids=lambda vector: vector.name)
def test_no_single_damaged_octet_of_a_frame_gives_a_packet(vector):
    # Every octet, every value: code octets included, where the damage moves whole blocks.
    for at in range(len(vector.frame) - 1):
        for flip in range(1, 256):
            frame = bytearray(vector.frame)
            frame[at] ^= flip
            assert not _packets(bytes(frame))


@pytest.mark.parametrize("vector", good(), ids=lambda vector: vector.name)
def test_no_frame_with_octets_lost_gives_a_packet(vector):
    for begin in range(len(vector.frame) - 1):
        for end in range(begin + 1, len(vector.frame)):
            assert not _packets(vector.frame[:begin] + vector.frame[end:])


def _packets(frame):
    return [event for event in Deframer(wire.TABLE).receive(frame) if isinstance(event, Packet)]

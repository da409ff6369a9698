"""A session without any line: what octets come to, at instants that a test makes up."""

import frames
import pytest
from cobs import cobs
from hypothesis import given, settings
from hypothesis import strategies as st
from wire import TABLE, THRUSTER_COMMAND

from hil.errors import ObcError
from hil.link import messages as m
from hil.link.clock import Clock, exact_s
from hil.link.events import RESTARTED, Acknowledged, Identified, Incident, Reply
from hil.link.framing import Deframer, Framer
from hil.link.packet import encode
from hil.link.sequence import CommandCount
from hil.link.session import Session


class Ends:
    """Both ends of a line joined in memory: a session and the frames of an OBC."""

    def __init__(self, **how):
        self.clock = Clock(exact_s(0.1))
        self.session = Session(self.clock, TABLE, **how)
        self.obc = Framer()

    def begin(self, step, now_s=0.0):
        self.clock.go_to(step)
        self.session.begin(now_s)

    def hear(self, *octets, now_s=0.0):
        return self.session.receive(b"".join(octets), now_s)

    def estimate(self, x):
        return self.obc.frame(m.ESTIMATE, (x, 0.0, 0.0, 1.0, *[0.0] * 6, 1, 0))

    def command(self, step):
        return self.obc.frame(m.COMMAND, (step, *[0.0] * 7))

    def replied(self, step, *octets, **when):
        """The reply to a step, which is the only event but for incidents."""
        self.begin(step)
        (reply,) = [event for event in self.hear(*octets, **when) if isinstance(event, Reply)]
        return reply


def incidents(events):
    return [event.name for event in events if isinstance(event, Incident)]


# -- HELLO and settings ----------------------------------------------------------------------------


def test_half_a_frame_in_the_obcs_receiver_does_not_cost_the_hello():
    noise = Ends().session.setting(m.SET_MODE, (1,))[:5]
    heard = Deframer(TABLE).receive(noise + Ends().session.hello({"gyro": 1}))
    assert [getattr(event, "message", None) for event in heard][-1] is m.HELLO_REQUEST
    assert len(heard) == 2


def test_hello_identifies_the_obc_and_the_period_is_told_exactly():
    ends = Ends()
    ends.session = Session(Clock(exact_s(1.0 / 60.0)), TABLE)
    (request,) = Deframer(TABLE).receive(ends.session.hello({"gyro": 2}))
    assert request.values == (m.PROTOCOL_VERSION, 1, 60, 0, 0, 0x120, 2)
    hello = ends.obc.frame(m.HELLO, (m.PROTOCOL_VERSION, b"mine", b"1", 1, 60))
    (event,) = ends.hear(hello)
    assert isinstance(event, Identified)
    assert event.identity.firmware == "mine"


@pytest.mark.parametrize(("result", "word"), [(0, "accepted"), (2, "out of range")])
def test_an_acknowledgement_is_of_the_setting_that_was_sent_last(result, word):
    ends = Ends()
    ends.session.setting(m.SET_MODE, (1,))
    ends.session.setting(m.SET_MODE, (2,))
    others = ends.obc.frame(m.ACK, (m.SET_MODE.apid, 0, 0))
    own = ends.obc.frame(m.ACK, (m.SET_MODE.apid, 1, result))
    events = ends.hear(others, own)
    assert (incidents(events), events[-1]) == (["unexpected_frame"], Acknowledged(word))
    assert ends.session.counters["unexpected_frames"] == 1


def test_an_acknowledgement_with_a_result_that_does_not_exist_accepts_nothing():
    ends = Ends()
    ends.session.setting(m.SET_MODE, (1,))
    events = ends.hear(ends.obc.frame(m.ACK, (m.SET_MODE.apid, 0, 9)))
    assert events[-1] == Acknowledged("result 9, which this bench has not")
    assert ends.session.counters["unexpected_frames"] == 1


# -- a step ----------------------------------------------------------------------------------------


def test_a_reply_has_what_came_before_its_command_and_how_long_it_took():
    ends = Ends()
    ends.begin(3, now_s=10.0)
    assert ends.hear(ends.estimate(0.5), now_s=10.01) == []
    (reply,) = ends.hear(ends.command(3), now_s=10.02)
    assert (reply.command[0], reply.estimate[0]) == (3, 0.5)
    assert reply.reply_s == pytest.approx(0.02)


def test_the_estimate_of_a_stale_step_is_not_taken_for_the_present_ones():
    ends = Ends()
    old = ends.estimate(0.25) + ends.command(4)
    assert ends.replied(5, old, ends.command(5)).estimate is None
    old = ends.estimate(0.25) + ends.command(5)
    assert ends.replied(6, old, ends.estimate(0.75), ends.command(6)).estimate[0] == 0.75
    assert ends.session.counters["stale_replies"] == 2


def test_an_estimate_after_its_command_counts_for_the_next_step_and_is_told_once():
    ends = Ends()
    told = []
    for step in range(3):
        ends.begin(step)
        events = ends.hear(ends.command(step), ends.estimate(0.1 * step))
        (reply,) = [event for event in events if isinstance(event, Reply)]
        told += incidents(events)
        expected = None if step == 0 else pytest.approx(0.1 * (step - 1))
        assert (reply.estimate and reply.estimate[0]) == expected
    assert told == ["late_estimate"]
    assert ends.session.counters["late_estimates"] == 2


def test_an_estimate_of_which_a_part_came_after_the_command_is_late_as_well():
    ends = Ends()
    late = ends.estimate(0.5)
    assert ends.replied(0, ends.command(0), late[:10]).estimate is None
    assert ends.replied(1, late[10:], ends.command(1)).estimate[0] == 0.5
    assert ends.session.counters["late_estimates"] == 1


def test_an_estimate_whose_command_was_lost_is_no_late_one():
    ends = Ends()
    ends.begin(0)
    ends.hear(ends.estimate(0.5))
    assert ends.session.give_up(1.0).estimate[0] == 0.5
    ends.begin(1)
    assert ends.session.counters["late_estimates"] == 0


def test_a_lost_reply_that_comes_yet_is_late_once_and_stale_the_second_time():
    ends = Ends()
    ends.begin(0)
    ends.session.give_up(1.0)
    assert ends.session.counters["lost_replies"] == 1
    ends.begin(1)
    assert incidents(ends.hear(ends.command(0), ends.command(0))) == ["late_reply", "stale_reply"]
    counters = ends.session.counters
    assert (counters["lost_replies"], counters["late_replies"]) == (0, 1)


def test_lost_replies_are_counted_beyond_those_that_are_remembered():
    ends = Ends()
    for step in range(10_000):
        ends.begin(step)
        ends.session.give_up(0.0)
    assert ends.session.counters["lost_replies"] == 10_000
    assert len(ends.session._missing) == 4096


@pytest.mark.parametrize("step", [1, 3])
def test_a_thruster_command_of_another_step_is_stale_and_not_taken(step):
    ends = Ends()
    ends.begin(2)
    other = ends.obc.frame(THRUSTER_COMMAND, (step, *[0.01] * m.THRUSTERS_MAX))
    events = ends.hear(other, ends.command(2))
    assert incidents(events) == ["stale_reply"]
    assert not events[-1].separate
    assert ends.session.counters["stale_replies"] == 1


# -- what nobody asked for -------------------------------------------------------------------------

TELEMETRY = m.Message("battery", 0x042, False, (m.Field("volt", "f32"),))


def telemetry(own_checksum):
    """Another program's packet, which need not end as this protocol's do."""
    [packet] = encode([(TELEMETRY, (12.0,), None)], {})
    if own_checksum:
        packet = packet[:-1] + bytes([packet[-1] ^ 0xFF])
    return cobs.encode(packet) + b"\0"


@pytest.mark.parametrize("own_checksum", [False, True])
def test_a_packet_of_another_apid_is_unexpected_and_no_broken_frame(own_checksum):
    ends = Ends()
    (event,) = ends.hear(telemetry(own_checksum))
    assert event == Incident("unexpected_frame", "packet of APID 0x042, 14 octets")
    assert +ends.session.counters == {"unexpected_frames": 1, "bytes_from_obc": 16}


def test_a_damaged_frame_of_the_obcs_own_is_a_crc_error():
    ends = Ends()
    frame = bytearray(ends.command(0))
    frame[-3] ^= 1
    assert incidents(ends.hear(bytes(frame))) == ["crc_error"]
    assert ends.session.counters["crc_errors"] == 1


@pytest.mark.parametrize("own_checksum", [False, True])
def test_packets_that_the_rig_passes_over_are_counted_and_not_judged(own_checksum):
    ends = Ends(pass_over_apids=[0x042])
    assert ends.hear(telemetry(own_checksum)) == []
    assert +ends.session.counters == {"passed_over_packets": 1, "bytes_from_obc": 16}


def test_noise_that_looks_like_no_packet_is_a_broken_frame_and_text_is_shown_as_text():
    ends = Ends()
    events = ends.hear(b"[WRN] gyro temp 31.2 C\r\n\0", b"\xff\x01\0")
    assert incidents(events) == ["broken_frame", "broken_frame"]
    assert r"'[WRN] gyro temp 31.2 C\r\n'" in events[0].text


def test_an_obc_that_talks_without_end_is_told_to_babble():
    ends = Ends()
    names = [name for _ in range(40) for name in incidents(ends.hear(b"HardFault " * 100))]
    assert names == ["babbling", "babbling"]  # 40 000 octets, one for every 16 384


# -- an OBC that restarts --------------------------------------------------------------------------


def test_a_hello_in_the_midst_of_a_run_is_a_restart():
    ends = Ends()
    hello = ends.obc.frame(m.HELLO, (m.PROTOCOL_VERSION, b"mine", b"1", 0, 0))
    ends.session.hello({})
    ends.hear(hello)
    assert incidents(ends.hear(hello)) == []  # it answers what it was asked while it booted
    assert ends.session.counters["repeated_hellos"] == 1
    ends.replied(0, ends.command(0))
    (event,) = ends.hear(hello)
    assert event.name is RESTARTED
    assert "restarted before it answered step 0: it sent HELLO" in event.text


def test_a_hello_of_protocol_1_is_no_restart():
    ends = Ends()
    ends.session.hello({})
    ends.hear(ends.obc.frame(m.HELLO, (m.PROTOCOL_VERSION, b"mine", b"1", 0, 0)))
    assert ends.hear(frames.HELLO_OF_PROTOCOL_1) == []


def heard(*counts, first_step=0):
    """Whether a restart is seen at each of these counts, of one step after the other."""
    count = CommandCount()
    return [count.restarted(first_step + step, value) for step, value in enumerate(counts)]


@given(st.integers(1, 40_000), st.integers(0, 3))
@settings(deadline=None, max_examples=300)
def test_a_restart_is_noticed_wherever_in_the_count_it_happens(commands, lost):
    count = CommandCount()
    for step in range(max(0, commands - 300), commands):
        assert not count.restarted(step, step & 0x3FFF)
    comes_again_at = commands + lost  # the first commands of the restarted one are lost
    is_wrap = (lost - commands) & 0x3FFF <= lost  # nobody could tell
    narrow = commands == 256 and not lost
    if commands > 1 and not is_wrap and not narrow:
        assert count.restarted(comes_again_at, lost)


@pytest.mark.parametrize("commands", [2, 3, 255, 257, 8192, 8193, 12_000, 16_385, 20_000])
def test_a_count_that_begins_anew_is_a_restart(commands):
    counts = [step & 0x3FFF for step in range(commands)]
    assert heard(*counts, 0) == [False] * commands + [True]


def test_a_restart_after_the_first_command_is_noticed_with_the_second():
    assert heard(0, 0, 1) == [False, False, True]


def test_a_count_may_wrap_also_when_replies_were_lost_meanwhile():
    count = CommandCount()
    assert not any(count.restarted(step, step & 0x3FFF) for step in range(16_300, 16_380))
    assert not count.restarted(16_390, 6)
    assert not count.restarted(16_391, 7)


@pytest.mark.parametrize("width", [8, 14])
def test_a_count_of_eight_or_fourteen_bits_may_go_around(width):
    assert not any(heard(*[step % (1 << width) for step in range(40_000)]))


def test_a_count_of_eight_bits_that_begins_anew_is_a_restart():
    assert heard(*range(256), *range(10), 0)[-1]


def test_a_restart_where_eight_bits_would_end_is_noticed_when_the_count_goes_on():
    assert heard(*range(256), *range(257))[-1]


@pytest.mark.parametrize("constant", [0, 5])
def test_a_firmware_that_does_not_count_is_left_alone(constant):
    assert not any(heard(*[constant] * 100))


def test_a_firmware_that_counts_all_its_packets_in_one_is_left_alone():
    assert not any(heard(*[3 * step & 0x3FFF for step in range(20_000)]))
    assert heard(*[3 * step & 0x3FFF for step in range(5000)], 2)[-1]


def test_a_step_number_with_swapped_octets_is_named():
    ends = Ends()
    ends.replied(0, ends.command(0))
    ends.begin(1)
    with pytest.raises(ObcError, match="for step 16777216, which is 1 with its octets swapped"):
        ends.hear(ends.command(1 << 24))

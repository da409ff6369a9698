"""The conversation with an OBC: who it is, what it acknowledges, how a step can go wrong."""

import frames
import pytest
from fake_obc import FakeObc, Notes, SilentObc, Talk

from hil.errors import LinkError, ObcError
from hil.link import messages as m
from hil.link.framing import Deframer, Framer
from hil.obc import driver as driver_module

RIG_DEVICES = {"gyro": 1, "star_tracker": 1, "tachometer": 3, "magnetometer": 1}


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch):
    monkeypatch.setattr(driver_module, "HELLO_PATIENCE_S", 0.01)


talk = Talk


def test_hello_tells_who_answers():
    identity = talk(FakeObc()).hello(RIG_DEVICES)
    assert str(identity) == "fake build 0123456789ab, protocol 2"
    assert identity.device_count == {"gyro": 1, "star_tracker": 1, "tachometer": 3}


def test_hello_tells_the_obc_what_the_rig_has():
    obc = FakeObc()
    talk(obc).hello(RIG_DEVICES)
    devices = (0x120, 1, 0x121, 1, 0x122, 3, 0x123, 1)
    assert obc.heard[0].values == (m.PROTOCOL_VERSION, 1, 10, 0, 0, *devices)


def test_another_protocol_version_stops_the_run_with_both_numbers():
    with pytest.raises(ObcError, match=r"fake build .* speaks protocol 7, this bench speaks"):
        talk(FakeObc(protocol=7)).hello(RIG_DEVICES)


class OfProtocol1(SilentObc):
    """Hears only frames whose CRC-16 is right."""

    def write(self, data, deadline_s):
        if frames.REQUEST_OF_PROTOCOL_1 in data:
            self._out += frames.HELLO_OF_PROTOCOL_1
        return True


def test_a_firmware_of_protocol_1_is_heard_and_told_what_to_do(monkeypatch):
    monkeypatch.setattr(driver_module, "HELLO_PATIENCE_S", 1.0)
    monkeypatch.setattr(driver_module, "_HELLO_TRY_S", 0.01)
    with pytest.raises(
        ObcError,
        match=r"speaks protocol 1, this bench speaks protocol 2: rebuild.*hil 0\.1",
    ):
        talk(OfProtocol1()).hello(RIG_DEVICES)


def test_a_hello_of_protocol_1_that_comes_late_is_no_broken_frame():
    obc = FakeObc()
    talking = talk(obc)
    talking.hello(RIG_DEVICES)
    obc._spoil = lambda step, reply: frames.HELLO_OF_PROTOCOL_1 + reply
    assert talking.step(0).command
    assert talking.counters["repeated_hellos"] == 1
    assert talking.counters["crc_errors"] == 0


def test_a_missing_device_stops_the_run():
    devices = ((0x120, 1), (0x121, 2))
    with pytest.raises(ObcError, match=r"needs 2 x star_tracker \(rig: 1\): add them to the rig"):
        talk(FakeObc(devices=devices)).hello(RIG_DEVICES)


def test_another_control_period_stops_the_run():
    with pytest.raises(ObcError, match=r"control period of 1/50 s, the rig asks for 1/10 s"):
        talk(FakeObc(step=(1, 50))).hello(RIG_DEVICES)


def test_silence_is_reported_as_silence():
    with pytest.raises(LinkError, match=r"no answer to HELLO within .* s: is the board powered"):
        talk(SilentObc()).hello(RIG_DEVICES)


class EchoingLine(SilentObc):
    """RX and TX joined."""

    def write(self, data, deadline_s):
        self._out += data
        return True


def test_a_line_that_returns_what_is_sent_is_reported_as_that():
    with pytest.raises(LinkError, match=r"the line returns what is sent.*RX and TX joined") as told:
        talk(EchoingLine()).hello(RIG_DEVICES)
    assert "last heard: hello_request" in str(told.value)


def test_noise_without_hello_is_reported_with_what_was_heard():
    with pytest.raises(LinkError, match=r"5 bytes but no HELLO .* wrong baud rate") as caught:
        talk(SilentObc(boot_noise=b"\x80\xf8lo\x06")).hello(RIG_DEVICES)
    assert b"\x80\xf8lo\x06".hex() in str(caught.value)


def test_text_without_hello_is_shown_as_text():
    with pytest.raises(LinkError, match=r"5 bytes but no HELLO .* they are text: 'login'"):
        talk(SilentObc(boot_noise=b"login")).hello(RIG_DEVICES)


@pytest.mark.parametrize("noise", [b"boot: ok\r\n", b"\0\xff\x00\x03", b"x" * 1000])
def test_noise_before_hello_is_passed_over_and_not_held_against_the_run(noise):
    talking = talk(FakeObc(boot_noise=noise + b"\0"))
    assert talking.hello(RIG_DEVICES).firmware == "fake"
    assert talking.counters["crc_errors"] == talking.counters["broken_frames"] == 0
    assert talking.counters["frames_before_hello"] > 0


def test_a_setting_is_acknowledged_or_refused_in_words():
    assert talk(FakeObc()).set(m.SET_MODE, (1,)) == "accepted"
    assert talk(FakeObc(ack=2)).set(m.SET_PARAMETER, (3, 1e9)) == "out of range"


def test_a_setting_without_answer_is_an_error_that_shows_the_last_frames():
    with pytest.raises(LinkError, match=r"set_mode was not acknowledged(.|\n)*last sent: set_mode"):
        talk(SilentObc()).set(m.SET_MODE, (1,))


def test_a_step_is_answered_by_the_command_of_that_step():
    reply = talk(FakeObc()).step(5)
    assert reply.command[0] == 5
    assert reply.estimate[3] == 1.0


def test_a_stale_command_is_counted_and_not_taken():
    obc = FakeObc()
    obc._spoil = lambda step, _: obc.reply(step - 1) + obc.reply(step)
    talking = talk(obc)
    assert talking.step(5).command[0] == 5
    assert talking.counters["stale_replies"] == 1


def test_a_reply_that_comes_during_the_next_step_is_late_and_not_lost():
    obc, held = FakeObc(), []
    obc._spoil = lambda step, reply: held.pop() + reply if held else held.append(reply) or b""
    notes = Notes()
    talking = talk(obc, notes)
    assert talking.step(5).command is None
    assert talking.counters["lost_replies"] == 1
    assert talking.step(6).command[0] == 6
    assert talking.counters["lost_replies"] == 0
    assert talking.counters["late_replies"] == 1
    assert notes.events == [("late_reply", "command for step 5")]


def test_a_corrupt_reply_is_counted_and_lost():
    spoil = lambda _, reply: reply[:-3] + bytes([reply[-3] ^ 1]) + reply[-2:]  # noqa: E731
    notes = Notes()
    talking = talk(FakeObc(spoil=spoil), notes)
    assert talking.step(5).command is None
    assert talking.counters["crc_errors"] == 1
    assert talking.counters["lost_replies"] == 1
    assert [kind for kind, _ in notes.events] == ["crc_error"]


def test_a_reply_cut_in_half_is_lost_and_its_bytes_are_shown():
    talking = talk(FakeObc(spoil=lambda _, reply: reply[:-20]))
    assert talking.step(5).command is None
    assert talking.counters["lost_replies"] == 1
    assert "bytes of an unfinished frame" in talking.session.last_frames()


def test_every_byte_of_both_directions_reaches_the_tap():
    notes = Notes()
    talking = talk(FakeObc(), notes)
    talking.step(5)
    (sent,) = Deframer().receive(notes.sent)
    assert (sent.message, sent.values, sent.ticks) == (m.SYNC, (5,), 1 << 23)
    assert [packet.message.name for packet in Deframer().receive(notes.received)] == [
        "estimate",
        "command",
    ]


def test_an_obc_that_restarts_in_mid_run_is_not_taken_for_the_same():
    obc = FakeObc()
    talking = talk(obc)
    for step in range(10):
        talking.step(step)
    obc._framer = Framer()  # counts from 0 again
    with pytest.raises(ObcError, match="the OBC restarted before it answered step 10"):
        talking.step(10)


def test_sequence_counts_may_wrap():
    obc = FakeObc()
    talking = talk(obc)
    for step in range(0x4000 + 10):
        assert talking.step(step).command


def test_a_firmware_that_does_not_count_is_left_alone():
    obc = FakeObc()
    talking = talk(obc)
    for step in range(5):
        obc._framer = Framer()
        assert talking.step(step).command


def test_an_event_is_recorded_in_words_where_its_codes_are_known():
    obc, notes = FakeObc(), Notes()
    obc._spoil = lambda step, reply: obc._framer.frame(m.EVENT, (3, 2.5)) + reply
    talking = talk(obc, notes)
    talking.hello(RIG_DEVICES)
    talking.step(0)
    talking.driver._firmware = "hil-adcs"
    talking.step(1)
    assert notes.events[0] == ("event", "event 3: 2.5")
    assert notes.events[1][1].startswith("attitude acquired (")


def test_text_that_runs_into_a_frame_is_shown_as_text_with_the_cure():
    obc = FakeObc(spoil=lambda _, reply: b"[WRN] gyro temp 31.2 C\r\n" + reply)
    talking = talk(obc)
    talking.hello(RIG_DEVICES)
    talking.step(0)
    assert (
        "text and a frame in one: what prints on this line must end with a zero octet "
        r"(cobs: '[WRN] gyro temp 31.2 C\r\n' "
    ) in talking.session.last_frames()

"""A deadline is a deadline: whatever an OBC sends, or does not take, the bench goes on."""

import os
import signal
import time

import pytest
from fake_obc import FakeObc, Notes, Talk

from hil.errors import LinkError
from hil.link import messages as m
from hil.obc import process
from hil.obc.driver import HELLO_PATIENCE_S
from hil.obc.places import open_obc

DEVICES = {"gyro": 1, "star_tracker": 1, "tachometer": 3}


class Time:
    """An instant that only moves when a line says so."""

    def __init__(self):
        self.now_s = 1000.0

    def __call__(self):
        return self.now_s


class Talker(FakeObc):
    """Sends text without end, a piece a millisecond, and may answer beside it."""

    description = "talkative OBC"

    def __init__(self, clock, answers=False, text=b"HardFault PC=08001234\r\n", **keys):
        super().__init__(**keys)
        self._clock, self._answers, self._text = clock, answers, text

    def write(self, data, deadline_s):
        return super().write(data) if self._answers else True

    def read(self, deadline_s):
        self._clock.now_s += 0.001
        return super().read() + self._text


def talk_for(obc, clock, patience_s=2.0, **how):
    return Talk(obc, patience_s=patience_s, now_s=clock, **how)


def test_a_talkative_obc_makes_hello_wait_no_longer_than_a_silent_one():
    clock = Time()
    with pytest.raises(LinkError, match=r"bytes but no HELLO within 5 s(.|\n)*HardFault PC=0800"):
        talk_for(Talker(clock), clock).hello(DEVICES)
    assert clock.now_s - 1000.0 == pytest.approx(HELLO_PATIENCE_S, abs=0.01)


def test_an_obc_that_boots_for_long_is_asked_for_as_long_as_the_rig_says():
    clock = Time()
    with pytest.raises(LinkError, match="bytes but no HELLO within 30 s"):
        talk_for(Talker(clock), clock, boot_s=30.0).hello(DEVICES)
    assert clock.now_s - 1000.0 == pytest.approx(30.0, abs=0.01)


def test_a_console_is_shown_with_what_helps_a_boot_loader():
    clock = Time()
    prompt = Talker(clock, text=b"\r\nU-Boot 2023.01\r\n=> ")
    with pytest.raises(LinkError, match=r"they are text: .*U-Boot.*\[obc\] quiet_before_hello_s"):
        talk_for(prompt, clock).hello(DEVICES)


class BootLoader(Talker):
    """Stays a boot loader for ever when an octet comes in its first three seconds."""

    may_be_booting = True

    def write(self, data, deadline_s):
        self._stopped = getattr(self, "_stopped", False) or self._clock.now_s < 1003.0
        return True if self._stopped else super().write(data, deadline_s)


@pytest.mark.parametrize("quiet_s", [0.0, 2.0, 3.5])
def test_a_boot_loader_is_left_alone_for_as_long_as_the_rig_says(quiet_s):
    clock = Time()
    talking = talk_for(BootLoader(clock, answers=True, text=b"booting\0"), clock, quiet_s=quiet_s)
    if quiet_s > 3.0:
        assert talking.hello(DEVICES).firmware == "fake"
    else:
        with pytest.raises(LinkError, match="quiet_before_hello_s"):
            talking.hello(DEVICES)


def test_nobody_waits_for_a_boot_loader_where_there_is_none():
    clock = Time()
    assert talk_for(Talker(clock, answers=True, text=b"log\0"), clock, quiet_s=9.0).hello(DEVICES)
    assert clock.now_s - 1000.0 < 1.0


def test_a_talkative_obc_makes_a_setting_wait_no_longer_than_its_time():
    clock = Time()
    with pytest.raises(LinkError, match="set_mode was not acknowledged within 2 s"):
        talk_for(Talker(clock), clock).set(m.SET_MODE, (1,))
    assert clock.now_s - 1000.0 == pytest.approx(2.0, abs=0.01)


def test_a_talkative_obc_loses_the_step_when_its_time_is_over():
    clock = Time()
    talking = talk_for(Talker(clock), clock)
    deadline_s = clock.now_s + 0.1
    talking.driver.begin(deadline_s)
    talking.driver.send(talking.session.sync(), deadline_s)
    assert talking.driver.reply(deadline_s).command is None
    assert clock.now_s - 1000.0 == pytest.approx(0.1, abs=0.01)
    assert talking.counters["lost_replies"] == 1
    assert talking.driver.stopped_s == 0.0


def test_an_obc_that_answers_while_it_talks_is_understood():
    clock = Time()
    talking = talk_for(Talker(clock, answers=True, text=b"log\0"), clock)
    assert talking.hello(DEVICES).firmware == "fake"
    assert talking.set(m.SET_MODE, (1,)) == "accepted"


# -- an OBC that takes nothing ---------------------------------------------------------------------


class Frozen(FakeObc):
    """Takes no octet from some step on, until that is over."""

    def __init__(self, **keys):
        super().__init__(**keys)
        self.frozen, self.taken = False, []

    def write(self, data, deadline_s):
        self.taken.append(data)
        return not self.frozen and super().write(data)


def test_an_obc_that_takes_no_setting_is_told():
    obc = Frozen()
    obc.frozen = True
    with pytest.raises(LinkError, match=r"taken no more bytes for 0.01 s: is it halted by a debug"):
        Talk(obc).set(m.SET_MODE, (1,))


def test_an_obc_that_takes_a_step_too_late_loses_it_and_what_follows_begins_clean():
    obc, notes = Frozen(), Notes()
    talking = Talk(obc, notes)
    assert talking.step(0).command
    obc.frozen = True
    assert talking.step(1).command is None
    assert talking.counters["frozen_writes"] == 1
    assert ("frozen_write", "the OBC took no more bytes before the deadline") in notes.events
    obc.frozen = False
    assert talking.step(2).command
    assert talking.step(3).command
    # Half a frame may have been taken: a zero ends it, once.
    assert [data[:1] == b"\0" for data in obc.taken] == [False, False, True, False]


@pytest.mark.parametrize("place", ["posix", pytest.param("qemu", marks=pytest.mark.emulator)])
def test_a_stopped_process_blocks_no_write_beyond_the_deadline(place):
    """A write without a deadline would never come back: nobody reads."""
    with open_obc(place) as obc:
        Talk(obc, patience_s=2.0).hello(DEVICES)
        os.kill(obc.pid, signal.SIGSTOP)
        begin_s = time.monotonic()
        assert not obc.write(bytes(1 << 20), begin_s + 0.1)
        assert time.monotonic() - begin_s >= 0.1
        os.kill(obc.pid, signal.SIGKILL)


def test_a_line_that_is_not_waited_for_tells_at_once_that_nothing_has_come():
    with open_obc("posix") as obc:
        Talk(obc, patience_s=2.0).hello(DEVICES)
        long_ago_s = time.monotonic() - 1.0
        assert process._left_ms(long_ago_s) == 0.0  # poll() comes back at once
        assert obc.read(long_ago_s) == b""


# -- a bench that was itself stopped ---------------------------------------------------------------


class Stopping(FakeObc):
    """Lets the bench sleep for 5 s at some reads; the OBC's answer is there afterwards, or later.

    late_reads: how many reads find nothing after that.
    """

    def __init__(self, clock, late_reads=0, answers=True, **keys):
        super().__init__(**keys)
        self._clock, self._late_reads, self._answers = clock, late_reads, answers
        self.stops = 0

    def read(self, deadline_s):
        if not self._out:  # nothing to be drained before a step
            return b""
        if not self.stops:
            self.stops = 1
            self._clock.now_s += 5.0
        if self._late_reads or not self._answers:
            self._late_reads -= 1
            self._clock.now_s = max(self._clock.now_s, deadline_s)
            return b""
        return super().read()


@pytest.mark.parametrize("late_reads", [0, 1])
def test_an_obc_is_not_blamed_for_a_bench_that_was_stopped(late_reads):
    clock = Time()
    talking = talk_for(Stopping(clock, late_reads), clock)
    talking.driver.begin(clock.now_s + 2.0)
    talking.driver.send(talking.session.sync(), clock.now_s + 2.0)
    assert talking.driver.reply(1002.0).command
    assert talking.driver.stopped_s == pytest.approx(3.0)
    assert talking.counters["lost_replies"] == 0


def test_an_obc_that_stays_silent_after_a_stop_is_waited_for_only_once_more():
    clock = Time()
    talking = talk_for(Stopping(clock, answers=False), clock)
    talking.driver.begin(clock.now_s + 2.0)
    talking.driver.send(talking.session.sync(), clock.now_s + 2.0)
    assert talking.driver.reply(1002.0).command is None
    assert clock.now_s == pytest.approx(1007.0)


class OfAnother(FakeObc):
    """Acknowledges the packet before the one that was sent: its count is one behind."""

    def _answer(self, packet):
        if packet.message.name.startswith("set_"):
            return self._framer.frame(m.ACK, (packet.message.apid, packet.sequence - 1, 0))
        return super()._answer(packet)


def test_an_acknowledgement_of_another_packet_is_told_with_both_counts():
    talk = Talk(OfAnother(), patience_s=0.01)
    talk.session.setting(m.SET_MODE, (0,))  # the count begins at 0
    with pytest.raises(LinkError) as told:
        talk.set(m.SET_MODE, (1,))
    assert "last sent: set_mode 1\n  last heard: ack of set_mode 0" in str(told.value)

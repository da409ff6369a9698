"""The whole path through a USB adapter: baud rate, latency timer, resets, garbage, the cable."""

import json
import re
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from fake_adapter import FakeAdapter, FakeBoard, ProcessBoard
from fake_obc import FakeObc

from hil import judge
from hil.bench import Bench, Member
from hil.cli import main
from hil.cli import run as run_module
from hil.errors import LinkError, ObcError, RigError
from hil.link.budget import budget
from hil.machine import build
from hil.obc import driver as driver_module
from hil.obc import port as port_module
from hil.obc import reconnect
from hil.obc.place import LineGoneError
from hil.obc.places import open_obc
from hil.recording import Recording, first_difference

DEVICES = {"gyro": 1, "star_tracker": 1, "tachometer": 3}


@pytest.fixture
def port(tmp_path):
    """Where an adapter appears when it is plugged in."""
    return tmp_path / "ttyFAKE0"


def with_obc(rig, **obc):
    """The rig with other [obc] settings."""
    return rig.model_copy(update={"obc": rig.obc.model_copy(update=obc)})


def short(rig, steps=20, **overrides):
    return rig.with_overrides(duration_s=steps * rig.step_s, **overrides)


def run_on(adapter, rig, announce=lambda _: None, on_open=lambda obc: None, **how):
    """A run through an adapter; its result and its recording, or what it raises."""
    path = adapter.port.parent / "run.mcap"
    with open_obc(str(adapter.port), rig.obc.baud) as obc:
        on_open(obc)
        (result,) = Bench([Member(rig, obc, path, announce, **how)]).run()
    return result, Recording(path)


class Puller:
    """Pulls the cable while the board answers a step, and notes when."""

    def __init__(self, at_step):
        self.at_step, self.pulled_s, self.adapter = at_step, None, None

    def __call__(self, step, reply):
        if step == self.at_step and self.pulled_s is None:
            self.pulled_s = time.monotonic()  # before: the bench may be faster than this thread
            self.adapter.unplug()
        return reply

    def plugged_into(self, port, **adapter):
        self.adapter = FakeAdapter(port, FakeBoard(lambda: FakeObc(spoil=self)), **adapter)
        return self.adapter

    def replug_when_told(self, **how):
        """What to announce to, so that the cable is plugged in when the bench waits for it."""
        return lambda text: self.adapter.replug(**how) if "waiting for it" in text else None


# -- time on the line ----------------------------------------------------------------------------


def octets_per_step(recording):
    """What crossed the line in each step, both ways; the HELLO and the uplink are of step 0."""
    count = np.zeros(len(recording))
    step_ns = round((recording["time_s"][1] - recording["time_s"][0]) * 1e9)
    for time_ns, data in [*recording.to_obc, *recording.from_obc]:
        count[time_ns // step_ns] += len(data)
    return count[1:]


def test_every_octet_takes_its_time_and_the_budget_covers_it(nadir, port):
    baud = 115_200
    rig = with_obc(short(nadir, steps=5), baud=baud)
    with FakeAdapter(port, FakeBoard(), baud=baud) as adapter:
        _, recording = run_on(adapter, rig)
    on_the_line_s = octets_per_step(recording) * 10 / baud
    assert (recording["reply_s"][1:] >= on_the_line_s).all()
    messages = [sensor.message for sensor in Member(rig, FakeObc(), port).world.sensors]
    promised = budget(Counter(messages), baud, rig.step_s)
    assert promised.line_s >= on_the_line_s.max() > 0.01


def test_a_line_that_is_too_slow_is_refused_before_a_byte_is_sent(nadir, port):
    with FakeAdapter(port, FakeBoard(), baud=9600) as adapter:
        with pytest.raises(RigError, match=r"bits / 9600 baud = \d+ ms of a control period of 100"):
            run_on(adapter, with_obc(nadir, baud=9600), realtime=True)
        assert adapter.board.obc.heard == []


def test_a_latency_timer_is_seen_in_every_reply(nadir, port):
    with FakeAdapter(port, FakeBoard(), latency_s=0.016) as adapter:
        _, recording = run_on(adapter, short(nadir, steps=5))
    assert (recording["reply_s"] >= 0.016).all()


# -- opening -------------------------------------------------------------------------------------


def test_a_board_that_opening_resets_is_waited_for(nadir, port, monkeypatch):
    monkeypatch.setattr(driver_module, "_HELLO_TRY_S", 0.05)
    # Half a HELLO reaches it, and its own noise runs into the HELLO that it answers first.
    boot = {"resets_on_open": True, "boot_octets": 40, "garbage": b"\xff\x00\x81boot\r\n"}
    with FakeAdapter(port, FakeBoard(), **boot) as adapter:
        result, _ = run_on(adapter, short(nadir))
        assert adapter.board.resets == 1
    assert result.counters["frames_before_hello"] >= 2
    assert result.counters["broken_frames"] == result.counters["lost_replies"] == 0


@pytest.mark.parametrize("listens", [True, False])
def test_dtr_and_rts_are_at_one_level_so_that_no_board_is_kept_in_reset(listens, monkeypatch):
    monkeypatch.setattr(port_module, "listens_to_dtr", lambda _: listens)
    line = port_module._open("loop://", 115_200)  # its DSR shows its DTR, its CTS its RTS
    assert (line.dsr, line.cts) == (listens, listens)
    line.close()


# -- the cable -----------------------------------------------------------------------------------


@pytest.mark.parametrize("realtime", [False, True])
def test_a_pulled_cable_is_told_within_a_second_and_the_recording_kept(nadir, port, realtime):
    puller = Puller(at_step=5)
    with puller.plugged_into(port) as adapter:
        with pytest.raises(
            LineGoneError, match=rf"port {port} is gone: its cable (.|\n)*last sent: .*sync"
        ):
            run_on(adapter, short(nadir), realtime=realtime)
        told_after_s = time.monotonic() - puller.pulled_s
    print(f"told {1e3 * told_after_s:.1f} ms after the cable was pulled")
    assert told_after_s < 1.0
    kept = Recording(port.parent / "run.mcap")
    assert kept["step"].tolist() == list(range(len(kept)))
    assert len(kept) >= 5
    assert "is gone" in kept.metadata["aborted"]["reason"]


def test_a_cable_plugged_in_again_costs_one_reply_in_lockstep(nadir, port):
    rig = short(nadir, allowed={"lost_replies": 1})
    puller = Puller(at_step=5)
    with puller.plugged_into(port) as adapter:
        result, recording = run_on(adapter, rig, puller.replug_when_told(), resume=True)
    assert (result.steps, result.counters["replugs"], result.counters["lost_replies"]) == (20, 1, 1)
    lost = np.isnan(recording["command_wheel_torque_Nm"]).all(axis=1)
    assert np.flatnonzero(lost).tolist() == [5]
    cable = [event for event in recording.events if "plugged" in event.name]
    assert [event.name for event in cable] == ["unplugged", "replugged"]
    assert {event.time_ns for event in cable} == {round(5 * rig.step_s * 1e9)}
    assert judge.evaluate(rig, [recording])[-1].met


def test_a_reply_lost_to_the_cable_counts_against_what_the_rig_allows(nadir, port):
    puller = Puller(at_step=5)
    with puller.plugged_into(port) as adapter:
        result, recording = run_on(adapter, short(nadir), puller.replug_when_told(), resume=True)
    assert result.steps == 20
    assert not judge.evaluate(short(nadir), [recording])[-1].met


def test_in_real_time_every_step_without_a_cable_is_a_lost_reply(nadir, port):
    puller = Puller(at_step=5)
    tries = []

    def back_at_the_third_try(obc):
        reopen = obc.reopen

        def counted():
            tries.append(time.monotonic())
            if len(tries) == 3:
                puller.adapter.replug()
            return reopen()

        obc.reopen = counted

    with puller.plugged_into(port) as adapter:
        result, recording = run_on(
            adapter,
            short(nadir, steps=15),
            on_open=back_at_the_third_try,
            realtime=True,
            resume=True,
        )
    lost = np.isnan(recording["command_wheel_torque_Nm"]).all(axis=1)
    assert recording["step"].tolist() == list(range(15))
    assert result.counters["replugs"] == 1
    assert result.counters["lost_replies"] + result.counters["late_replies"] == lost.sum() >= 2
    assert not lost[np.flatnonzero(lost)[0] + 2 :].all()  # it was heard again


def test_a_board_that_restarted_meanwhile_is_refused(nadir, port):
    puller = Puller(at_step=5)
    with (
        puller.plugged_into(port) as adapter,
        pytest.raises(ObcError, match="the OBC restarted before it answered step 6"),
    ):
        run_on(adapter, short(nadir), puller.replug_when_told(power_cycled=True), resume=True)


def test_a_board_that_opening_resets_cannot_go_on_and_is_told(nadir, port):
    puller = Puller(at_step=5)
    replug_then = puller.replug_when_told()

    def announce(text):
        if "waiting for it" in text:
            puller.adapter.resets_on_open, puller.adapter.boot_octets = True, 10_000
        replug_then(text)

    with (
        puller.plugged_into(port) as adapter,
        pytest.raises(LinkError, match=r"step 6: no complete(.|\n)*did the OBC restart, maybe by"),
    ):
        run_on(adapter, with_obc(short(nadir), reply_timeout_s=0.5), announce, resume=True)


def test_a_cable_that_stays_away_ends_the_run(nadir, port, monkeypatch):
    monkeypatch.setattr(reconnect, "PATIENCE_S", 0.0)
    puller = Puller(at_step=5)
    with (
        puller.plugged_into(port) as adapter,
        pytest.raises(
            LineGoneError, match=r"is gone: .*, and was not back within 0 s\n.*last sent"
        ),
    ):
        run_on(adapter, short(nadir), resume=True)


def test_before_an_obc_has_counted_a_pulled_cable_ends_the_run(nadir, port):
    puller = Puller(at_step=0)
    with (
        puller.plugged_into(port) as adapter,
        pytest.raises(LineGoneError, match="a restart of it would go unseen"),
    ):
        run_on(adapter, short(nadir), puller.replug_when_told(), resume=True)


def hil_run(port, *arguments):
    rig = Path(__file__).parents[1] / "rigs" / "dier5_nadir.toml"
    out = ["--out", str(port.parent / "run.mcap")]
    return CliRunner().invoke(main, ["run", str(rig), *out, *map(str, arguments)])


def test_the_command_line_tells_of_a_pulled_cable_and_where_the_recording_lies(port):
    puller = Puller(at_step=5)
    with puller.plugged_into(port):
        result = hil_run(port, "--obc", port)
    assert result.exit_code == 3
    assert f"hil: port {port} is gone" in result.stderr
    assert "recording so far: " in result.stderr
    assert "Traceback" not in result.output


def test_the_command_line_tells_how_long_a_cable_was_away(port, monkeypatch):
    puller = Puller(at_step=5)
    monkeypatch.setattr(run_module, "say", both(run_module.say, puller.replug_when_told()))
    with puller.plugged_into(port):
        result = hil_run(port, "--obc", port, "--duration", 200, "--resume", "--json")
    assert re.search(rf"port {port} is back after \d+\.\d s", result.stderr)
    assert json.loads(result.stdout)["counters"]["replugs"] == 1
    assert json.loads(result.stdout)["steps"] == 2000


def both(first, second):
    return lambda text: (first(text), second(text))


def test_only_a_port_can_be_waited_for(port):
    result = hil_run(port, "--obc", "posix", "--resume")
    assert result.exit_code == 2
    assert "--resume is for a port: posix has no cable" in result.stderr


# -- the real firmware ---------------------------------------------------------------------------


def test_the_firmware_behind_an_adapter_gives_the_with_obc_the_library(nadir, port, tmp_path):
    rig = short(nadir, steps=100)
    with open_obc("library") as library:
        Bench([Member(rig, library, tmp_path / "library.mcap")]).run()
    with FakeAdapter(port, ProcessBoard(build.build("posix"))) as adapter:
        result, recording = run_on(adapter, rig)
    assert result.steps == 100
    assert first_difference(Recording(tmp_path / "library.mcap"), recording) is None


def test_the_firmware_goes_on_after_its_cable_was_pulled(nadir, port):
    cable = {}

    def pull(done, _total):
        if done == 50:
            cable["adapter"].unplug()

    def announce(text):
        if "waiting for it" in text:
            cable["adapter"].replug()

    rig = short(nadir, steps=100)
    with FakeAdapter(port, ProcessBoard(build.build("posix"))) as adapter:
        cable["adapter"] = adapter
        with open_obc(str(port), rig.obc.baud) as obc:
            member = Member(rig, obc, port.parent / "run.mcap", announce, resume=True)
            (result,) = Bench([member]).run(pull)
    assert (result.steps, result.counters["replugs"]) == (100, 1)
    # Pulled between two steps, none is lost where that is seen before the next one is sent.
    assert result.counters["lost_replies"] <= 1
    assert result.counters["stale_replies"] == result.counters["broken_frames"] == 0

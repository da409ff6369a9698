"""A recording goes to an OBC again: it answers as recorded, or the first difference is told."""

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from cobs import cobs

from hil import bench
from hil.cli import main
from hil.devices.registry import registry
from hil.errors import LinkError, RecordingError
from hil.link.framing import Deframer
from hil.link.messages import COMMAND
from hil.link.packet import encode
from hil.obc.place import Obc
from hil.obc.places import open_obc
from hil.recording import Recording
from hil.replay import Outcome, replay

DURATION_S = 3.0


@pytest.fixture(scope="module")
def posix(nadir, tmp_path_factory):
    """A short run of a host process."""
    path = tmp_path_factory.mktemp("replay") / "posix.mcap"
    bench.run(nadir.with_overrides(duration_s=DURATION_S), "posix", path)
    return Recording(path)


class Spoilt(Obc):
    """An OBC whose command for one step is another than it was."""

    name, description, answers_at_once = "library", "a spoilt library", True

    def __init__(self, obc, step, factor):
        self._obc, self._step, self._factor = obc, step, factor
        self._reader = Deframer(registry().table)

    def write(self, data, deadline_s):
        return self._obc.write(data, deadline_s)

    def read(self, deadline_s):
        packets = self._reader.receive(self._obc.read(deadline_s))
        return b"".join(cobs.encode(self._octets(each)) + b"\0" for each in packets)

    def _octets(self, packet):
        values = list(packet.values)
        if packet.message is COMMAND and values[0] == self._step:
            values[2] *= self._factor  # wheel_torque_Nm[1]
        values = [each.encode() if isinstance(each, str) else each for each in values]
        told = (packet.message, values, packet.ticks)
        return encode([told], {packet.message.apid: packet.sequence})[0]

    def close(self):
        self._obc.close()


class Mute(Spoilt):
    """An OBC that falls silent after a number of reads."""

    def __init__(self, obc, reads):
        super().__init__(obc, -1, 1.0)
        self._left = reads

    def read(self, deadline_s):
        self._left -= 1
        return super().read(deadline_s) if self._left >= 0 else b""


def test_a_library_answers_as_the_host_process_did(posix):
    with open_obc("library") as obc:
        outcome = replay(posix, obc)
    assert outcome.difference is None
    assert outcome.compared >= 2 * len(posix)  # estimate and command of each step
    assert outcome.until_s == pytest.approx(DURATION_S - 0.1)


@pytest.mark.emulator
def test_the_emulated_board_answers_as_the_host_process_did(posix):
    with open_obc("qemu-fast") as obc:
        assert replay(posix, obc).difference is None


@pytest.mark.parametrize("factor", [1.0001, -1.0])
def test_the_first_answer_that_differs_is_named_with_step_field_and_values(posix, factor):
    with open_obc("library") as obc:
        difference = replay(posix, Spoilt(obc, 7, factor)).difference
    recorded = float(posix["command_wheel_torque_Nm"][7, 1])
    assert difference[:4] == (7, pytest.approx(0.7), "command", "wheel_torque_Nm[1]")
    assert difference.recorded == recorded
    assert difference.replayed == pytest.approx(factor * recorded)


def test_what_follows_after_until_is_not_played(posix):
    with open_obc("library") as obc:
        outcome = replay(posix, Spoilt(obc, 20, -1.0), until_s=1.5)
    assert outcome.difference is None
    assert outcome.until_s == pytest.approx(1.5)


def test_an_answer_that_never_comes_is_a_difference(posix):
    with open_obc("library") as obc:
        difference = replay(posix, Mute(obc, 30)).difference
    assert difference.field == "packet"
    assert difference.replayed == "nothing"


class Babbling(Mute):
    """An OBC that never stops sending what is not a packet, once it has fallen silent."""

    def read(self, deadline_s):
        return super().read(deadline_s) or b"\x07noise\0"


@pytest.mark.parametrize("reads", [30, 10_000])
def test_an_obc_that_babbles_is_not_waited_for_for_ever(posix, monkeypatch, reads):
    monkeypatch.setattr("hil.replay.run.PATIENCE_S", 0.5)
    with open_obc("library") as obc:
        difference = replay(posix, Babbling(obc, reads)).difference
    assert difference is None if reads > 30 else difference.replayed == "nothing"


@pytest.mark.parametrize("step_s", ["0", "-0.1", "nan", "inf", "1e400", "x", ""])
def test_a_control_period_that_is_none_is_refused(posix, step_s):
    spoilt = SimpleNamespace(
        metadata={**posix.metadata, "run": {"step_s": step_s}}, path=posix.path,
        to_obc_total=posix.to_obc_total, events=[],
    )  # fmt: skip
    with (
        open_obc("library") as obc,
        pytest.raises(RecordingError, match="does not tell its control period"),
    ):
        replay(spoilt, obc)


def test_a_silent_obc_is_an_error_of_the_link(posix, monkeypatch):
    monkeypatch.setattr("hil.replay.run.PATIENCE_S", 0.01)
    with open_obc("library") as obc, pytest.raises(LinkError, match="no answer to HELLO"):
        replay(posix, Mute(obc, 0))


@pytest.mark.parametrize("direction", ["to_obc", "from_obc"])
def test_what_a_bad_line_did_is_in_the_octets_and_so_in_the_replay(nadir, tmp_path, direction):
    bad = {
        "name": "bad line",
        "device": f"line {direction}",
        "kind": "flip_bits",
        "at_s": 1.0,
        "bit_error_rate": 1e-4,
    }
    allowed = {**nadir.allowed.model_dump(), "lost_replies": 100}
    rig = nadir.with_overrides(duration_s=DURATION_S, fault=[bad], allowed=allowed)
    rig = rig.with_overrides(obc={**nadir.obc.model_dump(), "reply_timeout_s": 0.05})
    bench.run(rig, "library", tmp_path / "bad.mcap")
    recording = Recording(tmp_path / "bad.mcap")
    assert int(recording.metadata["faults"]["bad line"]) > 0
    with open_obc("library") as obc:
        assert replay(recording, obc).difference is None


def test_a_recording_without_octets_is_refused(nadir, tmp_path):
    rig = nadir.with_overrides(duration_s=1.0, recording={"octets": False})
    bench.run(rig, "library", tmp_path / "thin.mcap")
    with open_obc("library") as obc, pytest.raises(RecordingError, match="octets = false"):
        replay(Recording(tmp_path / "thin.mcap"), obc)


def test_the_command_says_what_is_replayed_where_and_ends_with_0(posix):
    done = CliRunner().invoke(main, ["replay", str(posix.path), "--obc", "library"])
    assert done.exit_code == 0
    assert "recorded on host process" in done.stderr
    assert "replayed on firmware library" in done.stderr
    assert done.stdout.startswith("the same answers: ")


def test_a_rig_that_this_version_refuses_does_not_hinder_a_replay(posix, monkeypatch):
    """Only an emulated board needs it, for its machine."""
    monkeypatch.setitem(posix.metadata, "rig", {"name": "of another version", "no_such_key": 1})
    monkeypatch.setattr("hil.recording.Recording", lambda _: posix)
    done = CliRunner().invoke(main, ["replay", str(posix.path), "--obc", "library"])
    assert done.exit_code == 0, done.stderr
    refused = CliRunner().invoke(main, ["replay", str(posix.path), "--obc", "qemu"])
    assert refused.exit_code == 2
    assert "the rig that it holds" in refused.stderr


def test_the_command_ends_with_1_where_answers_differ(posix, monkeypatch):
    monkeypatch.setattr(
        "hil.obc.places.open_obc", lambda *_, **__: Spoilt(open_obc("library"), 7, -1.0)
    )
    done = CliRunner().invoke(main, ["replay", str(posix.path), "--json"])
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert not told["same"]
    assert (told["difference"]["step"], told["difference"]["message"]) == (7, "command")


def test_json_is_json_where_an_answer_is_no_number(posix, monkeypatch):
    nan = float("nan")
    monkeypatch.setattr(
        "hil.obc.places.open_obc", lambda *_, **__: Spoilt(open_obc("library"), 7, nan)
    )
    done = CliRunner().invoke(main, ["replay", str(posix.path), "--json"])
    told = json.loads(done.stdout, parse_constant=pytest.fail)
    assert told["difference"]["replayed"] is None


@pytest.mark.parametrize("until", ["nan", "inf", "0", "-1"])
def test_a_replay_of_nothing_is_no_agreement(posix, until):
    done = CliRunner().invoke(main, ["replay", str(posix.path), "--until", until])
    assert done.exit_code == 2
    assert f"--until {until}: give a time after the run's start" in done.stderr


def test_a_replay_that_compares_no_answer_is_told(posix, monkeypatch):
    nothing = Outcome(None, 0, 0, 0, 0.0)
    monkeypatch.setattr("hil.replay.replay", lambda *_, **__: nothing)
    done = CliRunner().invoke(main, ["replay", str(posix.path)])
    assert (done.exit_code, "no answer was compared" in done.stderr) == (2, True)

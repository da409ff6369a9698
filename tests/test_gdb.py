"""A debugger is waited for: the OBC stands still where it is to, and goes on with the same bits."""

import ctypes
import os
import re
import socket
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from hil import bench
from hil.cli import main
from hil.errors import ObcError
from hil.obc.places import open_obc
from hil.obc.process import Child
from hil.recording import Recording, first_difference
from hil.replay import replay

RIG = str(Path(__file__).parents[1] / "rigs" / "dier5_nadir.toml")
BREAK_S = 0.3  # of the wall clock; ten times as long as a run waits for an answer without --gdb


def packet(command):
    return f"${command}#{sum(command.encode()) % 256:02x}".encode()


SEIZE, INTERRUPT, DETACH, ALL = 0x4206, 0x4207, 17, 0x4000_0000  # ptrace(2), waitpid(2)


class Debugger:
    """Stands in for gdb: attaches by the line that is printed, and has the OBC go on after a while.

    On the emulated board it speaks gdb's remote protocol (GDB manual, appendix E); in a process it
    traces it.
    """

    def __init__(self, break_s):
        self.break_s, self.stood, self._stub = break_s, [], None
        self.standing, self.seen = threading.Event(), threading.Event()

    def __call__(self, words):
        if match := re.search(r"gdb -p (\d+)", words):
            threading.Thread(target=self._trace, args=(int(match[1]),), daemon=True).start()
            assert self.standing.wait(60.0)
        elif match := re.search(r"target remote localhost:(\d+)", words):
            self._stub = self._connected(int(match[1]))
            self._stub.sendall(packet("?"))
            said = b""
            while b"#" not in said:  # an acknowledgement may come by itself
                said += self._stub.recv(100)
            self.stood.append(said.lstrip(b"+")[:4].decode())
            threading.Timer(self.break_s, self._stub.sendall, (packet("c"),)).start()

    def _trace(self, pid):
        libc, none = ctypes.CDLL(None, use_errno=True), ctypes.c_void_p(0)
        assert libc.ptrace(SEIZE, pid, none, none) == 0
        assert libc.ptrace(INTERRUPT, pid, none, none) == 0
        os.waitpid(pid, ALL)
        self.stood.append(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0])
        self.standing.set()
        self.seen.wait(60.0)  # gdb stays until somebody types; who waits for it must have seen it
        threading.Event().wait(self.break_s)
        assert libc.ptrace(DETACH, pid, none, none) == 0

    @staticmethod
    def _connected(port):
        for _ in range(10_000):
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=60.0)
            except ConnectionRefusedError:  # the emulator has not opened it yet
                continue
        raise AssertionError("no debug stub")

    def close(self):
        if self._stub is not None:
            self._stub.close()


@pytest.fixture
def debugger(monkeypatch):
    each, await_tracer = Debugger(BREAK_S), Child.await_tracer

    def awaited(child):
        await_tracer(child)
        each.seen.set()

    monkeypatch.setattr(Child, "await_tracer", awaited)
    yield each
    each.close()


@pytest.fixture(scope="module")
def short(nadir):
    """A rig that waits for answers only for a tenth of what a debugger takes."""
    hasty = {**nadir.obc.model_dump(exclude_unset=True), "reply_timeout_s": BREAK_S / 10.0}
    return nadir.with_overrides(duration_s=2.0, obc=hasty)


@pytest.fixture(scope="module")
def expected(nadir, tmp_path_factory):
    path = tmp_path_factory.mktemp("gdb") / "run.mcap"
    bench.run(nadir.with_overrides(duration_s=2.0), "library", path)
    return Recording(path)


STOPPED = {"posix": "t", "qemu": "$T05", "qemu-fast": "$T05"}


@pytest.mark.emulator
@pytest.mark.parametrize("place", STOPPED)
def test_a_run_waits_for_the_debugger_and_keeps_its_bits(
    short, expected, debugger, tmp_path, place
):
    path = tmp_path / "run.mcap"
    bench.run(short, place, path, gdb=True, announce=debugger)
    assert debugger.stood == [STOPPED[place]]
    assert first_difference(expected, Recording(path)) is None


@pytest.mark.emulator
@pytest.mark.parametrize("place", ["posix", "qemu"])
def test_a_replay_stops_at_a_time_and_goes_on_from_there(expected, debugger, monkeypatch, place):
    monkeypatch.setattr("hil.replay.run.PATIENCE_S", 2.0)
    with open_obc(place) as obc:
        outcome = replay(expected, obc, announce=debugger, gdb_at_s=1.0)
    assert debugger.stood == [STOPPED[place]]
    assert outcome.difference is None
    assert outcome.until_s == pytest.approx(1.9)


@pytest.mark.emulator
def test_an_emulator_that_cannot_be_stopped_in_mid_run_names_one_that_can(expected):
    with open_obc("qemu-fast") as obc, pytest.raises(ObcError, match="use --obc qemu"):
        replay(expected, obc, gdb_at_s=1.0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", RIG, "--gdb", "--obc", "library"], "use --obc posix"),
        (["run", RIG, "--gdb", "--realtime"], "--gdb goes with lockstep"),
        (["replay", "RECORDING", "--at", "1"], "--at goes with --gdb"),
        (["replay", "RECORDING", "--gdb", "--obc", "library"], "use --obc posix"),
    ],
)
def test_where_no_debugger_can_stop_anything_the_command_says_so(expected, arguments, words):
    arguments = [str(expected.path) if each == "RECORDING" else each for each in arguments]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert words in done.stderr

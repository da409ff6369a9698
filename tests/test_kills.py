"""Whatever is killed whenever: recordings are readable, nothing is left, the next run succeeds.

`python tests/kill_bench.py -n 1000` is the long form.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import kill_bench
import pytest
from kill_bench import MARK, Kind, expected, recording_of, still_there

from hil.errors import INTERRUPTED

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
POSIX = Kind("bench", signal.SIGTERM, "posix")


_IN_TEXT = """
import sys
from hil.cli import look, main
look.info.callback = lambda **_: exec("import signal; signal.raise_signal(signal.SIGTERM)")
sys.argv = ["hil", "info", __file__]
main(prog_name="hil")
"""


def test_a_signal_amid_code_that_is_run_from_text_ends_with_130_too(tmp_path):
    (tmp_path / "begin.py").write_text(_IN_TEXT)
    command = [sys.executable, "-m", "begin"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "hil: interrupted by SIGTERM\n")


_IN_A_CALLBACK = """
import ctypes, signal, sys
from hil.cli import look, main

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in a script's background job

@ctypes.CFUNCTYPE(None)
def called_from_c():
    signal.raise_signal(signal.{name})

def callback(**_):
    called_from_c()
    {then}

look.info.callback = callback
sys.argv = ["hil", "info", __file__]
main(prog_name="hil")
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
@pytest.mark.parametrize("then", ["input()", "raise RuntimeError('half compiled')"])
def test_a_signal_in_a_callback_from_c_is_not_lost(tmp_path, name, then):
    """Python drops what is raised there; the compiler of the truth model makes such calls."""
    (tmp_path / "begin.py").write_text(_IN_A_CALLBACK.format(name=name, then=then))
    command = [sys.executable, "-m", "begin"]
    reading, writing = os.pipe()  # whose end never comes
    done = subprocess.run(
        command, cwd=tmp_path, stdin=reading, capture_output=True, text=True, check=False
    )
    os.close(reading)
    os.close(writing)
    words = "hil: interrupted" + (" by SIGTERM" if name == "SIGTERM" else "")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", f"{words}\n")


_BROKEN_OFF = """
import signal, sys
from hil.cli import look, main

def callback(**_):
    try:
        signal.raise_signal(signal.SIGTERM)
    except BaseException:
        raise RuntimeError("no compiled object yet") from None

look.info.callback = callback
sys.argv = ["hil", "info", __file__]
main(prog_name="hil")
"""


def test_what_a_signal_broke_off_is_no_fault_of_the_bench(tmp_path):
    (tmp_path / "begin.py").write_text(_BROKEN_OFF)
    command = [sys.executable, "-m", "begin"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "hil: interrupted by SIGTERM\n")


# ---- what looks for faults finds them ------------------------------------------------------------


def test_a_process_that_stays_is_found_and_ended(monkeypatch):
    monkeypatch.setattr(kill_bench, "LEFT_AFTER_s", 0.0)
    environment = os.environ | {MARK: "planted"}
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env=environment
    ) as child:
        assert still_there("planted") == [f"{sys.executable} -c input() "]
    assert child.returncode == -signal.SIGKILL
    assert still_there("planted") == []


@pytest.mark.parametrize("status", [-signal.SIGTERM, 0, 1, 4])
def test_a_run_that_is_terminated_ends_with_130_alone(status):
    assert status not in expected(POSIX, "firmware: ...", struck=True)
    assert expected(POSIX, "firmware: ...", struck=True) == {130}


def test_a_run_whose_obc_died_ends_with_3():
    kind = Kind("obc-posix", signal.SIGKILL, "posix")
    assert expected(kind, "obc-posix (pid 1) ended with signal SIGKILL", struck=True) == {3}


def test_a_file_that_nobody_can_recover_is_no_fault_if_it_is_said(tmp_path):
    machine = kill_bench.Machine(tmp_path, warm=tmp_path)
    machine.recording.write_bytes(b"a picture")
    assert recording_of(machine, "") == ("nothing in it", [])
    machine.recording.unlink()
    assert recording_of(machine, "recording so far: run.mcap")[1] == ["a run without its recording"]


def test_an_interrupt_while_the_program_is_loaded_ends_it_without_a_traceback(tmp_path):
    """The command's own imports are struck, before it has said a word."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Struck:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'hil.cli':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Struck())\n"
    )
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])])
    done = subprocess.run(
        [sys.executable, "-m", "hil", "--version"],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (INTERRUPTED, "")

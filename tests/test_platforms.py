"""What library and ports need is on every system: checked with what only POSIX has taken away."""

import subprocess
import sys
from pathlib import Path

import pytest

from hil.errors import RigError
from hil.obc import places

ROOT = Path(__file__).parents[1]
RIG = ROOT / "rigs/dier5_nadir.toml"

# The modules and functions that Windows lacks are hidden from the bench's own files only: the
# libraries beneath it have their own ways there, which they take by asking for the system's name.
HIDE = """
import builtins, os, select, signal, sys, time

GONE = {"termios", "fcntl", "pty", "tty", "grp", "pwd", "resource"}
real = builtins.__import__

def without(name, globals=None, *rest, **more):
    asks = (globals or {}).get("__name__", "")
    if name in GONE and asks.split(".")[0] == "hil":
        raise ImportError(f"{asks} needs {name}, which Windows does not have")
    return real(name, globals, *rest, **more)

builtins.__import__ = without
for module, names in {
    os: "openpty set_blocking sched_setaffinity sched_getaffinity fork",
    signal: "SIGHUP pthread_sigmask",
    select: "poll epoll",
    time: "CLOCK_BOOTTIME",
}.items():
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
"""


RUN = """
import types
import hil.recording.claim as claim
from hil.cli import main

claim.sys = types.SimpleNamespace(platform="win32")  # it asks for the system's name
sys.argv = ["hil", *sys.argv[1:]]
main()
"""


def hil_elsewhere(*arguments):
    """The command line in a process that lacks what only POSIX has."""
    code = HIDE + RUN
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_commands_come_up_without_what_only_posix_has():
    done = hil_elsewhere("check", RIG)
    assert done.returncode == 0, done.stderr
    assert hil_elsewhere("ports").returncode == 0


def test_a_run_in_the_bench_s_own_process_needs_none_of_it(tmp_path):
    out = tmp_path / "run.mcap"
    done = hil_elsewhere("run", RIG, "--obc", "library", "--duration", "150", "--out", out)
    assert "1500 steps" in done.stdout, done.stderr
    assert hil_elsewhere("judge", out).returncode == done.returncode


def test_a_port_needs_none_of_it():
    done = hil_elsewhere("run", RIG, "--obc", "socket://127.0.0.1:1")
    assert done.returncode == 3
    assert "cannot open port socket://127.0.0.1:1" in done.stderr


def test_a_place_that_needs_it_says_so(monkeypatch):
    monkeypatch.setattr(places.sys, "platform", "win32")
    with pytest.raises(RigError, match=r"--obc posix needs pseudo-terminals .* use --obc library"):
        places.open_obc("posix")

"""Runs tests in forks of a process that has imported the heavy packages, but nothing of hil.

    python tests/mutation/forks.py  (in a checkout; requests and answers are lines of JSON)

A request: {"tests": [...], "cpu_s": 90, "environment": {...}}. The answer: {"status": 1,
"failed": "tests/test_x.py::test_y"}, status as pytest's own; -1 for a run that came to no end, and
then the test that it did not come out of.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HEAVY = (
    "numpy numba pydantic hypothesis mcap.reader mcap.writer rich serial sgp4.api cobs zstandard "
    "pytest xdist.plugin pytest_cov.plugin pynmeagps pyubx2 pyrtcm elftools.elf.elffile erfa"
)
INTERNAL_ERROR, USAGE_ERROR = 3, 4
WALL_S, IDLE_S = 600.0, 60.0
"""For what waits for ever; what works for ever is ended by its processor time."""

_CALLER = os.getppid()
"""When it has ended, nobody waits for an answer."""


class Forks:
    """The process, as its caller sees it: one run at a time."""

    def __init__(self, checkout: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(checkout)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # without, compiling takes half of a run
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            cwd=checkout,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, tests: list[str], cpu_s: float, **environment: str) -> tuple[int, str]:
        """Return pytest's status and the first test that failed; -1 and where it came to no end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {"tests": tests, "cpu_s": cpu_s, "environment": environment}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if answer["status"] == USAGE_ERROR:  # tests/conftest.py cannot be imported
            answer["failed"] = tests[0]
        return answer["status"], answer["failed"]

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


class FirstFailure:
    """A plugin of pytest that writes down which test failed first, and which one is running."""

    def __init__(self, told: Path) -> None:
        self.told, self.running = told, told.with_name("running")

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Write it down: the run may not come out of it."""
        self.running.write_text(nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Write it down at once: the run may not come to its end."""
        if report.failed and not self.told.exists():
            self.told.write_text(report.nodeid)

    def pytest_collectreport(self, report: Any) -> None:
        """A file that cannot be imported is found too."""
        if report.failed and not self.told.exists():
            self.told.write_text(report.nodeid)


def serve() -> None:
    """Answer requests until there are no more."""
    for name in HEAVY.split():
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for line in sys.stdin:
        request = json.loads(line)
        with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
            told = Path(folder) / "failed"
            status = _forked(request, told)
            ended = told if status >= 0 or told.exists() else told.with_name("running")
            failed = ended.read_text() if ended.exists() else ""
        print(json.dumps({"status": status, "failed": failed}), flush=True)


def _forked(request: dict[str, Any], told: Path) -> int:
    child = os.fork()
    if child == 0:
        try:
            _test(request, told)
        finally:
            os._exit(70)
    end_s = time.monotonic() + WALL_S
    ticks, look_s = -1, time.monotonic() + IDLE_S
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        before, idle = ticks, False
        if time.monotonic() > look_s:
            ticks, look_s = _ticks(child), look_s + IDLE_S
            idle = ticks == before
        if idle or time.monotonic() > end_s or os.getppid() != _CALLER:
            os.killpg(child, signal.SIGKILL)
            status = os.waitpid(child, 0)[1]
            break
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what a test left running
    return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else -1


def _ticks(group: int) -> int:
    """Return the processor time of a group's processes, in ticks of the kernel."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            fields = stat.read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:15])) if int(fields[2]) == group else 0
    return total


def _test(request: dict[str, Any], told: Path) -> None:
    os.setpgid(0, 0)
    limit_s = int(request["cpu_s"])
    resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s + 5))
    os.environ |= request["environment"]
    with Path(os.devnull).open("r+b") as nothing:
        for number in range(3):
            os.dup2(nothing.fileno(), number)
    import pytest

    options = ["-q", "-x", "-p", "no:cacheprovider", "--no-header", "-m", ""]
    os._exit(int(pytest.main([*options, *request["tests"]], plugins=[FirstFailure(told)])))


if __name__ == "__main__":
    serve()

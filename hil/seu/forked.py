"""Flips in `library`: the run is made once up to the flip, and goes on in a fork for each bit.

A fork has the world and the firmware as they are, so that nothing is computed twice, and a firmware
that crashes takes only its fork along.
"""

from __future__ import annotations

import faulthandler
import gc
import math
import os
import pickle
import selectors
import signal
import sys
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

from hil.bench import Member
from hil.bench.result import Stopwatch
from hil.errors import HilError, LinkError
from hil.link.clock import Clock, exact_s
from hil.obc.memory import Memory
from hil.obc.places import open_obc
from hil.obc.symbols import Variable
from hil.recording import Event, Recorder
from hil.recording.layout import places_of
from hil.seu.outcome import Outcome, ended, outcome_of
from hil.seu.plan import Plan
from hil.seu.trace import FloatArray, Trace, trace_of

_PATIENCE = 20.0
"""How many times the processor time of the run without a flip a fork may take."""
_LEAST_S = 5.0
Flipped = tuple[Variable, int]


class _Kept(Recorder):
    """Keeps the rows and events of a run's rest in memory."""

    def __init__(self) -> None:
        self.rows: list[bytes] = []
        self.events: list[Event] = []

    def step(self, time_ns: int, row: FloatArray | bytes) -> None:  # noqa: ARG002
        self.rows.append(bytes(row))

    def event(
        self,
        time_ns: int,
        source: str,
        name: str,
        text: str = "",
        *,
        code: int = 0,
        value: float = math.nan,
        severity: str = "info",
    ) -> None:
        self.events.append(Event(time_ns, source, name, text, code, value, severity))

    def to_obc(self, time_ns: int, data: bytes) -> None:
        """Octets are not needed."""

    from_obc = to_obc

    def flush(self) -> None:
        """Nothing is written."""


class Forks:
    """A run of a rig on `library` that stands before the step of the flip."""

    def __init__(self, plan: Plan, member: Member, clock: Clock) -> None:
        """member: opened and started, on the library."""
        self._plan, self._member, self._clock = plan, member, clock
        self._go(0, plan.first)
        member.record()
        self.memory: Memory = member.obc.memory()
        self._healthy, taken_s = self._healthy_trace()
        self._patience_s = max(_LEAST_S, _PATIENCE * taken_s)

    def outcomes(self, flips: Iterable[Flipped], at_once: int) -> Iterator[tuple[Flipped, Outcome]]:
        """Yield what becomes of each flip, in the order in which they end."""
        gc.freeze()  # what is collected in a fork would be copied for it
        waiting, running = deque(flips), selectors.DefaultSelector()
        try:
            while waiting or running.get_map():
                while waiting and len(running.get_map()) < at_once:
                    self._start(waiting.popleft(), running)
                for key, _ in running.select():
                    running.unregister(key.fileobj)
                    flip, pid, file = key.data
                    yield flip, _end(pid, file)
        finally:
            for key in running.get_map().values():
                _kill(key.data[1])
            running.close()
            gc.unfreeze()

    def _start(self, flip: Flipped | None, running: selectors.BaseSelector) -> None:
        if sys.platform == "win32":
            raise NotImplementedError
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            self._be_a_fork(flip, writing)
        os.close(writing)
        file = os.fdopen(reading, "rb")
        running.register(file, selectors.EVENT_READ, (flip, pid, file))

    def _be_a_fork(self, flip: Flipped | None, writing: int) -> None:
        """Run to the end, tell the outcome, and be gone without a trace of the parent's."""
        if sys.platform == "win32":
            raise NotImplementedError
        try:
            _be_quiet()
            if flip is not None:
                signal.setitimer(signal.ITIMER_PROF, self._patience_s)  # its signal ends the fork
            told: Outcome | Trace = self._rest(flip)
            with os.fdopen(writing, "wb") as out:
                pickle.dump(told, out)
        finally:
            os._exit(0)

    def _rest(self, flip: Flipped | None) -> Outcome | Trace:
        """Go on from the flip to the end."""
        kept = _Kept()
        self._member.record_into(kept)
        if flip is not None:
            self.memory.flip(*flip)
        try:
            self._go(self._plan.first, self._plan.steps)
        except LinkError as error:
            return ended(str(error).splitlines()[0])
        except HilError as error:  # the world cannot go on with what was commanded
            return Outcome("pointing lost", 180.0, 0.0, str(error).splitlines()[0])
        self._member.record()
        run = self._trace(kept)
        if flip is None:
            return run
        plan = self._plan
        return outcome_of(run, self._healthy, plan.rig.step_s, plan.limit_deg, plan.silent_s)

    def _trace(self, kept: _Kept) -> Trace:
        columns = tuple((name, size) for name, size in self._member.columns if size)
        rows = np.frombuffer(b"".join(kept.rows), dtype="<f8").reshape(len(kept.rows), -1)
        by_name = {name: rows[:, place] for name, place in places_of(columns).items()}
        return trace_of(by_name, kept.events, 0)

    def _healthy_trace(self) -> tuple[Trace, float]:
        """Return the run without a flip, and the processor time that it took."""
        if sys.platform == "win32":
            raise NotImplementedError
        running = selectors.DefaultSelector()
        self._start(None, running)
        [(key, _)] = running.select()
        _, pid, file = key.data
        with file:
            told = file.read()
        _, _, used = os.wait4(pid, 0)
        running.close()
        trace = pickle.loads(told)
        if not isinstance(trace, Trace):
            raise LinkError(f"the run without a flip does not come to its end: {trace.why}")
        return trace, used.ru_utime + used.ru_stime

    def _go(self, begin: int, end: int) -> None:
        member, clock = self._member, self._clock
        for step in range(begin, end):
            clock.go_to(step)
            member.prepare()
            member.send(None)
            member.record()
            member.receive(0.0)


def _be_quiet() -> None:
    """Have a crash leave no words: it is what is looked for."""
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _end(pid: int, file: IO[bytes]) -> Outcome:
    """Return what a fork told, or how it ended."""
    if sys.platform == "win32":
        raise NotImplementedError
    with file as opened:
        told = opened.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        return ended("it hangs" if name == "SIGPROF" else f"it crashes with {name}")
    if not told:
        return ended("it damages the bench's own memory")
    outcome: Outcome = pickle.loads(told)
    return outcome


@contextmanager
def forks(plan: Plan) -> Iterator[Forks]:
    """Make the run up to the flip; what it records on the way is thrown away."""
    rig = plan.watched
    with (
        tempfile.TemporaryDirectory() as folder,
        open_obc("library", firmware=plan.firmware) as obc,
    ):
        member = Member(rig, obc, Path(folder) / "run.mcap")
        clock = Clock(exact_s(rig.step_s), exact_s(rig.obc.uptime_at_start_s))
        with member.opened(clock, Stopwatch()):
            member.start()
            yield Forks(plan, member, clock)


def _kill(pid: int) -> None:
    if sys.platform == "win32":
        raise NotImplementedError
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)

"""The loop itself: sense, send, wait for the reply, record, go on; for one spacecraft or many."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack

from hil.bench.compiled import CompiledLoop, refusal
from hil.bench.member import Member
from hil.bench.pace import RealTime
from hil.bench.result import Result, Stopwatch
from hil.errors import HilError, RigError
from hil.link.clock import Clock, exact_s
from hil.machine.priority import without_garbage_collection

_PROGRESS_EVERY = 50
Progress = Callable[[int, int], None]


class Bench:
    """Takes its members through their steps together, by one simulated clock."""

    def __init__(self, members: Sequence[Member]) -> None:
        """All of them with one control period, one duration, and all in real time or none.

        Raises RigError for members that differ in that.
        """
        self.members = tuple(members)
        first = self.members[0]
        for member in self.members[1:]:
            _refuse_unlike(member, first)
        self._steps, self._realtime = first.rig.steps, first.realtime
        self.clock = Clock(exact_s(first.rig.step_s), exact_s(first.rig.obc.uptime_at_start_s))
        self._stopwatch = Stopwatch()
        self._compiled: CompiledLoop | None = None

    def run(self, progress: Progress = lambda _done, _total: None) -> list[Result]:
        """Say HELLO, send the uplink, and go through all steps; a result for each member."""
        with ExitStack() as stack:
            for member in self.members:
                stack.enter_context(member.opened(self.clock, self._stopwatch))
            for member in self.members:
                member.start()
            self._compiled = self._compiled_loop()
            with without_garbage_collection():
                self._run(progress)
        return [member.result for member in self.members]

    def _compiled_loop(self) -> CompiledLoop | None:
        """What makes usual steps in compiled code; where it cannot, the result says why."""
        member = self.members[0]
        if not member.may_be_compiled:
            return None
        why = "there are several spacecraft" if len(self.members) > 1 else ""
        member.result.ordinary_loop = why or refusal(member, self.clock)
        if member.result.ordinary_loop:
            return None
        return CompiledLoop(member, self._stopwatch)

    def _run(self, progress: Progress) -> None:
        begin_s = time.perf_counter()
        try:
            self._go_through_steps(progress)
        finally:
            for member in self.members:
                member.record()
                member.result.wall_s = time.perf_counter() - begin_s

    def _go_through_steps(self, progress: Progress) -> None:
        members, clock, lap, now = self.members, self.clock, self._stopwatch.lap, time.perf_counter
        # Those that answer at once have their step while the others compute theirs. Of these none
        # is always the first to be waited for: it would look the slowest.
        at_once = [member for member in members if member.obc.answers_at_once]
        awaited = deque(member for member in members if not member.obc.answers_at_once)
        pace = RealTime(clock) if self._realtime else None
        late_s, deadline_s = 0.0, None
        self._stopwatch.begin()
        step = 0
        while step < self._steps:
            if (made := self._make_usual(step)) > step:
                step = made
                progress(step - 1, self._steps)
                continue
            clock.go_to(step)
            for member in members:
                member.prepare()
            if pace is not None:
                late_s = pace.wait()
                deadline_s = pace.deadline_s(late_s)
                self._tell_stop(pace.stopped_s)
                lap(("waiting", now()))
            for member in awaited:
                member.send(deadline_s)
            for member in at_once:
                member.send(deadline_s)
                member.record()
                member.receive(late_s)
            for member in awaited:
                member.record()
            _receive_all(awaited, late_s)
            awaited.rotate(1)
            if step % _PROGRESS_EVERY == 0:
                self._stopwatch.add_up()
                progress(step, self._steps)
            step += 1

    def _make_usual(self, step: int) -> int:
        """Have steps made by compiled code from this one on; return the first that is not."""
        if self._compiled is None:
            return step
        due = self.members[0].next_telecommand
        until = self._steps if due is None else min(due, self._steps)
        return self._compiled.go(step, until) if step < until else step

    def _tell_stop(self, stopped_s: float) -> None:
        if stopped_s:
            for member in self.members:
                member.tell_stop(stopped_s)


def _receive_all(members: Iterable[Member], late_s: float) -> None:
    """Have all members receive; of those that fail, the first ends the bench after that."""
    failed = []
    for member in members:
        try:
            member.receive(late_s)
        except HilError as error:
            failed.append(error)
    if failed:
        raise failed[0]


def _refuse_unlike(member: Member, first: Member) -> None:
    """Raise RigError for a member that cannot go through the steps of another."""
    called = f"{member.rig.name} cannot run beside {first.rig.name}"
    for what in ("step_s", "duration_s"):
        own, other = getattr(member.rig, what), getattr(first.rig, what)
        if own != other:
            raise RigError(f"{called}: its {what} is {own:g}, the other's {other:g}")
    if member.rig.obc.uptime_at_start_s != first.rig.obc.uptime_at_start_s:
        raise RigError(f"{called}: their [obc] uptime_at_start_s differ")
    if member.realtime != first.realtime:
        raise RigError(f"{called}: one of them is to run in real time")
    if member.result.recording == first.result.recording:
        raise RigError(f"{called}: both would be recorded into {first.result.recording}")

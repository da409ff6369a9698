"""The loop itself: sense, send, wait for the reply, record, go on; for one spacecraft or many."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack

from hil.bench.ahead import Ahead, may_go_ahead
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
        period_s, uptime_s = exact_s(first.rig.step_s), exact_s(first.rig.obc.uptime_at_start_s)
        # All show one step, but for members that are ahead of the others.
        self._clocks = [Clock(period_s, uptime_s) for _ in self.members]
        self._stopwatch = Stopwatch()
        self._ahead: list[Ahead] = []

    def run(self, progress: Progress = lambda _done, _total: None) -> list[Result]:
        """Say HELLO, send the uplink, and go through all steps; a result for each member."""
        with ExitStack() as stack:
            for member, clock in zip(self.members, self._clocks, strict=True):
                stack.enter_context(member.opened(clock, self._stopwatch))
            for member in self.members:
                member.start()
            self._ahead = [
                Ahead(member, self._stopwatch) for member in self.members if may_go_ahead(member)
            ]
            with without_garbage_collection():
                self._run(progress)
        return [member.result for member in self.members]

    def _run(self, progress: Progress) -> None:
        begin_s = time.perf_counter()
        try:
            self._go_through_steps(progress)
        finally:
            for member in self.members:
                member.record()
                member.result.wall_s = time.perf_counter() - begin_s

    def _go_through_steps(self, progress: Progress) -> None:
        pace = RealTime(self._clocks[0]) if self._realtime else None
        in_step = [m for m in self.members if all(m is not each.member for each in self._ahead)]
        awaited = deque(member for member in in_step if not member.obc.answers_at_once)
        at_once = [member for member in in_step if member.obc.answers_at_once]
        self._stopwatch.begin()
        step = 0
        while step < self._steps:
            behind = [each for each in self._ahead if not each.go_ahead(step)]
            if in_step or behind:
                self._make_step(step, awaited, [*at_once, *(each.member for each in behind)], pace)
                for each in behind:
                    each.step += 1
                done = step % _PROGRESS_EVERY == 0
                step += 1
            else:
                done = True
                step = min(each.step for each in self._ahead)
            if done:
                self._stopwatch.add_up()
                progress(step - 1, self._steps)

    def _make_step(
        self, step: int, awaited: deque[Member], at_once: Sequence[Member], pace: RealTime | None
    ) -> None:
        """Have these members make a step.

        Those that answer at once have theirs while the others compute. Of these none is always the
        first to be waited for: it would look the slowest.
        """
        late_s, deadline_s = 0.0, None
        for member in (*awaited, *at_once):
            member.clock.go_to(step)
            member.prepare()
        if pace is not None:
            late_s = pace.wait()
            deadline_s = pace.deadline_s(late_s)
            self._tell_stop(pace.stopped_s)
            self._stopwatch.lap(("waiting", time.perf_counter()))
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

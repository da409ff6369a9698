"""Members whose usual steps are made by compiled code, many at once, ahead of the others."""

from hil.bench.compiled import CompiledLoop
from hil.bench.member import Member
from hil.bench.refusal import refusal
from hil.bench.result import Stopwatch


def may_go_ahead(member: Member) -> bool:
    """Whether compiled code can make a member's steps; where it cannot, its result says why."""
    if not member.may_be_compiled:
        return False
    member.result.ordinary_loop = refusal(member, member.clock)
    return not member.result.ordinary_loop


class Ahead:
    """A member that compiled code takes ahead; step: the next one that it has to make.

    Nothing passes between spacecraft during a run, so that none waits for another one's step.
    """

    def __init__(self, member: Member, stopwatch: Stopwatch) -> None:
        self.member, self.step = member, 0
        self._loop = CompiledLoop(member, stopwatch)

    def go_ahead(self, step: int) -> bool:
        """Have the member be beyond a step; False when it has to make this one as ever."""
        if self.step == step:
            member = self.member
            until = member.calm_until(step)
            if step < until:
                self.step = member.go_on(self._loop.go, step, until)
        return self.step > step

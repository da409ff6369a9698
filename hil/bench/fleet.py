"""Several spacecraft on one bench, of which one may end before the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from hil.bench.loop import Bench, Progress
from hil.bench.member import Member
from hil.bench.preflight import refuse_lacking
from hil.bench.result import Result, Stopwatch
from hil.errors import HilError
from hil.link.clock import Clock
from hil.obc.names import PLACES
from hil.obc.places import open_obc
from hil.rig import Fleet, FleetMember

_Said = Callable[[str], None]


class SeparateMember(Member):
    """A member that ends by itself when its line or its OBC fails; the last to go ends the bench.

    still: the members that go on, shared by all of them.
    """

    def __init__(self, still: set[SeparateMember], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._still = still
        self._error: HilError | None = None

    @contextmanager
    def opened(self, clock: Clock, stopwatch: Stopwatch) -> Iterator[None]:
        """As of a member; what ended it is in its recording, and ends nothing else."""
        try:
            with super().opened(clock, stopwatch):
                yield
                if self._error is not None:
                    raise self._error
        except HilError as error:
            if error is not self._error:
                raise

    def start(self) -> None:
        """As of a member: before the first step none may fail."""
        super().start()
        self._still.add(self)

    def prepare(self) -> None:
        """As of a member."""
        self._unless_ended(super().prepare)

    def send(self, deadline_s: float | None) -> None:
        """As of a member."""
        self._unless_ended(super().send, deadline_s)

    def record(self) -> None:
        """As of a member; the row at which it ended is recorded too."""
        try:
            super().record()
        except HilError as error:
            self._end(error)

    def receive(self, late_s: float) -> None:
        """As of a member."""
        self._unless_ended(super().receive, late_s)

    def tell_stop(self, stopped_s: float) -> None:
        """As of a member."""
        self._unless_ended(super().tell_stop, stopped_s)

    def go_on(self, make: Callable[[int, int], int], step: int, until: int) -> int:
        """As of a member; one that has ended is through with all steps."""
        try:
            return self.rig.steps if self._error else super().go_on(make, step, until)
        except HilError as error:
            self._end(error)
            return self.rig.steps

    def _unless_ended(self, do: Callable[..., None], *args: Any) -> None:
        if self._error is not None:
            return
        try:
            do(*args)
        except HilError as error:
            self._end(error)

    def _end(self, error: HilError) -> None:
        self._still.discard(self)
        if not self._still:
            raise error
        self._error = error
        self.result.ended = f"{error}".partition("\n")[0]
        self.announce(f"ended at step {self.result.steps}: {self.result.ended}; the others go on")


def run_fleet(
    fleet: Fleet,
    folder: str | Path,
    *,
    firmware: Path | None = None,
    compiler: str | None = None,
    realtime: bool = False,
    resume: bool = False,
    announce: _Said = lambda _: None,
    progress: Progress = lambda _done, _total: None,
    compiled: bool = True,
) -> dict[str, Result]:
    """Run all members of a fleet by one clock; results by their names, recordings in the folder.

    Each gives the bits that it gives alone. compiled: as of ``hil.bench.run``; such members go
    ahead of the others, since nothing passes between spacecraft but what the rig told each before.
    A result's ``ended`` says why a member ended before the others. Raises RigError, LinkError or
    ObcError, with the member's name, when one cannot be started, and when the last one fails, or
    the first where the fleet ends with it.
    """
    still: set[SeparateMember] = set()
    with ExitStack() as stack:
        members: list[Member] = []
        for each in fleet.members:
            with _named(each.name):
                own = each.rig.obc
                refuse_lacking(each.rig)
                obc = open_obc(each.obc, own.baud, firmware, compiler, machine=own.machine)
                opened = stack.enter_context(obc)
                say = _saying(each, announce)
                say(f"{each.rig.title}: {each.rig.duration_s:g} s: {opened.description}")
                path, waits = Path(folder) / f"{each.name}.mcap", resume and each.obc not in PLACES
                kind = partial(SeparateMember, still) if fleet.others_go_on else Member
                member = kind(
                    each.rig,
                    opened,
                    path,
                    say,
                    realtime=realtime,
                    resume=waits,
                    compiled=compiled,
                )
                members.append(member)
        results = Bench(members).run(progress)
    return {each.name: result for each, result in zip(fleet.members, results, strict=True)}


def _saying(member: FleetMember, announce: _Said) -> _Said:
    return lambda text: announce(f"{member.name}: {text}")


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Have errors say which member they are about."""
    try:
        yield
    except HilError as error:
        raise type(error)(f'[[spacecraft]] "{name}": {error}') from error

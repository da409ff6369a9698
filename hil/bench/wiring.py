"""What lies between a bench and an OBC: its line, and who breaks it or waits for it."""

from collections.abc import Callable

from hil.bench.deck import Deck
from hil.bench.keep import RecordingTap, TappedLine
from hil.bench.nowire import ServedLine
from hil.bench.world import World
from hil.errors import RigError
from hil.faults import Injector
from hil.link.clock import Clock
from hil.link.session import Session
from hil.obc.place import Line, Obc
from hil.obc.reconnect import Reconnection
from hil.rig import Rig


def faults_of(rig: Rig, world: World, obc: Obc, clock: Clock, tap: RecordingTap) -> Injector | None:
    """Return what has a rig's faults happen, if it has any; RigError for one that cannot."""
    if not rig.fault:
        return None

    def tell(name: str, words: str, code: int = 0) -> None:
        tap.event(clock.now_ns, "fault", name, words, code=code, severity="warning")

    faults = Injector(rig.fault, world, rig.seed, rig.step_s, tell, obc)
    for sentence in faults.misfits:
        raise RigError(sentence)
    tap.listener = faults.watch.told
    return faults


def line_of(
    obc: Obc, clock: Clock, tap: RecordingTap, faults: Injector | None, served: Deck | None
) -> Line:
    """Return the line to an OBC, with its faults; served: lines that go on meanwhile."""
    line: Line = obc
    if faults is not None:
        if faults.of_the_line or faults.of_the_obc:
            line = TappedLine(line, tap, clock)
        line = faults.wrap(faults.around_obc(line))
    return line if served is None else ServedLine(line, served)


def reconnection_of(
    obc: Obc, session: Session, tell: Callable[[str, str], None], *, realtime: bool
) -> Reconnection:
    """Return what waits for a port that is unplugged; tell: is told the kind and words of it."""

    def say(kind: str, text: str) -> None:
        session.counters["replugs"] += kind == "replugged"
        tell(kind, text)

    return Reconnection(obc, say, realtime=realtime)

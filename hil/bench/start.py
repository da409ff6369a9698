"""From a rig and the name of an OBC to a run."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from hil.bench.loop import Bench
from hil.bench.member import Member
from hil.bench.pins import pins_to
from hil.bench.preflight import refuse_lacking
from hil.bench.result import Result
from hil.bench.riglines import lines_to, refuse_pace
from hil.bench.specification import RunSpecification
from hil.obc.console import console_of
from hil.obc.image import place_for
from hil.obc.place import Obc
from hil.obc.places import open_obc
from hil.recording import Recorder
from hil.rig import Rig, load_rig


def run(
    rig: Rig | str | Path,
    obc: str | None = None,
    out: str | Path | None = None,
    *,
    firmware: str | Path | None = None,
    compiler: str | None = None,
    realtime: bool = False,
    resume: bool = False,
    gdb: bool = False,
    announce: Callable[[str], None] = lambda _: None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    show_printed: Callable[[str], None] | None = None,
    compiled: bool = True,
    recorder: Callable[..., Recorder] = Recorder,
) -> Result:
    """Close the loop of a rig around an OBC and record it.

    rig: one that is loaded, or its file. obc: a place (library, posix, qemu, qemu-fast) or a port;
    None: the place that runs this firmware's file, for the project's own posix.
    out: the recording, MCAP; the rig's name in the current folder when it is not given.
    realtime: pace the steps by the wall clock instead of in lockstep.
    resume: wait for a port that is unplugged in mid-run, see hil.obc.reconnect.
    gdb: have the OBC stand still at the start until a debugger has it go on, announce how to attach
    one, and wait for every answer as long as it takes.
    show_printed: called with each line that a program on this machine prints; all of it goes into
    the file OUT.log.
    compiled: make steps in compiled code where that can be, with the same bits.
    recorder: makes what the run is recorded into, such as ``hil.recording.HeldRecorder``.
    Raises RigError, LinkError or ObcError; the recording then holds all up to that moment.
    """
    rig = rig if isinstance(rig, Rig) else load_rig(rig)
    image = Path(firmware) if firmware else None
    place = obc or place_for(image, wire=rig.obc.wire, realtime=realtime)
    wanted = RunSpecification(rig, place, image, compiler, realtime, resume, gdb)
    (result,) = run_together(
        [(wanted, out)], announce, progress, show_printed, compiled=compiled, recorder=recorder
    )
    return result


def run_together(
    runs: Sequence[tuple[RunSpecification, str | Path | None]],
    announce: Callable[[str], None] = lambda _: None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    show_printed: Callable[[str], None] | None = None,
    *,
    compiled: bool = True,
    recorder: Callable[..., Recorder] = Recorder,
) -> list[Result]:
    """Make several runs step by step beside each other, by one clock, each with its recording.

    runs: what is to be run, and where its recording goes, as for run. Each gives the bits that it
    gives alone. Raises RigError, too, for runs of different control period, duration or pace.
    """
    with ExitStack() as stack:
        members = []
        for wanted, out in runs:
            rig, place = wanted.rig, wanted.obc
            refuse_pace(rig, place, realtime=wanted.realtime, alone=len(runs) == 1)
            refuse_lacking(rig)
            obc = _opened(stack, wanted)
            announce(f"{rig.title}: {rig.duration_s:g} s on {place}: {obc.description}")
            if rig.pin and place != "qemu-lines":
                named = ", ".join(each.device for each in rig.pin)
                announce(f"{place} has no pins that the bench reaches: {named} not connected")
            member = Member(
                rig,
                obc,
                Path(out or f"{rig.name}.mcap"),
                announce,
                realtime=wanted.realtime,
                resume=wanted.resume,
                gdb=wanted.gdb,
                show_printed=show_printed,
                compiled=compiled,
                recorder=recorder,
            )
            members.append(member)
        return Bench(members).run(progress)


def _opened(stack: ExitStack, wanted: RunSpecification) -> Obc:
    """Return the OBC of a run, opened until the stack ends, its console before it."""
    rig, place = wanted.rig, wanted.obc
    open_it = partial(open_obc, machine=rig.obc.machine)
    if rig.line:
        open_it = partial(open_it, lines=lines_to(rig), pins=pins_to(rig), wire=rig.obc.wire)
    console = console_of(place, rig.obc.console, rig.obc.console_baud)
    if console is not None:
        stack.enter_context(console)
    obc = stack.enter_context(open_it(place, rig.obc.baud, wanted.firmware, wanted.compiler))
    if console is not None:
        console.tells_of(obc)
    return obc

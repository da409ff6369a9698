"""From a rig and the name of an OBC to a run."""

from collections.abc import Callable
from pathlib import Path

from hil.bench.loop import Bench
from hil.bench.member import Member
from hil.bench.result import Result
from hil.obc.places import open_obc
from hil.rig import Rig, load_rig


def run(
    rig: Rig | str | Path,
    obc: str = "posix",
    out: str | Path | None = None,
    *,
    firmware: str | Path | None = None,
    compiler: str | None = None,
    realtime: bool = False,
    resume: bool = False,
    announce: Callable[[str], None] = lambda _: None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Result:
    """Close the loop of a rig around an OBC and record it.

    rig: one that is loaded, or its file. obc: a place (library, posix, qemu, qemu-fast) or a port.
    out: the recording, MCAP; the rig's name in the current folder when it is not given.
    realtime: pace the steps by the wall clock instead of in lockstep.
    resume: wait for a port that is unplugged in mid-run, see hil.obc.reconnect.
    Raises RigError, LinkError or ObcError; the recording then holds all up to that moment.
    """
    rig = rig if isinstance(rig, Rig) else load_rig(rig)
    path = Path(out or f"{rig.name}.mcap")
    image = Path(firmware) if firmware else None
    with open_obc(obc, rig.obc.baud, image, compiler) as opened:
        announce(f"{rig.title}: {rig.duration_s:g} s on {obc}: {opened.description}")
        member = Member(rig, opened, path, announce, realtime=realtime, resume=resume)
        return Bench([member]).run(progress)[0]

"""Which OBC a command runs on, and which options mean something there."""

from __future__ import annotations

from pathlib import Path

from hil.errors import RigError


def check_options(
    obc: str | None, firmware: Path | None, compiler: str | None = None, *, resume: bool = False
) -> None:
    """Refuse options that have no meaning for this OBC; raises RigError."""
    from hil.obc.image import DEFAULT_PLACE
    from hil.obc.names import PLACES

    if firmware is not None and compiler is not None:
        raise RigError("--firmware runs a file and --compiler builds one: give one of them")
    option = "--firmware" if firmware is not None else "--compiler" if compiler is not None else ""
    if option and obc is not None and obc not in PLACES:
        raise RigError(
            f"{option} is for {', '.join(PLACES)}, not for {obc}: a board runs what was flashed "
            "into it"
        )
    if resume and (obc is None or obc in PLACES):
        raise RigError(
            f"--resume is for a port: {obc or DEFAULT_PLACE} has no cable that could be pulled"
        )


def usual_place(firmware: Path | None) -> str:
    """Return where a firmware runs fastest: its file's place, for the project's own `library`."""
    from hil.obc.image import place_for

    return "library" if firmware is None else place_for(firmware)


def refuse_gdb(obc: str, *, realtime: bool = False) -> None:
    """Refuse --gdb where nothing can wait at a breakpoint; raises RigError."""
    if realtime:
        raise RigError("--gdb goes with lockstep: the wall clock of --realtime does not wait")
    if obc == "library":
        raise RigError(
            "--gdb: library runs in the bench's own process, which a debugger would stop; use "
            "--obc posix, which gives the same bits"
        )

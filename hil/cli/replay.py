"""`hil replay`: a recording's octets go to an OBC again."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hil import __version__
from hil.cli.console import PathArgument, say, show, show_json
from hil.cli.options import json_option
from hil.cli.places import check_options, refuse_gdb, usual_place
from hil.errors import RecordingError, RigError

if TYPE_CHECKING:
    from hil.obc.place import Obc
    from hil.recording import Recording
    from hil.replay import Outcome


@click.command("replay")
@click.argument("recording", type=PathArgument)
@click.option("--obc", metavar="PLACE", help="As for hil run; library if not given.")
@click.option("--firmware", type=PathArgument, metavar="FILE", help="As for hil run.")
@click.option("--compiler", metavar="NAME", help="As for hil run.")
@click.option("--until", type=float, metavar="T", help="Stop after this simulated time in seconds.")
@click.option(
    "--at", "at_s", type=float, metavar="T", help="With --gdb: play up to this time, then stop."
)
@click.option(
    "--gdb",
    is_flag=True,
    help="Stop the OBC, at the start or at --at, and print how to attach a debugger.",
)
@json_option
def replay_command(
    recording: Path,
    obc: str | None,
    firmware: Path | None,
    compiler: str | None,
    until: float | None,
    at_s: float | None,
    gdb: bool,
    as_json: bool,
) -> None:
    """Send the octets of a RECORDING to an OBC again.

    There is no physics: the OBC's answers are compared with the recorded ones, and the first packet
    and field that differ are named.

    Exit status 0: the same answers; 1: they differ.
    """
    from hil.obc.places import open_obc
    from hil.recording import Recording
    from hil.replay import replay

    check_options(obc, firmware, compiler)
    obc = obc or usual_place(firmware)
    if gdb:
        refuse_gdb(obc)
    elif at_s is not None:
        raise RigError("--at goes with --gdb; --until T ends a replay")
    if until is not None and not (math.isfinite(until) and until > 0.0):
        raise RigError(f"--until {until:g}: give a time after the run's start, in seconds")
    read = Recording(recording)
    machine = _machine(read, obc)
    with open_obc(obc, firmware=firmware, compiler=compiler, machine=machine) as opened:
        _tell_runs(read, opened)
        outcome = replay(read, opened, until, say, gdb_at_s=(at_s or 0.0) if gdb else None)
    if outcome.difference is None and not outcome.compared:
        raise RecordingError(f"{recording}: no answer was compared: it has none in that time")
    if as_json:
        show_json(_told(outcome))
    else:
        _show(outcome)
    raise click.exceptions.Exit(1 if outcome.difference else 0)


def _machine(recording: Recording, obc: str) -> str:
    """Return the emulator's machine that the recording's rig names, for a place that has one.

    Elsewhere the rig is not read: one that this version refuses can still be replayed.
    """
    from hil.obc.names import TABLE, USUAL_MACHINE
    from hil.rig import rig_of

    emulated = obc in TABLE and TABLE[obc].runs == "board"
    return (
        rig_of(recording).obc.machine if emulated and "rig" in recording.metadata else USUAL_MACHINE
    )


def _tell_runs(recording: Recording, obc: Obc) -> None:
    """Say on standard error what is replayed where, and what the recording lacks."""
    was = recording.metadata.get("obc", {}).get("description", "an OBC that it does not name")
    say(f"recorded on {was}; replayed on {obc.description}")
    by = recording.metadata.get("versions", {}).get("hil", "unknown")
    if by != __version__:
        say(f"recorded by hil {by}; this is hil {__version__}")
    if not recording.complete:
        say(f"{recording.path} is incomplete: {recording.incomplete_reason}")


def _told(outcome: Outcome) -> dict[str, object]:
    difference = outcome.difference
    return {
        "same": difference is None,
        "packets": outcome.compared,
        "lost": outcome.lost,
        "broken": outcome.broken,
        "until_s": outcome.until_s,
        "difference": None if difference is None else difference._asdict(),
    }


def _show(outcome: Outcome) -> None:
    if outcome.lost or outcome.broken:
        say(
            f"not compared: {outcome.broken} broken frames of the recording, {outcome.lost} "
            "packets lost on its line"
        )
    if outcome.difference is None:
        show(f"the same answers: {outcome.compared} packets up to {outcome.until_s:g} s")
    else:
        show(f"not the same after {outcome.compared - 1} packets: {outcome.difference}")

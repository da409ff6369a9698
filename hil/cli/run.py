"""The command that closes the loop around an OBC: run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hil.cli.campaign import case_of
from hil.cli.console import OUT, PathArgument, say, show_json
from hil.cli.fleet import fly, refuse_for_fleets, tell_fleet
from hil.cli.judging import tell_met
from hil.cli.look import tell_same
from hil.cli.options import duration_option, faults_option, json_option
from hil.cli.output import recording_path
from hil.cli.places import check_options, refuse_gdb
from hil.cli.progress import progress_bar

if TYPE_CHECKING:
    from hil.recording import Recording
    from hil.rig import Rig


@click.command()
@click.argument("rig", type=PathArgument)
@click.option(
    "--obc",
    metavar="PLACE",
    help="library, posix (the default), qemu, qemu-fast, or a port such as /dev/ttyACM0. For a rig "
    "with [[line]] tables only: posix-lines, qemu-lines, or ports. With "
    "--firmware the default is the place that runs such a file, of a fleet what its file says.",
)
@duration_option
@click.option("--seed", type=int, help="Seed instead of the rig's.")
@click.option(
    "--out",
    type=PathArgument,
    metavar="FILE",
    help="File for the recording. An older recording is replaced, any other file is kept.",
)
@click.option(
    "--firmware",
    type=PathArgument,
    metavar="FILE",
    help="Run this firmware instead of building the project's own.",
)
@click.option(
    "--compiler",
    metavar="NAME",
    help="Build with this compiler: cc, gcc, clang, arm-none-eabi-gcc or zig.",
)
@click.option(
    "--against",
    type=PathArgument,
    metavar="RECORDING",
    help="Fail unless every step is the same as in this recording, bit for bit.",
)
@faults_option
@click.option(
    "--case",
    type=click.IntRange(min=1),
    metavar="N",
    help="Run this case of a campaign, whose folder is given as RIG, as the campaign did.",
)
@click.option("--plot", "live", is_flag=True, help="Show live plots beside the run.")
@click.option(
    "--foxglove",
    is_flag=True,
    help="Serve the run to Foxglove on this machine while it lasts; goes well with --realtime.",
)
@click.option("--realtime", is_flag=True, help="Pace the steps by the wall clock.")
@click.option(
    "--resume",
    is_flag=True,
    help="When the port is unplugged during the run, wait up to 60 s for it and go on if the OBC "
    "kept its state. Steps without an answer are lost replies, which [allowed] judges: in lockstep "
    "the one that was cut off, in real time all that fell due meanwhile.",
)
@click.option(
    "--gdb",
    is_flag=True,
    help="Stop the OBC at the start and print how to attach a debugger; simulated time waits at "
    "breakpoints.",
)
@click.option(
    "--priority",
    is_flag=True,
    help="Ask for SCHED_FIFO and locked memory, and say whether they are granted.",
)
@click.option(
    "--obc-output",
    is_flag=True,
    help="Show what a firmware on this machine prints; it is kept beside the recording anyway.",
)
@json_option
def run(
    rig: Path,
    obc: str | None,
    duration: float | None,
    seed: int | None,
    out: Path | None,
    firmware: Path | None,
    compiler: str | None,
    against: Path | None,
    faults: Path | None,
    case: int | None,
    live: bool,
    foxglove: bool,
    realtime: bool,
    resume: bool,
    gdb: bool,
    priority: bool,
    obc_output: bool,
    as_json: bool,
) -> None:
    """Close the loop of RIG around an OBC, and judge the run.

    RIG may be a fleet's file: all of its spacecraft are run together, each with its own OBC.
    """
    from hil import bench
    from hil.obc.image import place_for
    from hil.recording import Recording
    from hil.rig import is_fleet

    how: dict[str, Any] = {"compiler": compiler, "realtime": realtime, "resume": resume}
    if is_fleet(rig):
        refuse_for_fleets(
            faults=faults, case=case, plot=live, foxglove=foxglove, priority=priority, gdb=gdb
        )
        changed = {"seed": seed, "duration_s": duration, "obc": obc}
        with progress_bar() as progress:
            run = fly(rig, changed, out, {**how, "firmware": firmware, "progress": progress})
        raise click.exceptions.Exit(tell_fleet(run, against, as_json=as_json))
    rig, obc, firmware = case_of(rig, case, obc, firmware)
    check_options(obc, firmware, compiler, resume=resume)
    loaded = _loaded(rig, seed, duration, faults)
    obc = obc or place_for(firmware, wire=loaded.obc.wire, realtime=realtime)
    if gdb:
        refuse_gdb(obc, realtime=realtime)
    how |= {"firmware": firmware, "gdb": gdb, "show_printed": _show_printed if obc_output else None}
    expected = None if against is None else Recording(against)
    with recording_path(out, loaded, obc, against) as path, progress_bar() as progress:
        _prepare(path, live=live, foxglove=foxglove, priority=priority)
        result = bench.run(loaded, obc, path, announce=say, progress=progress, **how)
    recording = Recording(result.recording)
    met = _tell(loaded, recording, as_json=as_json)
    same = expected is None or tell_same(expected, recording)
    raise click.exceptions.Exit(0 if met and same else 1)


def _loaded(path: Path, seed: int | None, duration_s: float | None, faults: Path | None) -> Rig:
    """Return the rig as it is to be run, and say what is odd about it."""
    from hil.rig import load_rig, remarks, with_faults

    rig = load_rig(path).with_overrides(seed=seed, duration_s=duration_s)
    if faults is not None:
        rig = with_faults(rig, faults)
    for remark in remarks(rig):
        say(f"hil: {remark}")
    return rig


def _show_printed(line: str) -> None:
    say(f"obc: {line}")


def _prepare(recording: Path, *, live: bool, foxglove: bool, priority: bool) -> None:
    """Open what shows the run that is about to begin, and ask for priority."""
    if live:
        from hil import dashboard

        dashboard.launch(recording)
    if foxglove:
        from hil.dashboard.foxglove import launch

        say(f"Foxglove: open a connection to {launch(recording)}")
    if priority:
        from hil.machine.priority import raise_priority

        for granted in raise_priority():
            say(granted)


def _tell(rig: Rig, recording: Recording, *, as_json: bool) -> bool:
    """Judge a run and show its summary; return whether it met its requirements."""
    from hil import judge
    from hil.diagnosis import diagnose
    from hil.report import summary

    verdicts = judge.evaluate(rig, [recording])
    why = diagnose(recording, verdicts, rig)
    if as_json:
        show_json(summary.summary_dict(recording, verdicts, why))
    else:
        summary.print_summary(OUT, recording, verdicts, why)
    return tell_met(verdicts)

"""The commands that look at what is there: rigs (check) and recordings (info, plot, export)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hil.cli.console import OUT, WIDE, PathArgument, say, show, show_json
from hil.cli.options import json_option
from hil.errors import RigError, visible

if TYPE_CHECKING:
    from hil.recording import Recording
    from hil.rig import Fleet, Rig

_UNITS = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


@click.command()
@click.argument("rigs", nargs=-1, required=True, type=PathArgument)
def check(rigs: tuple[Path, ...]) -> None:
    """Report every mistake in each RIG, without running it."""
    from hil.rig import is_fleet, load_fleet, load_rig, remarks

    failed = 0
    for path in rigs:
        try:
            if is_fleet(path):
                show(_fleet_words(path, load_fleet(path)))
                continue
            loaded = load_rig(path)
            dispersed = _dispersed(loaded)
        except RigError as error:
            failed += 1
            say(f"hil: {error}")
        else:
            told = f"{len(loaded.requirement)} requirements, {_size(loaded)} of recording"
            show(f"{path}: {visible(loaded.title)}: valid, {told}")
            for remark in [*remarks(loaded), *dispersed]:
                say(f"hil: {remark}")
    raise click.exceptions.Exit(RigError.exit_status if failed else 0)


def _dispersed(rig: Rig) -> list[str]:
    """Return remarks on what a rig disperses; RigError where that makes no rig."""
    if not rig.disperse:
        return []
    from hil.cli.campaign import check_dispersal, needs_campaign

    try:
        needs_campaign()
    except RigError as error:
        return [f"the dispersed rigs are not checked: {error}"]
    return check_dispersal(rig)


def _fleet_words(path: Path, fleet: Fleet) -> str:
    members = ", ".join(f"{each.name} on {each.obc}" for each in fleet.members)
    return f"{path}: {visible(fleet.title)}: valid, a fleet of {members}"


def _size(rig: Rig) -> str:
    from hil.rig.recorded import expected_octets

    octets = expected_octets(rig)
    unit, name = next(each for each in _UNITS if octets >= each[0] or each[0] == 1e3)
    return f"about {octets / unit:.3g} {name}"


@click.command()
@click.argument("file", type=PathArgument)
@json_option
@click.option("--rig", "as_rig", is_flag=True, help="Print the rig's files as the run used them.")
def info(file: Path, as_json: bool, as_rig: bool) -> None:
    """Print what a recording holds, or what a spacecraft can do.

    FILE is a recording: the rig, the OBC, the versions, the columns and the counters. Or a
    spacecraft's TOML file: mass properties, devices and their sources, slews. Or a rig's: budgets
    on its orbit too.
    """
    if file.suffix == ".toml":
        _size_up(file, as_json=as_json, as_rig=as_rig)
    else:
        _tell_recording(file, as_json=as_json, as_rig=as_rig)


def _size_up(file: Path, *, as_json: bool, as_rig: bool) -> None:
    from hil.rig import is_spacecraft, load_rig, load_spacecraft
    from hil.sizing import print_sizing, sizing_dict

    if as_rig:
        raise RigError("--rig is for a recording, which holds the rig of its run")
    rig = None if is_spacecraft(file) else load_rig(file)
    craft, source = load_spacecraft(file) if rig is None else (rig.spacecraft, rig.source)
    page = sizing_dict(craft, source, rig)
    if as_json:
        show_json(page)
    else:
        print_sizing(WIDE, page)


def _tell_recording(recording: Path, *, as_json: bool, as_rig: bool) -> None:
    from hil.recording import Recording
    from hil.report.info import info_dict, print_info

    read = Recording(recording)
    if as_rig:
        click.echo(visible(_rig_files(read).replace("\r\n", "\n"), lines=True), nl=False)
    elif as_json:
        show_json(info_dict(read))
    else:
        print_info(OUT, read)


def _rig_files(recording: Recording) -> str:
    """The files of a run's rig as they were, one below the other, each after its path."""
    from hil.recording.kept import rig_files

    kept = rig_files(recording)
    if kept is None:
        raise RigError(f"{recording.path} does not hold the rig that it was made with")
    files, given = kept
    told = [f"# {path}\n{text.rstrip()}\n" for path, text in files.items()]
    if given:
        told.insert(0, f"# given instead of the rig file's own: {json.dumps(given)}\n")
    return "\n".join(told)


@click.command()
@click.argument("recording", type=PathArgument)
@click.option("--follow", is_flag=True, help="Follow a recording that still grows.")
@click.option("--light", is_flag=True, help="Dark on light, for print.")
@click.option(
    "--png",
    type=PathArgument,
    metavar="FILE",
    help="Save a picture and open no window; works without a screen.",
)
def plot(recording: Path, follow: bool, light: bool, png: Path | None) -> None:
    """Show a RECORDING as plots, whole or as it grows."""
    from hil import dashboard

    theme: dashboard.ThemeName = "light" if light else "dark"
    if png is not None:
        dashboard.save_picture(recording, png, theme)
        show(f"picture: {png}")
        return
    dashboard.check()
    raise click.exceptions.Exit(dashboard.show(recording, follow, theme))


@click.command()
@click.argument("recording", type=PathArgument)
@click.argument("out", type=PathArgument)
def recover(recording: Path, out: Path) -> None:
    """Copy the sound parts of a RECORDING to OUT.

    RECORDING may be damaged or cut short; any MCAP tool opens OUT.
    """
    from hil import recording as recordings

    damage = recordings.recover(recording, out)
    steps = len(recordings.Recording(out))
    show(f"{out}: {_steps(steps)}; {damage or 'nothing is missing'}")


@click.command()
@click.argument("recording", type=PathArgument)
@click.option("--csv", "form", flag_value="csv", help="One line a step.")
@click.option("--json", "form", flag_value="json", help="One JSON object a step and line.")
@click.option(
    "--parquet", "form", flag_value="parquet", help="An Apache Parquet file; needs pyarrow."
)
@click.option(
    "-o",
    "--out",
    type=PathArgument,
    metavar="FILE",
    help="Write this file instead of the terminal.",
)
@click.option("--columns", metavar="NAMES", help="Only these columns, separated by commas.")
def export(recording: Path, form: str | None, out: Path | None, columns: str | None) -> None:
    """Write the steps of a RECORDING as CSV, JSON lines or Parquet."""
    from hil.recording import Recording
    from hil.recording.export import FORMATS, export_file, export_to

    form = form or (out.suffix[1:] if out is not None else "")
    if form not in FORMATS:
        raise RigError(f"name a format: --{', --'.join(FORMATS)}")
    read = Recording(recording)
    names = columns.split(",") if columns else None
    if out is not None:
        export_file(read, out, form, names)
        show(f"{out}: {_steps(len(read))}")
    elif form == "parquet":
        raise RigError("--parquet is not for a terminal: name a file with -o")
    else:
        export_to(read, sys.stdout.buffer, form, names)
    if not read.complete:
        say(f"hil: {recording} is incomplete: {read.incomplete_reason}")


def tell_same(expected: Recording, recording: Recording) -> bool:
    from hil.recording import NOT_COMPARED, first_difference, odd_columns

    odd = [name for name in odd_columns(expected, recording) if name not in NOT_COMPARED]
    if odd:
        say(f"columns that only one has: {', '.join(odd)}; the others are compared")
    difference = first_difference(expected, recording, exclude=(*NOT_COMPARED, *odd))
    if difference is None and odd:
        say(f"the same bits as {expected.path} in the columns that both have")
        return False
    if difference is None:
        say(f"same bits as {expected.path}")
        return True
    told = str(difference)
    if difference.step == min(len(expected), len(recording)):  # no bit differs: one ended earlier
        told = (
            f"the same bits for {_steps(difference.step)}; {expected.path} has {len(expected)}, "
            f"{recording.path} {len(recording)}"
        )
    say(f"not the same as {expected.path}: {told}")
    return False


def _steps(n: int) -> str:
    return f"{n} step{'' if n == 1 else 's'}"

"""The commands that make documents of recordings: report and matrix."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from hil.cli.console import OUT, PathArgument, say, show_json
from hil.cli.options import json_option
from hil.errors import RigError, visible

if TYPE_CHECKING:
    from hil.report.campaigns import Shown
    from hil.report.matrix import Line
    from hil.rig import Rig

_RECORDINGS = Path("recordings")
_STYLES = {"met": "green", "missed": "bold red", "not judged": "bold yellow"}


@click.command("report")
@click.argument("recordings", nargs=-1, required=True, type=PathArgument)
@click.option("-o", "--out", type=PathArgument, metavar="FILE", help="Write one HTML page.")
@click.option("--junit", type=PathArgument, metavar="FILE", help="Write JUnit XML.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a line a requirement.")
@json_option
@click.option(
    "--rig",
    "rig_path",
    type=PathArgument,
    metavar="RIG",
    help="Judge by the requirements of this rig instead of the recorded one's.",
)
def report_command(
    recordings: tuple[Path, ...],
    out: Path | None,
    junit: Path | None,
    as_csv: bool,
    as_json: bool,
    rig_path: Path | None,
) -> None:
    """Make a report of RECORDINGs, or of the folders that hold them.

    The page stands alone: it needs no other file, and no script. Recordings of one rig are judged
    together, as its runs.
    """
    from hil.report import page, tables
    from hil.report.groups import recordings_in
    from hil.report.judged import judged
    from hil.rig import load_rig

    if out is None and junit is None and not as_csv and not as_json:
        raise RigError("name what to make: -o report.html, --junit FILE, --csv or --json")
    if as_csv and as_json:
        raise RigError("give --csv or --json, not both: each prints to the terminal")
    rig = None if rig_path is None else load_rig(rig_path)
    campaigns, others = _campaigns(recordings)
    worst = [path for each in campaigns for path in each.recordings]
    groups = judged([*recordings_in(others), *worst], rig)
    if out is not None:
        _write(out, page.page(groups, campaigns=campaigns))
    if junit is not None:
        _write(junit, tables.as_junit(groups))
    if as_csv:
        click.echo(tables.as_csv(groups), nl=False)
    elif as_json:
        show_json(tables.report_dict(groups))
    of_runs = [] if campaigns and not others else groups
    missed = [v.name for group in of_runs for v in group.verdicts if not v.met]
    missed += [row["name"] for each in campaigns for row in each.rows if not row["met"]]
    if missed:
        say(f"not met: {', '.join(missed)}")
    raise click.exceptions.Exit(1 if missed else 0)


def _campaigns(paths: Sequence[Path]) -> tuple[list[Shown], list[Path]]:
    """Return what campaigns' folders show, and the other paths."""
    folders = [path for path in paths if (path / "campaign.json").is_file()]
    if not folders:
        return [], list(paths)
    from hil.report.campaigns import campaign

    return [campaign(path) for path in folders], [path for path in paths if path not in folders]


def _write(path: Path, text: str) -> None:
    from hil.recording.export import whole_file

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            written = file.write(text.encode())
    except OSError as error:
        raise RigError(f"cannot write {path}: {error.strerror}") from None
    say(f"{path}: {written:,} octets".replace(",", " "))


@click.command("matrix")
@click.argument("rigs", nargs=-1, required=True, type=PathArgument)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def matrix_command(rigs: tuple[Path, ...], as_csv: bool, as_json: bool) -> None:
    """Print requirement by rig by place with the last verdict of each.

    RIGS are rigs, recordings, and folders of either. Without a recording those in the folder
    recordings are taken. A star marks a run that was made before the rig was changed.
    """
    from hil.report import matrix

    lines = matrix.matrix(*_rigs_and_recordings(rigs))
    if as_csv:
        click.echo(matrix.matrix_csv(lines), nl=False)
    elif as_json:
        show_json(matrix.matrix_dict(lines))
    else:
        OUT.print(_table(lines))


def _rigs_and_recordings(paths: Sequence[Path]) -> tuple[list[Rig], list[Path]]:
    from hil.report.groups import recordings_below
    from hil.rig import load_rig

    files: list[Path] = []
    for path in paths:
        inside = [*recordings_below(path), *sorted(path.glob("*.toml"))]
        files += inside if path.is_dir() else [path]
    recordings = [path for path in files if path.suffix == ".mcap"]
    rigs = [load_rig(path) for path in files if path.suffix != ".mcap"]
    if not rigs:
        raise RigError("name a rig, or a folder of rigs (*.toml)")
    if not recordings and _RECORDINGS.is_dir():
        recordings = recordings_below(_RECORDINGS)
    return rigs, recordings


def _table(lines: Sequence[Line]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("rig", "id", "requirement", *lines[0].cells):
        table.add_column(heading)
    for line in lines:
        cells = [(cell.text, _STYLES.get(cell.word, "dim")) for cell in line.cells.values()]
        words = (Text(visible(text)) for text in (line.rig, line.id, line.requirement))
        table.add_row(*words, *(Text(visible(text), style) for text, style in cells))
    return table

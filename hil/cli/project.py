"""The commands for a project of one's own: new and parts."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from hil.cli.console import OUT, WIDE, say, show_json


@click.command()
@click.argument("name")
def new(name: str) -> None:
    """Make a project in the folder NAME.

    It has a rig, a spacecraft, a test and a workflow for CI.
    """
    from hil.starter import create

    for path in create(name, Path()):
        say(f"wrote {path}")
    OUT.print(f"now: cd {name} && hil run rigs/{name}.toml", markup=False)


@click.command()
@click.argument("table", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def parts(table: str | None, as_json: bool) -> None:
    """List the parts that come with the bench.

    With a TABLE such as gyro, list only the parts for it, with their figures.
    """
    from hil.starter import library

    found = [part for part in library() if table in (None, part.table)]
    if as_json:
        show_json([asdict(part) for part in found])
        return
    if not found:
        tables = ", ".join(dict.fromkeys(part.table for part in library()))
        raise click.UsageError(f"no part is for [[{table}]]: there are parts for {tables}")
    shown = Table("part", "for", "what it is", box=None, pad_edge=False, header_style="")
    for part in found:
        shown.add_row(part.name, Text(f"[[{part.table}]]"), Text(part.what))
        if table is not None:
            for key, value in part.figures.items():
                shown.add_row("", "", Text(f"{key} = {value}"))
    WIDE.print(shown)

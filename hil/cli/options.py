"""Options that several commands have alike."""

from __future__ import annotations

from pathlib import Path

import click

from hil.cli.console import PathArgument
from hil.errors import RigError

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
duration_option = click.option(
    "--duration", type=float, metavar="S", help="Simulated seconds instead of the rig's."
)
faults_option = click.option(
    "--faults",
    type=PathArgument,
    metavar="FILE",
    help="Add the [[fault]] tables of this file to the rig's.",
)


def check_out(option: str, out: Path) -> None:
    """Refuse a file that could not be written, before the work is done; RigError says why."""
    if out.is_dir():
        raise RigError(f"{option} {out} is a folder: name a file")
    if not out.parent.is_dir():
        raise RigError(f"{option} {out}: there is no folder {out.parent}: make it first")

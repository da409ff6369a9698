"""Options that several commands have alike."""

from __future__ import annotations

import click

from hil.cli.console import PathArgument

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

"""The command that holds a campaign's folder against runs made again."""

from __future__ import annotations

from pathlib import Path

import click

from hil.cli.campaign import needs_campaign
from hil.cli.console import PathArgument, show, show_json
from hil.cli.options import json_option


@click.command("verify")
@click.argument("folder", metavar="DIR", type=PathArgument)
@click.option(
    "--sample",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    metavar="N",
    help="So many cases, picked by chance, are run again.",
)
@click.option("--all", "every", is_flag=True, help="Run all cases again.")
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="As for hil campaign.")
@json_option
def verify_command(
    folder: Path, sample: int, every: bool, workers: int | None, as_json: bool
) -> None:
    """Check the campaign in DIR by running its cases again.

    Says whether files, bits and figures are as they were recorded there.
    """
    needs_campaign()
    from hil.campaign.verify import verify
    from hil.judge.basis import runs_words

    found = verify(folder, None if every else sample, workers)
    if as_json:
        show_json(found._asdict())
    else:
        for words in found.wrong:
            show(words)
        numbers = ", ".join(map(str, found.cases))
        cases = "case" if len(found.cases) == 1 else "cases"
        runs = f"{runs_words(len(found.cases))} made again"
        runs += f" ({cases} {numbers})" if numbers else ""
        told = (
            "they differ from the folder"
            if found.wrong
            else "the same bits and figures, no file changed"
        )
        show(f"{folder}: {runs}: {told}")
        show(f"manifest: sha256 {found.manifest}")
    raise click.exceptions.Exit(1 if found.wrong else 0)

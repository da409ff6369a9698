"""Where the command line prints: figures to standard output, everything else to standard error."""

from pathlib import Path

import click
from rich.console import Console

ERR = Console(stderr=True, highlight=False, soft_wrap=True)
OUT = Console(highlight=False, soft_wrap=True)

PathArgument = click.Path(path_type=Path)


def say(text: str) -> None:
    """Print a sentence to standard error, as it is."""
    ERR.print(text, markup=False)

"""The process that ``launch`` starts: python -m hil.dashboard RECORDING [--follow]."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from hil.dashboard import show
from hil.errors import HilError

_NICE = 10  # below the bench: where cores are few, the plots wait and not the steps


def main() -> int:
    """Show what the command line names; return the exit status."""
    parser = argparse.ArgumentParser(prog="hil.dashboard")
    parser.add_argument("recording", type=Path)
    parser.add_argument("--follow", action="store_true")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("--bench", type=int, metavar="PID")
    given = parser.parse_args()
    if hasattr(os, "nice"):
        os.nice(_NICE)
    try:
        return show(given.recording, given.follow, given.theme, given.bench)
    except HilError as error:
        print(f"hil: {error}", file=sys.stderr)
        return error.exit_status


if __name__ == "__main__":
    sys.exit(main())

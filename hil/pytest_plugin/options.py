"""The bench's options of pytest's command line."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest


def add_options(parser: pytest.Parser) -> None:
    """Add the options of the bench."""
    group = parser.getgroup("hil", "hardware-in-the-loop bench")
    group.addoption(
        "--hil-obc",
        action="append",
        metavar="PLACE",
        help="OBC that rigs run on: library, posix (the default), qemu, qemu-fast or a port; "
        "give it again to run on several; fleets without it run where their files say",
    )
    group.addoption(
        "--hil-seeds",
        type=_seeds,
        metavar="SEEDS",
        help="judge each rig over runs with these seeds: 1-10, or 3,5,8 (default: its own seed)",
    )
    group.addoption("--hil-firmware", type=Path, metavar="FILE", help="run this firmware instead")
    group.addoption(
        "--hil-faults",
        type=Path,
        metavar="FILE",
        help="lay this file of [[fault]] tables over rigs",
    )
    group.addoption("--hil-compiler", metavar="NAME", help="build the firmware with this compiler")
    group.addoption("--hil-realtime", action="store_true", help="pace steps by the wall clock")
    group.addoption("--hil-resume", action="store_true", help="wait for a port that is unplugged")
    group.addoption(
        "--hil-report", type=Path, metavar="FILE", help="make one HTML page of the session's runs"
    )
    group.addoption(
        "--hil-out", type=Path, metavar="DIR", help="keep recordings here (default: temporary)"
    )
    group.addoption(
        "--hil-against",
        type=Path,
        metavar="DIR",
        help="hold each requirement's figure against the recordings that an earlier session kept",
    )
    group.addoption(
        "--hil-worse",
        type=_percent,
        metavar="PERCENT",
        default=10.0,
        help="fail when a figure is worse than the earlier one by more than so many percent of its "
        "limit (default: 10)",
    )


def _percent(text: str) -> float:
    """A share in percent, with or without the sign."""
    found = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)\s*%?", text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r}: give a number of percent, as 10")
    return float(found[1])


def _seeds(text: str) -> list[int]:
    """The seeds that ``1-10`` or ``3,5,8`` names."""
    seeds: list[int] = []
    for part in text.split(","):
        found = re.fullmatch(r"(\d+)(?:-(\d+))?", part.strip())
        if found is None:
            raise argparse.ArgumentTypeError(f"{text!r}: give seeds as 1-10 or 3,5,8")
        seeds += range(int(found[1]), int(found[2] or found[1]) + 1)
    if not seeds or len(set(seeds)) < len(seeds):
        raise argparse.ArgumentTypeError(f"{text!r}: names no seed, or one twice")
    return seeds

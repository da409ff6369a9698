"""The parts and rigs that come with the bench, in a checkout or inside the installed package."""

from __future__ import annotations

from pathlib import Path

PREFIX = "hil:"
"""What a part's name begins with when it is one of these: ``part = "hil:rm3100"``."""


def rigs_folder() -> Path:
    """Return the folder with the rigs, their spacecraft and the parts."""
    package = Path(__file__).parents[1]
    beside = package.parent / "rigs"
    return beside if (beside / "parts").is_dir() else package / "_rigs"


def library_path(name: str) -> Path:
    """Return the file of ``hil:NAME``."""
    return rigs_folder() / "parts" / f"{name.removeprefix(PREFIX)}.toml"

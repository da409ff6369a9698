"""Faults from a file of their own, laid over any rig."""

from __future__ import annotations

from pathlib import Path

from hil.errors import RigError
from hil.rig.model import Rig
from hil.rig.reading import parsed, read_text


def with_faults(rig: Rig, path: str | Path) -> Rig:
    """Return the rig with the [[fault]] tables of a TOML file after its own.

    Raises RigError for a file with anything else in it, and for faults that do not fit the rig.
    """
    path = Path(path)
    tables = parsed(path, read_text(path, f"{path}"))
    others = [key for key in tables if key != "fault"]
    if others or not isinstance(tables.get("fault"), list):
        found = f"; found {', '.join(others)}" if others else ""
        raise RigError(f"{path}: a file of faults holds [[fault]] tables and nothing else{found}")
    own = [fault.model_dump(exclude_unset=True) for fault in rig.fault]
    try:
        return rig.with_overrides(fault=[*own, *tables["fault"]])
    except RigError as error:
        raise RigError(f"with the faults of {path}:\n{error}") from None

"""Faults, and requirements on the reactions to them, from a file of their own over any rig."""

from __future__ import annotations

from pathlib import Path

from hil.errors import RigError
from hil.rig.model import Rig
from hil.rig.reading import parsed, read_text

_TABLES = ("fault", "requirement")
_HOLDS = "[[fault]] tables and [[requirement]] tables on the reactions to them"


def with_faults(rig: Rig, path: str | Path) -> Rig:
    """Return the rig with the [[fault]] and [[requirement]] tables of a TOML file after its own.

    Raises RigError for a file with anything else in it, and for faults that do not fit the rig.
    """
    path = Path(path)
    tables = parsed(path, read_text(path, f"{path}"))
    others = [key for key in tables if key not in _TABLES]
    if others or not all(isinstance(tables.get(key, []), list) for key in _TABLES):
        found = f"; found {', '.join(others)}" if others else ""
        raise RigError(f"{path}: a file of faults holds {_HOLDS}, and nothing else{found}")
    if "fault" not in tables:
        raise RigError(f"{path}: a file of faults holds {_HOLDS}; it has no [[fault]]")
    own = {
        key: [table.model_dump(mode="json", exclude_unset=True) for table in getattr(rig, key)]
        for key in tables
    }
    try:
        return rig.with_overrides(**{key: [*own[key], *tables[key]] for key in tables})
    except RigError as error:
        raise RigError(f"with the faults of {path}:\n{error}") from None

"""Faults, or what is dispersed, from a file of their own over any rig."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hil.errors import RigError
from hil.rig.model import Rig
from hil.rig.reading import parsed, read_text

_FAULTS = ("fault", "requirement")
_DISPERSAL = ("disperse", "correlation", "sampling")
_HOLDS = {
    _FAULTS: "[[fault]] tables and [[requirement]] tables on the reactions to them",
    _DISPERSAL: "[[disperse]] and [[correlation]] tables and [sampling]",
}


def with_faults(rig: Rig, path: str | Path) -> Rig:
    """Return the rig with the [[fault]] and [[requirement]] tables of a TOML file after its own.

    Raises RigError for a file with anything else in it, and for faults that do not fit the rig.
    """
    return _laid_over(rig, Path(path), _FAULTS, "faults")


def with_dispersal(rig: Rig, path: str | Path) -> Rig:
    """Return the rig with the [[disperse]] and [[correlation]] tables of a TOML file after its own.

    [sampling] replaces the rig's. Raises RigError for a file with anything else in it, and for
    tables that do not fit the rig.
    """
    return _laid_over(rig, Path(path), _DISPERSAL, "dispersal")


def _laid_over(rig: Rig, path: Path, headings: tuple[str, ...], called: str) -> Rig:
    tables, holds = parsed(path, read_text(path, f"{path}")), _HOLDS[headings]
    others = [key for key in tables if key not in headings]
    listed = [key for key in headings if isinstance(getattr(rig, key), tuple)]
    if others or not all(isinstance(tables.get(key, []), list) for key in listed):
        found = f"; found {', '.join(others)}" if others else ""
        raise RigError(f"{path}: a file of {called} holds {holds}, and nothing else{found}")
    if headings[0] not in tables:
        raise RigError(f"{path}: a file of {called} holds {holds}; it has no [[{headings[0]}]]")
    merged = {key: _after_own(rig, key, given) for key, given in tables.items()}
    try:
        return rig.with_overrides(**merged)
    except RigError as error:
        raise RigError(f"with the {called} of {path}:\n{error}") from None


def _after_own(rig: Rig, key: str, given: Any) -> Any:
    own = getattr(rig, key)
    if not isinstance(own, tuple):
        return given
    return [*(each.model_dump(mode="json", exclude_unset=True) for each in own), *given]

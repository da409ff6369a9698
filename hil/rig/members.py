"""The members of a fleet, each made of its own rig and of what the fleet's file gives it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from hil.config import Model
from hil.errors import RigError
from hil.physics.orbit import InitialOrbit
from hil.rig.load import load_rig
from hil.rig.model import Rig
from hil.rig.reading import parsed
from hil.rig.suggest import suggestion

Table = dict[str, Any]
_SPACECRAFT, _TARGET, _MEMBER = "spacecraft", "target", "member"


def _fit_for_a_file(name: str) -> str:
    """Return a name as it is; ValueError for one that no recording's file can have."""
    if re.fullmatch(r"\w[\w.-]*", name) is None:
        raise ValueError(
            "must consist of letters, digits, '.', '-' and '_': its recording is named after it"
        )
    return name


class FleetSpacecraft(Model):
    """A [[spacecraft]] of a fleet; any further key stands in place of the rig's own key."""

    name: Annotated[str, AfterValidator(_fit_for_a_file)]
    """What it is called, and its recording."""
    rig: Annotated[str, Field(min_length=1)]
    """Its rig's file, relative to the fleet's."""
    obc: Annotated[str, Field(min_length=1)] = "library"
    """Where its OBC runs: a place or a port."""


@dataclass(frozen=True)
class FleetMember:
    """A member: its name, its rig with all that the fleet's file gives it, and its OBC's place."""

    name: str
    rig: Rig
    obc: str


def member_of(
    path: Path, data: Table, table: Table, number: int, orbits: Mapping[str, InitialOrbit]
) -> FleetMember:
    """Return a member as its table in a fleet's file says; RigError for one that cannot be."""
    rig = load_rig(path.parent / str(table.get("rig", "")))
    known = FleetSpacecraft.model_fields
    given = {key: _plain(value) for key, value in table.items() if key not in known}
    if _names_members(given):
        given[_TARGET] = [_of_member(each, table.get("name"), orbits) for each in given[_TARGET]]
    _check_keys(given)
    for key in [key for key, value in given.items() if isinstance(value, dict)]:
        given[key] = {**_plain(_own_table(rig, key)), **given[key]}
    if "seed" not in given and isinstance(data.get("seed", 1), int):
        given["seed"] = data.get("seed", 1) + number
    if "duration_s" in data and "duration_s" not in given:
        given["duration_s"] = data["duration_s"]
    return FleetMember(
        str(table.get("name", "")), rig.with_overrides(**given), str(table.get("obc", "library"))
    )


def orbits_of(path: Path, tables: Sequence[Table]) -> dict[str, InitialOrbit]:
    """Return with which orbits members begin that others have for targets; no key if it is bad."""
    found: dict[str, InitialOrbit] = {}
    for table in tables if any(map(_names_members, tables)) else ():
        given = _plain(table.get("orbit", {}))
        try:
            rig = load_rig(path.parent / str(table.get("rig", "")))
            own = {**_plain(_own_table(rig, "orbit")), **given}
            found[str(table.get("name"))] = rig.with_overrides(orbit=own).orbit
        except (RigError, TypeError):
            continue  # which is told when the member is made
    return found


def _names_members(given: Mapping[str, Any]) -> bool:
    """Return whether there are targets that are other members."""
    targets = given.get(_TARGET)
    return isinstance(targets, list) and any(
        isinstance(each, dict) and _MEMBER in each for each in targets
    )


def _of_member(target: Table, own: str | None, orbits: Mapping[str, InitialOrbit]) -> Table:
    """Return a target's table with the orbit, at its start, of the member that it names."""
    if _MEMBER not in target:
        return target
    name, others = target[_MEMBER], [each for each in orbits if each != own]
    if name not in others:
        what = "is the spacecraft itself" if name == own else "is no other member"
        known = suggestion(str(name), others, "there are")
        raise RigError(f'[[target]] member = "{name}" {what}; {known}')
    position, velocity = (each.tolist() for each in orbits[name].state())
    orbit = {"central_body": orbits[name].central_body}
    orbit |= {"position_eci_m": position, "velocity_eci_m_s": velocity}
    rest = {key: value for key, value in target.items() if key != _MEMBER}
    return {"name": name, "kind": _TARGET, **rest, "orbit": orbit}


def _check_keys(given: Mapping[str, Any]) -> None:
    known = [*FleetSpacecraft.model_fields, *(set(Rig.model_fields) - {_SPACECRAFT})]
    for key in given:
        if key not in known:
            raise RigError(f"{key}: unknown key; {suggestion(key, known, 'valid keys:')}")


def _own_table(rig: Rig, key: str) -> Table:
    table = parsed(rig.source.path, rig.source.text).get(key)
    return table if isinstance(table, dict) else {}


def _plain(value: Any) -> Any:
    """Return a value of TOML as JSON has it: a recording keeps it so."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value

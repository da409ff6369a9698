"""Several spacecraft on one bench: a rig of rigs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from hil.config import Model, Positive
from hil.errors import RigError, visible
from hil.judge.fleet import FleetRequirement, PairRequirement, WatchRequirement
from hil.rig.examine import examine
from hil.rig.explain import sentences
from hil.rig.load import load_rig
from hil.rig.model import Rig
from hil.rig.reading import parsed, read_text
from hil.rig.strangers import unshown_characters
from hil.rig.suggest import suggestion

_SPACECRAFT = "spacecraft"
_PLACES = ("library", "posix", "qemu", "qemu-fast")
_LEAST = 2
Table = dict[str, Any]


def _fit_for_a_file(name: str) -> str:
    """Return a name as it is; ValueError for one that no recording's file can have."""
    if re.fullmatch(r"\w[\w.-]*", name) is None:
        raise ValueError("must be of letters, digits, '.', '-' and '_': its recording is called so")
    return name


class FleetSpacecraft(Model):
    """A [[spacecraft]] of a fleet; any further key stands in place of the rig's own key."""

    name: Annotated[str, AfterValidator(_fit_for_a_file)]
    """What it is called, and its recording."""
    rig: Annotated[str, Field(min_length=1)]
    """Its rig's file, relative to the fleet's."""
    obc: Annotated[str, Field(min_length=1)] = "library"
    """Where its OBC runs: a place or a port."""


class FleetTables(Model):
    """A fleet's file.

    duration_s: of all members, in place of what their rigs say. seed: members without a seed of
    their own have this one and those that follow it, in the order of the file.
    when_one_ends: what becomes of the others when a member's OBC or line fails.
    """

    title: Annotated[str, Field(min_length=1)]
    seed: Annotated[int, Field(ge=0)] = 1
    duration_s: Positive | None = None
    when_one_ends: Literal["the others go on", "all end"] = "the others go on"
    spacecraft: Annotated[tuple[FleetSpacecraft, ...], Field(min_length=_LEAST)]
    requirement: tuple[FleetRequirement, ...] = ()


@dataclass(frozen=True)
class FleetMember:
    """A member: its name, its rig with all that the fleet's file gives it, and its OBC's place."""

    name: str
    rig: Rig
    obc: str


@dataclass(frozen=True)
class Fleet:
    """Several rigs that are run together, by one clock, and what they must hold together."""

    path: Path
    title: str
    seed: int
    members: tuple[FleetMember, ...]
    requirement: tuple[WatchRequirement | PairRequirement, ...]
    others_go_on: bool

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    def with_overrides(
        self, seed: int | None = None, duration_s: float | None = None, obc: str | None = None
    ) -> Fleet:
        """Return this fleet with another seed, duration or place of all OBCs.

        Another seed moves every member's by as much, so that no two become alike.
        """
        moved = 0 if seed is None else seed - self.seed
        members = tuple(
            FleetMember(
                each.name,
                each.rig.with_overrides(
                    duration_s=duration_s, seed=each.rig.seed + moved if moved else None
                ),
                obc or each.obc,
            )
            for each in self.members
        )
        return replace(self, members=members, seed=self.seed if seed is None else seed)


def is_fleet(path: str | Path) -> bool:
    """Return whether a TOML file is a fleet's; False for one that cannot be read."""
    try:
        tables = parsed(Path(path), read_text(Path(path), f"{path}"))
    except RigError:
        return False
    return isinstance(tables.get(_SPACECRAFT), list)


def load_fleet(path: str | Path) -> Fleet:
    """Return the fleet that a TOML file describes.

    Raises RigError, a sentence for each thing that is wrong in it or in its members' rigs.
    """
    path = Path(path)
    data = parsed(path, read_text(path, f"{path}"))
    found, told = _examined(path, data)
    members: list[FleetMember] = []
    for number, table in enumerate(_tables(data)):
        try:
            members.append(_member(path, data, table, number))
        except RigError as error:
            told += [f"{path}: {_called(table, number)}: {line}" for line in f"{error}".split("\n")]
    if found is not None and not told:
        told = [f"{path}: {words}" for words in _misfits(found, members)]
    if told or found is None:
        raise RigError(visible("\n".join(dict.fromkeys(told)), lines=True))
    go_on = found.when_one_ends == "the others go on"
    return Fleet(path, found.title, found.seed, tuple(members), found.requirement, go_on)


def _tables(data: Table) -> list[Table]:
    several = data.get(_SPACECRAFT)
    return [each for each in several if isinstance(each, dict)] if isinstance(several, list) else []


def _called(table: Table, number: int) -> str:
    name = table.get("name")
    return f'[[spacecraft]] "{name}"' if isinstance(name, str) else f"[[spacecraft]] {number + 1}"


# -- the fleet's own keys --------------------------------------------------------------------------


def _examined(path: Path, data: Table) -> tuple[FleetTables | None, list[str]]:
    """Return the fleet's own keys, without what it gives its members instead of their rigs'."""
    own = dict(data)
    known = FleetSpacecraft.model_fields
    if isinstance(data.get(_SPACECRAFT), list):
        own[_SPACECRAFT] = [
            {key: value for key, value in table.items() if key in known} for table in _tables(data)
        ]
    found, errors = examine(FleetTables, own)
    told = [f"{path}: {words}" for words in sentences(errors, own, FleetTables)]
    told += unshown_characters(data, path)
    return (None if told or not isinstance(found, FleetTables) else found), told


# -- members ---------------------------------------------------------------------------------------


def _member(path: Path, data: Table, table: Table, number: int) -> FleetMember:
    rig = load_rig(path.parent / str(table.get("rig", "")))
    known = FleetSpacecraft.model_fields
    given = {key: _plain(value) for key, value in table.items() if key not in known}
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


# -- whether they go together ----------------------------------------------------------------------


def _misfits(found: FleetTables, members: list[FleetMember]) -> Iterator[str]:
    if len(members) < _LEAST:
        yield f"a fleet has at least {_LEAST} [[spacecraft]]: one alone is a rig"
    for name, n in Counter(each.name for each in members).items():
        if n > 1:
            yield f'two [[spacecraft]] are called "{name}": name each differently'
    for member in members:
        yield from _unlike(member, members[0])
        if member.obc not in _PLACES and "/" not in member.obc and "COM" not in member.obc.upper():
            hint = suggestion(member.obc, list(_PLACES), "the places are")
            yield f'[[spacecraft]] "{member.name}" obc = "{member.obc}": no such place; {hint}'
    for requirement in found.requirement:
        yield from _strangers(requirement, members)
    for name, n in Counter(each.name for each in found.requirement).items():
        if n > 1:
            yield f"two requirements are called {name!r}: name each differently"


def _unlike(member: FleetMember, first: FleetMember) -> Iterator[str]:
    """Yield what keeps a member from going through its steps beside the first."""
    for (key, own), others in zip(
        _times(member.rig).items(), _times(first.rig).values(), strict=True
    ):
        if own != others:
            yield (
                f'[[spacecraft]] "{member.name}": {key} is {own}, that of "{first.name}" {others}: '
                "all members have one clock, so give both the same"
            )


def _times(rig: Rig) -> dict[str, object]:
    """Return what all members must have alike."""
    return {
        "step_s": rig.step_s,
        "duration_s": rig.duration_s,
        "[orbit] epoch_utc": rig.orbit.epoch_utc.isoformat(),
        "[obc] uptime_at_start_s": rig.obc.uptime_at_start_s,
    }


def _strangers(
    requirement: WatchRequirement | PairRequirement, members: list[FleetMember]
) -> Iterator[str]:
    """Yield what a requirement names that no member is or has."""
    called, names = f'[[requirement]] "{requirement.name}"', [each.name for each in members]
    if isinstance(requirement, PairRequirement):
        for name in requirement.pair:
            if name not in names:
                hint = suggestion(name, names, "there are")
                yield f'{called}: no [[spacecraft]] is called "{name}"; {hint}'
        return
    targets = [target.name for member in members for target in member.rig.target]
    if requirement.watched not in targets:
        known = (
            suggestion(requirement.watched, targets, "there are") if targets else "there is none"
        )
        yield f'{called}: no member has a [[target]] called "{requirement.watched}"; {known}'

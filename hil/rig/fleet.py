"""Several spacecraft on one bench: a rig of rigs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from hil.config import Model, Positive, Seed
from hil.errors import RigError, visible
from hil.judge.fleet import FleetRequirement, PairRequirement, WatchRequirement
from hil.obc.names import PLACES, is_port
from hil.rig.examine import examine
from hil.rig.explain import sentences
from hil.rig.members import FleetMember, FleetSpacecraft, member_of, orbits_of
from hil.rig.model import Rig
from hil.rig.reading import parsed, read_text
from hil.rig.strangers import unshown_characters
from hil.rig.suggest import suggestion

_SPACECRAFT = "spacecraft"
_LEAST = 2
Table = dict[str, Any]


class FleetTables(Model):
    """A fleet's file.

    duration_s: of all members, in place of what their rigs say. seed: members without a seed of
    their own have this one and those that follow it, in the order of the file.
    when_one_ends: what becomes of the others when a member's OBC or line fails.
    """

    title: Annotated[str, Field(min_length=1)]
    seed: Seed = 1
    duration_s: Positive | None = None
    when_one_ends: Literal["the others go on", "all end"] = "the others go on"
    spacecraft: Annotated[tuple[FleetSpacecraft, ...], Field(min_length=_LEAST)]
    requirement: tuple[FleetRequirement, ...] = ()


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
    orbits = orbits_of(path, _tables(data))
    for number, table in enumerate(_tables(data)):
        try:
            members.append(member_of(path, data, table, number, orbits))
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
    found, errors, _ = examine(FleetTables, own)
    told = [f"{path}: {words}" for words in sentences(errors, own, FleetTables)]
    told += unshown_characters(data, path)
    return (None if told or not isinstance(found, FleetTables) else found), told


# -- whether they go together ----------------------------------------------------------------------


def _misfits(found: FleetTables, members: list[FleetMember]) -> Iterator[str]:
    if len(members) < _LEAST:
        yield f"a fleet has at least {_LEAST} [[spacecraft]]: one alone is a rig"
    for name, n in Counter(each.name for each in members).items():
        if n > 1:
            yield f'two [[spacecraft]] are called "{name}": name each differently'
    for member in members:
        yield from _unlike(member, members[0])
        if member.obc not in PLACES and not is_port(member.obc):
            hint = suggestion(member.obc, PLACES, "the places are")
            yield f'[[spacecraft]] "{member.name}" obc = "{member.obc}": no such place; {hint}'
        if member.rig.line:
            yield (
                f'[[spacecraft]] "{member.name}": its rig has [[line]] tables, which a fleet does '
                "not open: run that rig by itself"
            )
    for requirement in found.requirement:
        yield from _strangers(requirement, members)
        yield from _unjudgeable(requirement, members[0].rig)
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
        "[recording] every": rig.recording.every,
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


def _unjudgeable(requirement: WatchRequirement | PairRequirement, rig: Rig) -> Iterator[str]:
    """Yield why no run can judge a requirement, or miss it; rig: the members' times."""
    called, run_s = f'[[requirement]] "{requirement.name}"', rig.duration_s
    end_s = run_s if requirement.to_s is None else requirement.to_s
    for key, value, most in (
        ("from_s", requirement.from_s, run_s - rig.step_s),
        ("to_s", end_s, run_s),
    ):
        if value > most + 1e-9:
            yield f"{called}: {key} = {value:g} lies beyond the end of the run, {run_s:g} s"
            return
    if isinstance(requirement, WatchRequirement):
        phase_s = end_s - requirement.from_s
        if requirement.limit_s >= phase_s:
            yield (
                f"{called}: a limit of {requirement.limit_s:g} s can never be missed in a phase of "
                f"{phase_s:g} s"
            )
    elif requirement.limit_deg >= 180.0:
        yield f"{called}: a limit of {requirement.limit_deg:g} deg can never be missed"

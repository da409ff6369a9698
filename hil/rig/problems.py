"""Everything that is wrong with a rig, in one pass over its files."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails

from hil.errors import RigError
from hil.rig.examine import Location, examine
from hil.rig.explain import sentences
from hil.rig.fit import misfits
from hil.rig.model import Rig
from hil.rig.orbitfile import orbit_elements
from hil.rig.parts import (
    errors_by_file,
    nameless_parts,
    part_path,
    tables_without_part,
    with_parts,
)
from hil.rig.plausible import implausible
from hil.rig.reading import parsed
from hil.rig.recorded import unknown_columns
from hil.rig.source import Source
from hil.rig.spacecraft import Spacecraft
from hil.rig.strangers import unshown_characters

SPACECRAFT = "spacecraft"
Table = dict[str, Any]


class Looked(NamedTuple):
    """What became of a rig's files: the rig, or a sentence for each thing wrong."""

    rig: Rig | None
    problems: list[str]


class _Files(NamedTuple):
    """A rig's files as tables; those that cannot be used are empty.

    uncertain: the tables of the rig of which keys in such files are not known.
    """

    rig: Table
    spacecraft: Table
    parts: dict[str, Table]
    uncertain: frozenset[Location]
    problems: list[str]


def problems(source: Source, alone: bool = True) -> list[str]:
    """Return a sentence, the file's name first, for each thing wrong with a rig.

    alone: as a run by itself needs it: its requirements and telecommands lie within it and its
    columns are recorded. A run made shorter, or made by another version, need not be so.
    """
    return look(source, alone).problems


def look(source: Source, alone: bool = True) -> Looked:
    """Return the rig, or all that is wrong with it; see ``problems``."""
    return _looked(source, _tables(source), alone)


def look_at_tables(source: Source, rig: Table, craft: Table) -> Looked:
    """Return the rig of files that are there as tables too, or all that is wrong with it.

    As ``look`` does, without reading their text: source has these tables, no parts, no overrides.
    """
    return _looked(source, _looked_through(source, rig, craft, {}, []), alone=True)


def _looked(source: Source, files: _Files, alone: bool) -> Looked:
    data = {**files.rig, SPACECRAFT: with_parts(files.spacecraft, files.parts)}
    rig, errors, whole = examine(Rig, data, uncertain=files.uncertain)
    assert isinstance(rig, Rig)
    if alone:
        errors = errors + [error for error in implausible(data) if not _is_told(error, errors)]
    odd = _unknown_columns(data) if alone or errors else {}
    own = [error for error in errors if not (_is_inside(error) or _about(error, odd))]
    inner = [error for error in errors if _is_inside(error)]
    for error in inner:
        error["loc"] = error["loc"][1:]
    told = sentences(own, data, Rig)
    told += [*odd.values(), *misfits(rig, whole=whole, alone=alone)]
    found = [
        *files.problems,
        *(f"{source.path}: {words}" for words in told),
        *errors_by_file(inner, source.spacecraft_path, files.spacecraft, files.parts),
    ]
    return Looked(rig if whole and not found else None, list(dict.fromkeys(found)))


def look_at_spacecraft(source: Source, craft: Table) -> tuple[Spacecraft | None, list[str]]:
    """Return a spacecraft's file without a rig around it, or all that is wrong with it."""
    path, told = source.spacecraft_path, unshown_characters(craft, source.spacecraft_path)
    told += [f"{path}: {words}" for words in nameless_parts(craft)]
    parts = {name: parsed(part_path(path, name), text) for name, text in source.parts.items()}
    uncertain = frozenset(tables_without_part(craft, parts))
    whole = with_parts(craft, parts)
    looked = examine(Spacecraft, whole, uncertain=uncertain)
    assert isinstance(looked.found, Spacecraft)
    errors = looked.errors
    odd = [error | {"loc": error["loc"][1:]} for error in implausible({SPACECRAFT: whole})]
    errors += [error for error in odd if not _is_told(error, errors)]
    told += errors_by_file(errors, path, craft, parts)
    # What is not right and not told either lies in a part that cannot be read.
    return (looked.found if looked.whole and not told else None), told


def orbit_message(rig: Table) -> str | None:
    """Return the file that a rig names for its orbit, if it names one."""
    orbit = rig.get("orbit")
    name = orbit.get("omm") if isinstance(orbit, dict) else None
    return name if isinstance(name, str) else None


def _tables(source: Source) -> _Files:
    found: list[str] = []

    def tables(read: Callable[[], Table]) -> Table:
        try:
            return read()
        except RigError as error:
            found.append(str(error))
            return {}

    rig = {**parsed(source.path, source.text), **source.overrides}
    craft_path = source.spacecraft_path
    craft = tables(lambda: parsed(craft_path, source.spacecraft_text))
    found += [f"{craft_path}: {words}" for words in nameless_parts(craft)]
    parts = {}
    for name, text in source.parts.items():
        if table := tables(lambda: parsed(part_path(craft_path, name), text)):  # noqa: B023
            parts[name] = table
    return _looked_through(source, rig, craft, parts, found)


def _looked_through(
    source: Source, rig: Table, craft: Table, parts: dict[str, Table], found: list[str]
) -> _Files:
    """Return a rig's files with the elements of the orbit message that it names in place."""
    found += unshown_characters(rig, source.path)
    found += unshown_characters(craft, source.spacecraft_path)
    uncertain = {(SPACECRAFT, *at) for at in tables_without_part(craft, parts)}
    if not craft:
        uncertain.add((SPACECRAFT,))
    if omm := orbit_message(rig):
        path, text, message = source.path.parent / omm, source.orbit_text, {}
        try:
            message = orbit_elements(path, text) if text else {}
        except RigError as error:
            found.append(str(error))
        rest = {key: value for key, value in rig["orbit"].items() if key != "omm"}
        rig = {**rig, "orbit": {**rest, "omm": message} if message else rest}
        uncertain |= set() if message else {("orbit",)}
    return _Files(rig, craft, parts, frozenset(uncertain), found)


def _unknown_columns(data: Mapping[str, Any]) -> dict[int, str]:
    obc = data.get("obc")
    told = obc.get("telemetry") if isinstance(obc, dict) else None
    names = [str(name) for name in told] if isinstance(told, list) else []
    return dict(
        unknown_columns(
            data.get("requirement"),
            data[SPACECRAFT],
            names,
            scene="scene" in data,
            radio="radio" in data,
        )
    )


def _is_told(error: ErrorDetails, told: list[ErrorDetails]) -> bool:
    """Whether something is told of the same key already, or of a part of it."""
    loc = error["loc"]
    return any(each["loc"][: len(loc)] == loc for each in told)


def _is_inside(error: ErrorDetails) -> bool:
    return error["loc"][:1] == (SPACECRAFT,)


def _about(error: ErrorDetails, requirements: Container[object]) -> bool:
    """Whether an error says of one of these requirements, as a whole, what is wrong with it."""
    return (
        error["type"] == "value_error"
        and error["loc"][:1] == ("requirement",)
        and error["loc"][1] in requirements
    )

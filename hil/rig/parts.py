"""Part files: what a data sheet says of a device; defaults of a table in a spacecraft file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic_core import ErrorDetails

from hil.machine.shipped import PREFIX, library_path
from hil.rig.examine import Location
from hil.rig.explain import model_at, sentences
from hil.rig.spacecraft import Spacecraft

_PART = "part"
Table = dict[str, Any]


def part_names(spacecraft: Table) -> list[str]:
    """Return the part files that a spacecraft's tables name, each once."""
    return list(dict.fromkeys(table[_PART] for _, table in _tables_with_parts(spacecraft)))


def nameless_parts(spacecraft: Table) -> list[str]:
    """Return a sentence for each heading under which a part is no name of a file."""
    odd = (heading for heading, _, table in _tables(spacecraft) if not _is_named(table))
    return [
        f"{heading}: part must be text in quotes: name a part's file"
        for heading in dict.fromkeys(odd)
    ]


def part_path(spacecraft_path: Path, name: str) -> Path:
    """Return the path of a part file: relative to the spacecraft's, or ``hil:NAME`` for ours."""
    if name.startswith(PREFIX):
        return library_path(name)
    return Path(os.path.normpath(spacecraft_path.parent / name))


def with_parts(spacecraft: Table, parts: Mapping[str, Table]) -> Table:
    """Return a spacecraft whose tables have the keys of their parts, save where they have own.

    Of a part that is not among the parts given, its keys are left out.
    """

    def whole(value: Any) -> Any:
        if isinstance(value, list):
            return [whole(each) for each in value]
        if isinstance(value, dict) and _PART in value:
            own = {key: each for key, each in value.items() if key != _PART}
            return {**(parts.get(value[_PART], {}) if _is_named(value) else {}), **own}
        return value

    return {heading: whole(value) for heading, value in spacecraft.items()}


def tables_without_part(spacecraft: Table, parts: Mapping[str, Table]) -> frozenset[Location]:
    """Return where the tables stand whose part is not among the parts given."""
    return frozenset(
        at
        for _, at, table in _tables(spacecraft)
        if not _is_named(table) or table[_PART] not in parts
    )


def errors_by_file(
    errors: list[ErrorDetails], path: Path, spacecraft: Table, parts: Mapping[str, Table]
) -> list[str]:
    """Return a sentence for each error, beginning with the file that the wrong key stands in."""
    named = dict(_tables_with_parts(spacecraft))
    merged, found = with_parts(spacecraft, parts), []
    for error in errors:
        loc = error["loc"]
        table = next((at for at in (loc[:1], loc[:2]) if at in named), None)
        key = loc[len(table)] if table and len(loc) > len(table) else None
        if table and key not in named[table] and key in parts.get(named[table][_PART], {}):
            part = named[table][_PART]
            error["loc"] = loc[len(table) :]
            words = sentences([error], parts[part], model_at(Spacecraft, str(loc[0])))
            found += [f"{part_path(path, part)}: {each}" for each in words]
        else:
            found += [f"{path}: {each}" for each in sentences([error], merged, Spacecraft)]
    return list(dict.fromkeys(found))  # four wheels of one part have one error


def _tables(spacecraft: Table) -> Iterator[tuple[str, Location, Table]]:
    """Yield (heading, heading and number, table) of each table that has a part."""
    for heading, value in spacecraft.items():
        several = value if isinstance(value, list) else [value]
        for number, table in enumerate(several):
            if isinstance(table, dict) and _PART in table:
                at = (heading, number) if isinstance(value, list) else (heading,)
                yield heading, at, table


def _tables_with_parts(spacecraft: Table) -> Iterator[tuple[Location, Table]]:
    """Yield (heading and number, table) of each table that names a part."""
    yield from ((at, table) for _, at, table in _tables(spacecraft) if _is_named(table))


def _is_named(table: Table) -> bool:
    return isinstance(table[_PART], str)

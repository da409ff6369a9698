"""Whether the columns that a rig's requirements name are recorded at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from hil.devices.registry import registry
from hil.physics.row import truth_columns
from hil.rig.columns import run_columns
from hil.rig.suggest import suggestion


class _Sensor(NamedTuple):
    kind: str
    instance: int
    columns: Sequence[tuple[str, int]]


def recorded_columns(spacecraft: Mapping[str, object]) -> list[str]:
    """Return the columns of a run, from a spacecraft's tables by heading."""
    return list(column_sizes(spacecraft))


def column_sizes(spacecraft: Mapping[str, object]) -> dict[str, int]:
    """Return how many components each column of a run has."""
    wheels, thrusters = _count(spacecraft, "wheel"), _count(spacecraft, "thruster")
    sensors = [
        _Sensor(kind.name, instance, kind.columns)
        for kind in registry().sensors
        for instance in range(_count(spacecraft, kind.heading))
    ]
    found = run_columns(truth_columns(wheels, thrusters), sensors, thrusters)
    return {name: size for name, size in found if size}


def unknown_columns(
    requirements: object, spacecraft: Mapping[str, object]
) -> Iterator[tuple[int, str]]:
    """Yield (number from 0, sentence) of each [[requirement]] on a column that there is not."""
    if not isinstance(requirements, list):
        return
    known = recorded_columns(spacecraft)
    for number, table in enumerate(requirements):
        column = table.get("column") if isinstance(table, dict) else None
        if isinstance(column, str) and column not in known:
            called = table.get("name") or f"number {number + 1}"
            hint = suggestion(column, known, "this spacecraft's run has")
            yield number, f'[[requirement]] "{called}" column = "{column}": no such column; {hint}'


def _count(spacecraft: Mapping[str, object], heading: str) -> int:
    tables = spacecraft.get(heading)
    return len(tables) if isinstance(tables, list | tuple) else 0

"""What the firmware calls its modes, numbers and parameters, held against what the rig does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from hil.errors import ObcError
from hil.rig import Rig
from hil.rig.settings import TELEMETRY_NAME

Names = Mapping[tuple[int, int], str]
"""By what it is, as in message named, and number."""
MODE, NUMBER, PARAMETER = 0, 1, 2


def refuse_other_names(rig: Rig, names: Names) -> None:
    """Raise ObcError for a firmware that calls a thing otherwise than the rig, with the cure."""
    modes, numbers = _of(names, MODE), _of(names, NUMBER)
    for what, key, theirs, ours in (
        ("mode", "modes", modes, rig.obc.modes),
        ("number", "telemetry", numbers, rig.obc.telemetry),
    ):
        if theirs and ours and theirs != _as_far(ours, theirs):
            number = next(n for n, name in theirs.items() if ours[n : n + 1] != (name,))
            rigs = f"calls it {ours[number]}" if number < len(ours) else f"knows {len(ours)}"
            raise ObcError(
                f"the firmware calls {what} {number} {theirs[number]}, and the rig {rigs}: give "
                f"[obc] {key} = {_listed(_in_order(theirs))}"
            )
    _refuse_other_ids(rig, _of(names, PARAMETER))


def _refuse_other_ids(rig: Rig, theirs: Mapping[int, str]) -> None:
    for name, number in rig.spacecraft.flight_software_ids.items():
        told = theirs.get(number)
        if theirs and told != name:
            by_name = {name: number for number, name in theirs.items()}
            cure = f"give {name} = {by_name[name]}" if name in by_name else "take it out"
            calls = f"calls {number} {told}" if told else f"has no parameter {number}"
            raise ObcError(f"[flight_software_ids] {name} = {number}: the firmware {calls}: {cure}")


def numbers_of(names: Names) -> tuple[str, ...]:
    """Return what a firmware calls its numbers, in their order."""
    numbers = _of(names, NUMBER)
    return tuple(_in_order(numbers)) if numbers else ()


def are_columns(numbers: Sequence[str]) -> bool:
    """Whether columns of a recording can be called so."""
    fitting = all(re.fullmatch(TELEMETRY_NAME, name) for name in numbers)
    return fitting and len(set(numbers)) == len(numbers)


def unrecorded(numbers: Sequence[str]) -> str:
    """Say how numbers can be recorded that are not."""
    return (
        "the firmware tells numbers of its own; to record them, give each a name of letters, "
        f"digits and _: [obc] telemetry = {_listed(numbers)}"
    )


def metadata(names: Names) -> dict[str, object]:
    """Return the record of all names."""
    kinds = (("modes", MODE), ("numbers", NUMBER), ("parameters", PARAMETER))
    return {key: {str(n): name for n, name in _of(names, what).items()} for key, what in kinds}


def _of(names: Names, what: int) -> dict[int, str]:
    return {number: name for (kind, number), name in sorted(names.items()) if kind == what}


def _as_far(ours: Sequence[str], theirs: Mapping[int, str]) -> dict[int, str]:
    return {number: ours[number] for number in theirs if number < len(ours)}


def _listed(names: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def _in_order(names: Mapping[int, str]) -> list[str]:
    return [names.get(number, f"number_{number}") for number in range(max(names) + 1)]

"""Dotted paths to the keys of a rig: spacecraft.wheel.x.coulomb_friction_Nm."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from hil.rig.limits import PARAMETER_OF, Location, limits_at
from hil.rig.model import Rig
from hil.rig.suggest import suggestion

_SYMMETRIC = {"inertia_body_kg_m2"}
_NOT = {  # tables and keys that no run can have of its own, and why
    "seed": "each run has a seed of its own anyway",
    "title": "a run is not changed by it",
    "requirement": "all runs are judged alike",
    "allowed": "all runs are judged alike",
    "expected_rating": "all runs are judged alike",
    "recording": "a run is not changed by it",
    "disperse": "it says what is dispersed",
    "correlation": "it says what is dispersed",
    "margins": "a run is not changed by it",
    "sampling": "it says what is dispersed",
}


@dataclass(frozen=True)
class Place:
    """One number, text or date of a rig.

    path: of the key in the rig's tables, the spacecraft's with its parts among them. component: of
    a vector or a matrix, from 0. name: the dotted path in full, with the component's letters.
    least, most: what the key allows; open: whether the bounds themselves are refused.
    own: its value now; None if it has none.
    """

    path: Location
    component: tuple[int, ...]
    name: str
    own: Any
    least: float = -math.inf
    most: float = math.inf
    open_least: bool = False
    open_most: bool = False
    axis: bool = False

    @property
    def symmetric(self) -> bool:
        """Whether its mirror image across the matrix's diagonal is the same number."""
        return self.path[-1] in _SYMMETRIC

    def allows(self, value: float) -> bool:
        """Whether the key takes a number, as far as its own bounds go."""
        below = value <= self.least if self.open_least else value < self.least
        above = value >= self.most if self.open_most else value > self.most
        return not (below or above)

    @property
    def allowed_words(self) -> str:
        """What the key allows: "at least 0", "more than 0 and at most 1"."""
        words = []
        if math.isfinite(self.least):
            words.append(f"{'more than' if self.open_least else 'at least'} {self.least:g}")
        if math.isfinite(self.most):
            words.append(f"{'less than' if self.open_most else 'at most'} {self.most:g}")
        return " and ".join(words)


def places(rig: Rig, key: str) -> list[Place]:
    """Return the number that a dotted path leads to, or all components of a vector or matrix.

    Raises ValueError, a sentence with the keys that there are, for a path that leads nowhere.
    """
    steps = key.split(".")
    if why := _NOT.get(steps[0]):
        raise ValueError(f"{steps[0]} cannot be dispersed: {why}")
    table: Any = rig
    path: list[str | int] = []
    while steps:
        step = steps.pop(0)
        called = key.removesuffix(".".join([step, *steps])).removesuffix(".")
        table, at = _entered(table, step, called or "the rig")
        path.append(at)
        if not isinstance(table, BaseModel | dict) and not _is_tables(table):
            return list(_components(rig, tuple(path), table, steps, key))
    raise ValueError(f"is a table: go on with one of its keys: {_known_words(table)}")


def _entered(table: Any, step: str, called: str) -> tuple[Any, str | int]:
    """Return what a step of a path leads to, and its key or number in the file.

    called: the path so far.
    """
    if isinstance(table, dict):  # the firmware's parameters
        if step not in PARAMETER_OF:
            raise ValueError(_no_such(called, step, list(PARAMETER_OF)))
        return table.get(step), step
    if isinstance(table, BaseModel):
        if step not in type(table).model_fields:
            raise ValueError(_no_such(called, step, _keys(table)))
        return getattr(table, step), step
    names = _names(table)
    if step in names:
        return table[names.index(step)], names.index(step)
    if not step.isdigit() or int(step) >= len(table):
        raise ValueError(_no_such(called, step, names, "there are"))
    return table[int(step)], int(step)


def _no_such(called: str, step: str, known: Sequence[str], words: str = "valid keys:") -> str:
    hint = suggestion(step, known, words) if known else "there is none at all"
    return f"{called} has no {step}; {hint}"


def _keys(table: BaseModel) -> list[str]:
    """Keys of a table that can be dispersed; of kinds of devices those that there are."""
    names = type(table).model_fields
    return [name for name in names if name not in _NOT and getattr(table, name) != ()]


def _names(tables: Sequence[Any]) -> list[str]:
    """What the tables of a list are called: by their names, else by their numbers from 0."""
    return [getattr(each, "name", None) or str(number) for number, each in enumerate(tables)]


def _is_tables(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(each, BaseModel) for each in value)


def _known_words(table: Any) -> str:
    if isinstance(table, dict):
        return suggestion("", list(PARAMETER_OF), "")
    return ", ".join(_keys(table) if isinstance(table, BaseModel) else _names(table)) or "none"


# ---- a key and its components --------------------------------------------------------------------


def _components(
    rig: Rig, path: Location, value: Any, rest: Sequence[str], key: str
) -> Iterator[Place]:
    least, most, open_least, open_most, axis = limits_at(rig, path)
    wanted = _indices(value, rest, key)
    if axis and rest:
        raise ValueError("is a direction, which is tilted as a whole: leave its component out")
    base = ".".join(map(str, _with_names(rig, path)))
    for component in _all_indices(value):
        if component[: len(wanted)] != wanted:
            continue
        if path[-1] in _SYMMETRIC and len(wanted) < 2 and component[0] > component[1]:
            continue  # its mirror image is drawn
        own = value
        for number in component:
            own = own[number]
        name = f"{base}.{_letters(value, component)}" if component else base
        yield Place(path, component, name, own, least, most, open_least, open_most, axis)


def _indices(value: Any, rest: Sequence[str], key: str) -> tuple[int, ...]:
    """Return the numbers of the component that the rest of a path names, as far as it names one."""
    letters = "".join(rest)
    numbers = (
        [int(each) for each in rest]
        if all(each.isdigit() for each in rest)
        else ["xyz".find(letter) for letter in letters]
    )
    inner = value
    for number in numbers:
        if not isinstance(inner, tuple) or not 0 <= number < len(inner):
            known = [_letters(value, each) for each in _all_indices(value) if each]
            there = f"; its components: {', '.join(known)}" if known else ": it is one number"
            raise ValueError(f"{key.removesuffix('.' + '.'.join(rest))} has no {letters}{there}")
        inner = inner[number]
    return tuple(numbers)


def _all_indices(value: Any) -> Iterator[tuple[int, ...]]:
    if not isinstance(value, tuple):
        yield ()
        return
    for number, inner in enumerate(value):
        yield from ((number, *each) for each in _all_indices(inner))


def _letters(value: Any, component: tuple[int, ...]) -> str:
    """Return a component as xy, or by its number where there are not three."""
    if len(value) == 3 and all(number < 3 for number in component):
        return "".join("xyz"[number] for number in component)
    return ".".join(map(str, component))


def _with_names(rig: Rig, path: Location) -> Iterator[str | int]:
    """Yield a path's steps with the names of tables in the place of their numbers."""
    table: Any = rig
    for step in path:
        if isinstance(step, int):
            yield _names(table)[step]
            table = table[step]
        else:
            yield step
            table = table.get(step) if isinstance(table, dict) else getattr(table, step)


def is_number(own: Any) -> bool:
    """Whether a value can be drawn from a continuous distribution."""
    return own is None or (isinstance(own, float | int) and not isinstance(own, bool))


def is_date(own: Any) -> bool:
    """Whether a value is an instant."""
    return isinstance(own, datetime)

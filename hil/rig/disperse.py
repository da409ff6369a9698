"""What a rig's [[disperse]] tables vary, number by number, and what is wrong with them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hil.rig.dispersion import Correlation, Disperse
from hil.rig.keypath import Place, is_date, is_number, places
from hil.rig.model import Rig

_LEAST_EIGENVALUE = 1e-12
_TILTS = ("tilt1_deg", "tilt2_deg")
_NEXT, _LEAST = 1e-12, 1e-300  # how far from a bound that is refused; from 0
_FULL_TURN_deg = 180.0


@dataclass(frozen=True)
class Variable:
    """One number that is drawn for each run.

    name: its column in the table of runs. places: what it sets; several where one draw is for all.
    how: it is the "value" itself, a "factor" of the own one, a "tilt" of a direction in degrees, or
    "seconds" after a date. centre: mean, median or peak where the table gives none. least, most:
    what all of its places allow.
    """

    name: str
    table: Disperse
    places: tuple[Place, ...]
    how: str
    centre: float
    least: float = -math.inf
    most: float = math.inf


def variables(rig: Rig) -> list[Variable]:
    """Return what is drawn for each run, in the order of the tables; ValueError for a bad path."""
    return [each for table in rig.disperse for each in _of_table(rig, table)]


def correlation_matrix(rig: Rig, drawn: list[Variable]) -> np.ndarray:
    """Return the correlation (n, n) of the normal variables that the draws are made from.

    Raises ValueError for a name that is not drawn, and for a matrix that is not positive definite.
    """
    matrix = np.eye(len(drawn))
    for table in rig.correlation:
        rows = [_row(name, drawn) for name in table.of]
        for a in rows:
            for b in rows:
                if a != b:
                    matrix[a, b] = table.coefficient
    if len(drawn) and np.linalg.eigvalsh(matrix)[0] <= _LEAST_EIGENVALUE:
        raise ValueError(_not_positive(rig.correlation, matrix))
    return matrix


def dispersal_fits(rig: Rig) -> Iterator[str]:
    """Yield what keeps each [[disperse]] and [[correlation]] table from being drawn from."""
    drawn: list[Variable] = []
    wrong = False
    for table in rig.disperse:
        begin = f'[[disperse]] "{table.key}"'
        try:
            found = _of_table(rig, table)
        except ValueError as error:
            wrong = True
            yield f"{begin}: {error}"
            continue
        drawn += found
        for words in dict.fromkeys(words for each in found for words in _beyond(each)):
            yield f"{begin} {words}"
    twice = Counter(place.name for each in drawn for place in each.places)
    for name in (name for name, n in twice.items() if n > 1 and not _is_axis(drawn, name)):
        yield f'[[disperse]] "{name}": is dispersed by two tables: take one out'
    if not wrong:
        try:
            correlation_matrix(rig, drawn)
        except ValueError as error:
            yield f"[[correlation]]: {error}"


# ---- from tables to variables --------------------------------------------------------------------


def _of_table(rig: Rig, table: Disperse) -> list[Variable]:
    found = places(rig, table.key)
    first = found[0]
    if first.axis:
        return _tilts(table, found)
    if is_date(first.own):
        _refuse(table, "a date is dispersed by seconds after the file's own", relative=True)
        return [Variable(f"{first.name}_after_s", table, tuple(found), "seconds", 0.0)]
    if not is_number(first.own) or _is_choice(first, table):
        return _choices(table, found)
    if table.relative:
        _check_own(found, "relative = true needs a value in the file to be a factor of")
        groups = [found] if table.common else [[each] for each in found]
        return [_factor(table, group) for group in groups]
    if table.distribution not in ("uniform", "discrete") and _centre_given(table) is None:
        _check_own(found, f"the file gives no value: give {_centre_key(table)}")
    if table.common and len(found) > 1:
        raise ValueError("common = true is for relative = true: one factor of all components")
    return [_value(table, each) for each in found]


def _tilts(table: Disperse, found: list[Place]) -> list[Variable]:
    _refuse(table, "a direction is tilted by degrees about two axes across it", relative=True)
    if table.distribution == "log-normal":
        raise ValueError("a direction is tilted by degrees: a log-normal distribution has no zero")
    base = found[0].name.rpartition(".")[0]
    return [
        Variable(
            f"{base}_{tilt}", table, tuple(found), "tilt", 0.0, -_FULL_TURN_deg, _FULL_TURN_deg
        )
        for tilt in _TILTS
    ]


def _is_choice(place: Place, table: Disperse) -> bool:
    return isinstance(place.own, int) or (table.distribution == "discrete" and not table.relative)


def _choices(table: Disperse, found: list[Place]) -> list[Variable]:
    if table.distribution != "discrete":
        kind = "a whole number" if is_number(found[0].own) else f"{found[0].own!r}"
        raise ValueError(f'is {kind}: use distribution = "discrete" with values')
    return [_value(table, each) for each in found]


def _value(table: Disperse, place: Place) -> Variable:
    centre = _centre_given(table)
    if centre is None:
        centre = place.own if is_number(place.own) and place.own is not None else 0.0
    return Variable(place.name, table, (place,), "value", float(centre), *_bounds(place))


def _bounds(place: Place) -> tuple[float, float]:
    """Return the least and the most that a key takes; next to a bound that it refuses."""
    least = _next_to(place.least, 1.0) if place.open_least else place.least
    most = _next_to(place.most, -1.0) if place.open_most else place.most
    return least, most


def _next_to(bound: float, side: float) -> float:
    return bound + side * (_NEXT * abs(bound) or _LEAST)


def _factor(table: Disperse, group: list[Place]) -> Variable:
    bounds = [sorted(bound / each.own for bound in _bounds(each)) for each in group if each.own]
    name = group[0].name if len(group) == 1 else group[0].name.rpartition(".")[0]
    centre = _centre_given(table)
    return Variable(
        f"{name}_factor",
        table,
        tuple(group),
        "factor",
        1.0 if centre is None else centre,
        max([-math.inf, *(low for low, _ in bounds)]),
        min([math.inf, *(high for _, high in bounds)]),
    )


def _refuse(table: Disperse, words: str, *, relative: bool) -> None:
    if relative and (table.relative or table.common):
        raise ValueError(f"{words}: leave relative and common out")


def _check_own(found: list[Place], words: str) -> None:
    if any(each.own is None for each in found):
        raise ValueError(words)


def _centre_key(table: Disperse) -> str:
    return {"log-normal": "median", "triangular": "peak"}.get(table.distribution, "mean")


def _centre_given(table: Disperse) -> float | None:
    value: float | None = getattr(table, _centre_key(table))
    return value


# ---- what does not fit ---------------------------------------------------------------------------


def _beyond(variable: Variable) -> Iterator[str]:
    """Yield where a distribution leaves what the key allows, or its own order."""
    table = variable.table
    if table.distribution == "discrete":
        yield from _odd_values(variable)
        return
    centre = variable.centre
    if table.distribution != "uniform":
        yield from _outside(variable, _centre_key(table), centre)
    for key in ("min", "max"):
        value = getattr(table, key)
        if value is not None:
            yield from _outside(variable, key, value)
    if table.distribution == "log-normal" and centre <= 0.0:
        yield f"median = {centre:g}: a log-normal distribution is above 0"
    low, high = table.min, table.max
    if table.distribution != "uniform" and not (
        (low is None or low <= centre) and (high is None or centre <= high)
    ):
        yield f"{_centre_key(table)} = {centre:g} is outside of min and max"


def _outside(variable: Variable, key: str, value: float) -> Iterator[str]:
    place = variable.places[0]
    tried = value * place.own if variable.how == "factor" else value
    if variable.how in ("value", "factor") and not place.allows(tried):
        given = f"{key} = {value:g}"
        made = f" makes {tried:g}" if variable.how == "factor" else ""
        yield f"{given}{made}: the key must be {place.allowed_words}"
    elif variable.how == "tilt" and not variable.least <= value <= variable.most:
        yield f"{key} = {value:g}: a tilt is from -180 to 180 degrees"


def _odd_values(variable: Variable) -> Iterator[str]:
    own = variable.places[0].own
    for value in variable.table.values or ():
        if variable.how == "value" and not _of_one_kind(value, own):
            yield f"values: {value!r} is no {_kind(own)}, as the file's own value {own!r} is"
        elif is_number(value):
            yield from _outside(variable, "values", float(value))


def _of_one_kind(value: object, own: object) -> bool:
    if own is None:
        return True
    if isinstance(own, float):
        return is_number(value) and value is not None
    return type(value) is type(own)


def _kind(own: object) -> str:
    return {bool: "true or false", int: "whole number", float: "number", str: "text"}[type(own)]


def _row(name: str, drawn: list[Variable]) -> int:
    for row, each in enumerate(drawn):
        if name == each.name or (len(each.places) == 1 and name == each.places[0].name):
            return row
    of_key = [row for row, each in enumerate(drawn) if each.table.key == name]
    if len(of_key) == 1:
        return of_key[0]
    known = [each.name for row, each in enumerate(drawn) if row in of_key or not of_key]
    words = "has several components: name one of" if of_key else "is not dispersed; dispersed are"
    raise ValueError(f'"{name}" {words} {", ".join(known) or "none"}')


def _not_positive(tables: tuple[Correlation, ...], matrix: np.ndarray) -> str:
    given = ", ".join(f"{each.coefficient:g} of {' and '.join(each.of)}" for each in tables)
    least = float(np.linalg.eigvalsh(matrix)[0])
    return (
        f"no numbers can be correlated like this together (their matrix is not positive definite, "
        f"its least eigenvalue is {least:.3g}): {given}; lower a coefficient"
    )


def _is_axis(drawn: list[Variable], name: str) -> bool:
    """Whether a place is one of a direction, which two tilts set, of one table."""
    tables = {id(each.table) for each in drawn if any(place.name == name for place in each.places)}
    return len(tables) == 1

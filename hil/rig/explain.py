"""Validation errors as sentences: table, key, value, and what would be right."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from hil.judge.fleet import FLEET_KINDS
from hil.judge.requirements import KINDS
from hil.physics.targets import TARGET_KINDS
from hil.rig.examine import Location
from hil.rig.suggest import suggestion

_LONGEST_VALUE = 60
_TAGGED = (KINDS, FLEET_KINDS, TARGET_KINDS)

_WORDS: dict[str, str | Callable[[dict[str, Any]], str]] = {
    "missing": "is missing",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_type": "must be text in quotes",
    "string_too_short": "must not be empty",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list in brackets",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "finite_number": "must be a finite number",
    "datetime_type": "must be a date and time, such as 2025-12-13T04:00:00Z",
    "datetime_parsing": "must be a date and time, such as 2025-12-13T04:00:00Z",
    "datetime_from_date_parsing": "must be a date and time, such as 2025-12-13T04:00:00Z",
    "timezone_aware": "must say its time zone: end it with Z for UTC",
    "greater_than": lambda c: f"must be greater than {c['gt']:g}",
    "greater_than_equal": lambda c: f"must be at least {c['ge']:g}",
    "less_than": lambda c: f"must be less than {c['lt']:g}",
    "less_than_equal": lambda c: f"must be at most {c['le']:g}",
    "literal_error": lambda c: f"must be {c['expected']}",
    "too_long": lambda c: f"must have at most {c['max_length']} entries, not {c['actual_length']}",
    "value_error": lambda c: str(c["error"]),
}

_CURES = {  # key -> what to do where a sign or a size was meant to say it
    "dipole_gain": "of a rod the other way round turn axis_body, and give drive_axis_body",
    "torque_gain": "of a wheel the other way round turn axis_body",
}


def sentences(
    errors: Iterable[ErrorDetails], data: dict[str, Any], model: type[BaseModel]
) -> list[str]:
    """Return a sentence an error, or each thing that one is about, without the file's name."""
    return [line for error in errors for line in _lines(error, _sentence(error, data, model))]


def _lines(error: ErrorDetails, sentence: str) -> list[str]:
    """Begin every line of a sentence about several things as its first begins."""
    first, *more = sentence.splitlines()
    said = str(error.get("ctx", {}).get("error", "")).splitlines()
    before = first.removesuffix(said[0]) if more and said else ""
    return [first, *(before + line for line in more)]


def _sentence(error: ErrorDetails, data: dict[str, Any], model: type[BaseModel]) -> str:
    table, key = _place(error["loc"], data)
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        word, known = str(error["loc"][-1]), _keys(error["loc"][:-1], model)
        what = "key" if key else "table"
        hint = _of_another_kind(word, error["loc"]) or suggestion(word, known, f"valid {what}s:")
        return f"{_heading(table, key)}: unknown {what}; {hint}"
    words = _WORDS.get(kind, error["msg"][:1].lower() + error["msg"][1:])
    text = words if isinstance(words, str) else words(context)
    if kind == "missing":
        return f"{_heading(table, key)} {text}"
    if kind in ("tuple_type", "model_type") and isinstance(error["input"], dict | list):
        return _brackets(str(error["loc"][-1]), one=kind == "model_type")
    if not key or isinstance(error["input"], dict):
        return f"{_heading(table, key)}: {text}".removeprefix(": ")
    cure = f"; {_CURES[key]}" if key in _CURES else ""
    return f"{_heading(table, key)} = {_value(error['input'])}: {text}{cure}"


def _heading(table: str, key: str) -> str:
    return f"{table} {key}".strip()


def _brackets(table: str, one: bool) -> str:
    if one:
        return f"[[{table}]]: there is one only: write [{table}]"
    return f"[{table}]: there may be several: write [[{table}]]"


def _value(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "..."


def _place(loc: Location, data: Any) -> tuple[str, str]:
    """Return the table, as its heading in the file, and the key that an error is about."""
    table, key = "", ""
    for part in loc:
        if any(part in kinds for kinds in _TAGGED):
            continue  # which kind of requirement or target was meant is no part of the file
        inside = _inside(data, part)
        if isinstance(inside, dict) and isinstance(part, int):
            table, key = f"[[{key}]] {_name(inside, part)}", ""
        elif isinstance(inside, dict):
            table, key = f"[{part}]", ""
        else:
            key += f"[{part}]" if isinstance(part, int) else str(part)
        data = inside
    return table, key


def _inside(data: Any, part: str | int) -> Any:
    try:
        return data[part]
    except (KeyError, IndexError, TypeError):
        return None


def _name(table: dict[str, Any], number: int) -> str:
    name = table.get("name")
    return f'"{name}"' if isinstance(name, str) and name else f"number {number + 1}"


def _keys(loc: Location, model: type[BaseModel]) -> list[str]:
    """Return the keys of the table that a location leads to."""
    if (tagged := _tagged(loc)) is not None:
        fields = (key for kind in tagged[1].values() for key in kind.model_fields)
        return list(dict.fromkeys(fields))
    for part in loc:
        if isinstance(part, str):
            model = model_at(model, part)
    return list(model.model_fields)


def _of_another_kind(word: str, loc: Location) -> str:
    """Return which kind of requirement or target has a key that this one lacks, if one does."""
    own, kinds = _tagged(loc) or ("", {})
    other = next((kind for kind, table in kinds.items() if word in table.model_fields), None)
    return f"{own} has none, {other} has" if other is not None else ""


def _tagged(loc: Location) -> tuple[str, Mapping[str, type[BaseModel]]] | None:
    """Return which kind of requirement or target a location is in, and all kinds of its sort."""
    return next(((str(part), kinds) for part in loc for kinds in _TAGGED if part in kinds), None)


def model_at(model: type[BaseModel], key: str) -> type[BaseModel]:
    """Return the model of the table under a key, or the model itself if there is no table there."""
    field = model.model_fields.get(key)
    return (_model_in(field.annotation) if field else None) or model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(argument) for argument in get_args(annotation))
    return next((model for model in found if model is not None), None)

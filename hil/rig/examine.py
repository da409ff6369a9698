"""A table looked at to its end: all of its mistakes, and what is right in it.

pydantic alone tells of rules between the keys of a table only when each key is right by itself.
Here a table that is not right as a whole is looked at key by key: each is validated alone, and
every rule is tried on the keys that are right.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from functools import cache
from typing import Any, Final, NamedTuple, cast, get_args

from pydantic import BaseModel, Discriminator, Tag, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from hil.rig.suggest import closest

Location = tuple[str | int, ...]
_ABSENT: Final = object()


class Examined(NamedTuple):
    """A table's mistakes, and an instance of its model without the keys that are wrong.

    Asking such an instance for a key that is wrong, or missing, raises AttributeError.
    whole: whether the model itself found nothing wrong.
    """

    found: BaseModel
    errors: list[ErrorDetails]
    whole: bool = False


def examine(
    model: type[BaseModel],
    data: dict[str, Any],
    loc: Location = (),
    uncertain: frozenset[Location] = frozenset(),
) -> Examined:
    """Return what is right and what is wrong in a table.

    uncertain: tables of which other keys, in a file that cannot be read, are not known.
    """
    if not any(at[: len(loc)] == loc for at in uncertain):
        with suppress(ValidationError):
            return Examined(_read(model, data), [], whole=True)
    odd = [key for key in data if key not in model.model_fields]
    values: dict[str, Any] = {}
    unknown: set[str] = set()
    errors: list[ErrorDetails] = []
    for name, field in model.model_fields.items():
        if name in data:
            value, wrong = _field(model, name, data[name], (*loc, name), uncertain)
            errors += wrong
            values |= {} if value is _ABSENT else {name: value}
            unknown |= {name} if value is _ABSENT else set()
        elif loc in uncertain or any(closest(key, [name]) for key in odd):
            unknown.add(name)  # it may be there under a wrong name
        elif field.is_required() and not odd:
            errors.append(_error("missing", (*loc, name), data))
    part = model.model_construct(**values)
    for name in unknown:
        part.__dict__.pop(name, None)
    errors += [_error("extra_forbidden", (*loc, key), data[key]) for key in odd]
    return Examined(part, errors + list(_broken_rules(model, part, data, loc)))


def _read(model: type[BaseModel], data: dict[str, Any]) -> BaseModel:
    # As JSON, so that strictness takes a list for a vector but no "600" for 600.
    return model.model_validate_json(json.dumps(data, default=str), strict=True)


def _field(
    model: type[BaseModel], name: str, value: Any, loc: Location, uncertain: frozenset[Location]
) -> tuple[Any, list[ErrorDetails]]:
    """A key's value, and what is wrong with it."""
    field = model.model_fields[name]
    if isinstance(value, dict) and (inner := _table(field.annotation, value)) is not None:
        looked = examine(inner[0], value, loc, uncertain)
        return looked.found, looked.errors
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        models = [_table_in_list(field, each) for each in value]
        if None not in models:
            tables = cast(list[tuple[type[BaseModel], Location]], models)
            return _tables(model, name, value, tables, loc, uncertain)
    try:
        alone = _read(_alone(model, name), {name: value})
    except ValidationError as error:
        return _ABSENT, [
            {**each, "loc": (*loc, *each["loc"][1:])} for each in error.errors(include_url=False)
        ]
    return getattr(alone, name), []


def _tables(
    model: type[BaseModel],
    name: str,
    value: list[Any],
    tables: list[tuple[type[BaseModel], Location]],
    loc: Location,
    uncertain: frozenset[Location],
) -> tuple[Any, list[ErrorDetails]]:
    looked = [
        examine(inner, each, (*loc, number, *tag), uncertain)
        for number, ((inner, tag), each) in enumerate(zip(tables, value, strict=True))
    ]
    errors = [error for each in looked for error in each.errors]
    most = [m.max_length for m in model.model_fields[name].metadata if hasattr(m, "max_length")]
    if most and len(value) > most[0]:
        context = {"max_length": most[0], "actual_length": len(value)}
        errors.append(_error("too_long", loc, value, context))
    return tuple(each.found for each in looked), errors


@cache
def _alone(model: type[BaseModel], name: str) -> type[BaseModel]:
    """A model with this one key."""
    field = model.model_fields[name]
    made: type[BaseModel] = create_model(
        model.__name__, __config__=model.model_config, **{name: (field.annotation, copy(field))}
    )  # type: ignore[call-overload]
    return made


def _broken_rules(
    model: type[BaseModel], part: BaseModel, data: Any, loc: Location
) -> Iterator[ErrorDetails]:
    """Yield what each rule between keys says, as far as the keys that it needs are right."""
    rules = model.__pydantic_decorators__.model_validators.values()
    for rule in (each for each in rules if each.info.mode == "after"):
        try:
            getattr(part, rule.cls_var_name)()
        except (AttributeError, TypeError, ArithmeticError):
            continue  # it needs a key that is wrong, or a rule before it that is broken
        except ValueError as error:
            yield _error("value_error", loc, data, {"error": error})


def _table(annotation: Any, value: dict[str, Any]) -> tuple[type[BaseModel], Location] | None:
    """The model, and how pydantic marks it in an error's place, of a table in the file."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ()
    discriminators = [m for m in get_args(annotation)[1:] if isinstance(m, Discriminator)]
    if discriminators:
        return _tagged(annotation, discriminators[0], value)
    if getattr(annotation, "__origin__", None) is tuple:
        return None
    found = (_table(each, value) for each in get_args(annotation))
    return next((each for each in found if each is not None), None)


def _table_in_list(
    field: FieldInfo, value: dict[str, Any]
) -> tuple[type[BaseModel], Location] | None:
    annotation = field.annotation
    if getattr(annotation, "__origin__", None) is not tuple or len(get_args(annotation)) != 2:
        return None
    inner, rest = get_args(annotation)
    return _table(inner, value) if rest is Ellipsis else None


def _tagged(
    annotation: Any, discriminator: Discriminator, value: dict[str, Any]
) -> tuple[type[BaseModel], Location] | None:
    assert callable(discriminator.discriminator)
    tag = discriminator.discriminator(value)
    for member in get_args(get_args(annotation)[0]):
        model, *marks = get_args(member)
        if any(isinstance(mark, Tag) and mark.tag == tag for mark in marks):
            return model, (str(tag),)
    return None


def _error(
    kind: str, loc: Location, given: Any, context: dict[str, Any] | None = None
) -> ErrorDetails:
    return {"type": kind, "loc": loc, "msg": kind, "input": given, "ctx": context or {}}

"""What the tables of every TOML file are made of: the base model and the checked numbers."""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

Vector = tuple[float, float, float]


class Model(BaseModel):
    """A table of a TOML file: unknown keys are errors, values do not change.

    What a key means is told in a string below its field, see ``meanings``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Put what keys mean into a JSON schema."""
        made = handler(core_schema)
        keys = handler.resolve_ref_schema(made).get("properties", {})
        for key, text in meanings(cls).items():
            keys.get(key, {}).setdefault("description", text)
        return made


def meanings(model: type[BaseModel]) -> dict[str, str]:
    """Return what each key of a model means, from the strings below its fields.

    They are read when they are asked for: pydantic's use_attribute_docstrings reads all sources at
    each start, a quarter of a second.
    """
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if issubclass(each, Model) and each is not Model:
            found |= _strings_below(each)
    return {key: text for key, text in found.items() if key in model.model_fields}


def _strings_below(model: type[Model]) -> dict[str, str]:
    try:
        [body] = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    except OSError:  # made where there is no file
        return {}
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, below in pairwise(body.body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            text = getattr(getattr(below, "value", None), "value", None)
            if isinstance(below, ast.Expr) and isinstance(text, str):
                found[field.target.id] = inspect.cleandoc(text)
    return found


def _unit_length(axis: Vector) -> Vector:
    with np.errstate(over="ignore"):  # a huge axis is refused below, in words
        length = float(np.linalg.norm(axis))
    if abs(length - 1.0) > 1e-6:
        hint = "a zero axis has no direction" if length == 0.0 else _suggested(axis)
        raise ValueError(f"{list(axis)} has length {length:.6g}, not 1: {hint}")
    return (axis[0] / length, axis[1] / length, axis[2] / length)


def _suggested(axis: Vector) -> str:
    largest = max(abs(component) for component in axis)
    unit = np.array(axis) / largest
    unit /= np.linalg.norm(unit)
    return f"write {[round(float(component), 9) for component in unit]}"


Axis = Annotated[Vector, AfterValidator(_unit_length)]
Positive = Annotated[float, Field(gt=0.0)]
NonNegative = Annotated[float, Field(ge=0.0)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]  # what tables of cases hold
Fraction = Annotated[float, Field(ge=0.0, le=1.0)]

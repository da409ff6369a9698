"""What the tables of every TOML file are made of: the base model and the checked numbers."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Vector = tuple[float, float, float]


class Model(BaseModel):
    """A table of a TOML file: unknown keys are errors, values do not change.

    What a key means is told in a string below its field.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


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

"""What numbers a rig's key allows, after the annotations of its field."""

from __future__ import annotations

import math
from typing import Annotated, Any, get_args, get_origin

from hil.config import Axis
from hil.flight.parameters import PARAMETERS
from hil.rig.model import Rig

Location = tuple[str | int, ...]
PARAMETER_OF = {parameter.name: parameter for parameter in PARAMETERS}
"""The flight software's parameters by name."""


def limits_at(rig: Rig, path: Location) -> tuple[float, float, bool, bool, bool]:
    """Return least and most, whether each itself is none of them, and whether it is an axis."""
    table: Any = rig
    for step in path[:-1]:
        table = table[step] if isinstance(step, int) else getattr(table, step)
    if isinstance(table, dict):
        parameter = PARAMETER_OF[str(path[-1])]
        return parameter.minimum, parameter.maximum, False, False, False
    field = type(table).model_fields[path[-1]]
    bounds = _Bounds()
    bounds.take(
        Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    )
    return bounds.least, bounds.most, bounds.open_least, bounds.open_most, bounds.axis


class _Bounds:
    """Gathers what the annotations of a key, and of what is inside of it, say of numbers."""

    def __init__(self) -> None:
        self.least, self.most = -math.inf, math.inf
        self.open_least = self.open_most = self.axis = False

    def take(self, annotation: Any) -> None:
        """Take an annotation with all that is inside of it."""
        if get_origin(annotation) is Annotated:
            inner, *marks = get_args(annotation)
            self.axis |= any(mark in Axis.__metadata__ for mark in marks)  # type: ignore[attr-defined]
            for mark in marks:
                for each in [mark, *getattr(mark, "metadata", ())]:
                    self._take_mark(each)
            self.take(inner)
        else:
            for inner in get_args(annotation):
                self.take(inner)

    def _take_mark(self, mark: Any) -> None:
        for word, is_open in (("ge", False), ("gt", True)):
            bound = getattr(mark, word, None)
            if isinstance(bound, int | float) and bound >= self.least:
                self.least, self.open_least = float(bound), is_open
        for word, is_open in (("le", False), ("lt", True)):
            bound = getattr(mark, word, None)
            if isinstance(bound, int | float) and bound <= self.most:
                self.most, self.open_most = float(bound), is_open

"""The keys of a rig's tables as a page of its documentation, made from the models that read them.

``python -m hil.report.keys`` writes the page anew; what a key means stands below it in its model.
"""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hil.physics.environment import Environment
from hil.physics.spacecraft import Body
from hil.rig.spacecraft import Spacecraft

_PAGE = Path(__file__).parents[2] / "docs" / "keys.md"
_BEGIN = """\
# Keys of `[environment]` and of a spacecraft's file

What stands here is made from the models that read a rig (`python -m hil.report.keys`). The other
tables of a rig are in [rig_files.md](rig_files.md), what the devices do is in
[devices.md](devices.md). A key without a default must be given; one whose default is "none" may be
left out. `_body`: in body axes.
"""
_UNITS = {  # ending of a key -> its unit; the longest ending counts
    "_deg_sqrt_h": "deg/sqrt(h)", "_deg_h_sqrt_h": "deg/h/sqrt(h)", "_deg_h": "deg/h",
    "_deg_s": "deg/s", "_deg": "deg", "_arcsec": "arcsec", "_mrad": "mrad", "_rad_s": "rad/s",
    "_ppm": "ppm", "_hz": "Hz", "_s": "s", "_m": "m", "_m2": "m2", "_m_s": "m/s",
    "_nT": "nT", "_nT_per_A_m2": "nT/(A m2)", "_A_m2": "A m2", "_adc": "counts", "_K": "K",
    "_N": "N", "_Nm": "Nm", "_Nm_s": "Nm s", "_kg": "kg", "_kg_m": "kg m", "_kg_m2": "kg m2",
    "_sqrt_kg_m": "sqrt(kg) m",
}  # fmt: skip


def page() -> str:
    """Return the page: a table of keys for the environment and for each table of a spacecraft."""
    return "\n".join([_BEGIN, *("\n".join(_table(*each)) for each in tables().items())])


def tables() -> dict[str, type[BaseModel]]:
    """Return the tables of the page by their headings."""
    return {"[environment]": Environment, "[body]": Body, **dict(_several())}


def meanings(model: type[BaseModel]) -> dict[str, str]:
    """Return what each key of a model means: the text below the field, its bases' keys first."""
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if issubclass(kind, BaseModel) and kind is not BaseModel:
            found |= _own_meanings(kind)
    return found


def _own_meanings(model: type[BaseModel]) -> dict[str, str]:
    [table] = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(table, ast.ClassDef)
    found = {}
    for field, text in zip(table.body, table.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            said = text.value if isinstance(text, ast.Expr) else None
            words = said.value if isinstance(said, ast.Constant) else ""
            found[field.target.id] = " ".join(str(words).split())
    return found


def _several() -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the tables of a spacecraft's file of which there may be several."""
    for name, field in Spacecraft.model_fields.items():
        inside = get_args(field.annotation)
        if get_origin(field.annotation) is tuple and issubclass(inside[0], BaseModel):
            yield f"[[{name}]]", inside[0]


def _table(heading: str, model: type[BaseModel]) -> Iterator[str]:
    yield f"## `{heading}`\n"
    yield f"{' '.join((model.__doc__ or '').split())}\n"
    yield f"{' '.join((model.__doc__ or '').split())}\n"
    yield "| key | unit | default | meaning |"
    yield "|---|---|---|---|"
    told = meanings(model)
    for key, field in model.model_fields.items():
        yield f"| `{key}` | {_unit(key)} | {_default(field)} | {told[key]}{_choice(field)} |"
    yield ""


def _unit(key: str) -> str:
    ends = [end for end in _UNITS if key.endswith(end)]
    return _UNITS[max(ends, key=len)] if ends else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return ""
    value: Any = field.default
    return "none" if value is None else f"`{json.dumps(value)}`"


def _choice(field: FieldInfo) -> str:
    if get_origin(field.annotation) is not Literal:
        return ""
    return f" One of {', '.join(f'`{json.dumps(each)}`' for each in get_args(field.annotation))}."


if __name__ == "__main__":
    _PAGE.write_text(page())

"""JSON Schemas of rigs' and spacecraft's files, for editors that complete and check TOML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hil.rig.model import Rig
from hil.rig.spacecraft import Spacecraft

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_A_FILE = {"type": "string", "minLength": 1}
Schema = dict[str, Any]


def rig_schema() -> Schema:
    """Return the schema of a rig's file: its keys, types and ranges; not what goes beyond a key."""
    schema = Rig.model_json_schema()
    schema["properties"]["spacecraft"] = {
        **_A_FILE, "description": "The spacecraft's file, relative to this one."
    }  # fmt: skip
    schema["$defs"]["InitialOrbit"]["properties"]["omm"] = {
        **_A_FILE, "description": "An orbit message's file, relative to this one."
    }  # fmt: skip
    _discard_unused(schema)
    return {"$schema": _DIALECT, **schema}


def spacecraft_schema() -> Schema:
    """Return the schema of a spacecraft's file; what a table lacks, its part may have."""
    schema = Spacecraft.model_json_schema()
    for heading in Spacecraft.model_fields:
        items = schema["properties"][heading].get("items", {})
        name = items.get("$ref", "").rpartition("/")[2]
        if name:
            table = schema["$defs"][name]
            table["properties"]["part"] = {
                **_A_FILE, "description": "A part's file: keys of it that this table lacks."
            }  # fmt: skip
            table.pop("required", None)
    return {"$schema": _DIALECT, **schema}


SCHEMAS: dict[str, Callable[[], Schema]] = {"rig": rig_schema, "spacecraft": spacecraft_schema}


def _discard_unused(schema: Schema) -> None:
    """Take out the definitions that nothing refers to any more."""
    kept: set[str] = set()
    waiting = [schema["properties"]]
    while waiting:
        names = set(_references(waiting.pop())) - kept
        kept |= names
        waiting += [schema["$defs"][name] for name in names]
    schema["$defs"] = {name: each for name, each in schema["$defs"].items() if name in kept}


def _references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [name for each in value for name in _references(each)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"].rpartition("/")[2]] if isinstance(value.get("$ref"), str) else []
    return own + [name for each in value.values() for name in _references(each)]

"""Orbit Mean-Elements Messages (CCSDS 502.0-B-3) as files: XML, KVN, JSON or CSV.

CSV is read by sgp4's own reader; JSON is a table, or a list of one, of the same keywords.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring

from sgp4 import omm

from hil.errors import RigError
from hil.physics.omm import OrbitMessage
from hil.rig.examine import examine
from hil.rig.explain import sentences

_ONLY = {  # what sgp4 propagates
    "CENTER_NAME": ("EARTH",),
    "REF_FRAME": ("TEME",),
    "TIME_SYSTEM": ("UTC",),
    "MEAN_ELEMENT_THEORY": ("SGP4", "SGP/SGP4", "TLE"),
    "EPHEMERIS_TYPE": ("0", "1", "2", "3"),  # 4 is SGP4-XP, whose drag is another
}
_NUMBERS = [
    key for key, field in OrbitMessage.model_fields.items() if key not in ("OBJECT_NAME", "EPOCH")
]
_FORMS = ("%Y-%jT%H:%M:%S.%f", "%Y-%jT%H:%M:%S")


def orbit_elements(path: Path, text: str) -> dict[str, Any]:
    """Return what sgp4 takes of a message's text, as a table of OrbitMessage.

    Raises RigError, a sentence for each thing wrong, for a text that is no message of one
    satellite about the Earth.
    """
    fields = _only_one(path, _messages(path, text))
    wrong = [
        f"{key} = {fields[key]}: must be {allowed[0]}, which sgp4 takes"
        for key, allowed in _ONLY.items()
        if _given(fields, key) and str(fields[key]).strip().upper() not in allowed
    ]
    table = {
        key: _typed(key, fields[key]) for key in OrbitMessage.model_fields if _given(fields, key)
    }
    wrong += sentences(examine(OrbitMessage, table).errors, table, OrbitMessage)
    if wrong:
        raise RigError("\n".join(f"{path}: {words}" for words in wrong))
    return table


def _given(fields: dict[str, Any], key: str) -> bool:
    """Whether a keyword has a value: 0, which JSON holds as a number, is one."""
    return fields.get(key) not in (None, "")


def _messages(path: Path, text: str) -> list[dict[str, Any]]:
    start = text.lstrip()[:1]
    try:
        if start == "<":
            if "<!" in text.replace("<!--", ""):
                raise RigError(f"{path}: has a DOCTYPE, which no orbit message needs")
            return _xml(path, text)
        if start in ("{", "["):
            found = json.loads(text)
            return found if isinstance(found, list) else [found]
    except (ParseError, ValueError, RecursionError) as error:
        kind = "XML" if start == "<" else "JSON"
        raise RigError(f"{path}: is not an orbit message in {kind}: {error}") from None
    if not start:
        raise RigError(f"{path}: is empty: there must be an orbit message")
    first = text.lstrip().partition("\n")[0]
    if "=" in first or "," not in first:
        return [_kvn(path, text)]
    try:
        return list(omm.parse_csv(io.StringIO(text)))
    except csv.Error as error:
        raise RigError(f"{path}: is not an orbit message in CSV: {error}") from None


def _xml(path: Path, text: str) -> list[dict[str, Any]]:
    """What stands in the elements that hold no other (section 8.8), by their names."""
    whole = fromstring(text)
    messages = [each for each in whole.iter() if _name(each) == "omm"]
    found = []
    for message in messages or [whole]:
        leaves = [each for each in message.iter() if not len(each)]
        found.append(_each_once(path, ((_name(each), each.text or "") for each in leaves)))
    return found


def _name(element: Element) -> str:
    """Without its namespace."""
    return element.tag.rpartition("}")[2]


def _kvn(path: Path, text: str) -> dict[str, Any]:
    """Keyword = value, with a unit in brackets after some (section 7.4)."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return _each_once(
        path,
        ((key.strip(), re.sub(r"\s*\[[^]]*\]$", "", value.strip())) for key, _, value in pairs),
    )


def _each_once(path: Path, pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A message's keywords; RigError when one that counts is there twice, as in two messages."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found and key in OrbitMessage.model_fields:
            raise RigError(f"{path}: {key} is there twice: there must be one orbit message")
        found[key] = value
    return found


def _only_one(path: Path, messages: list[dict[str, Any]]) -> dict[str, Any]:
    if len(messages) != 1 or not isinstance(messages[0], dict):
        raise RigError(f"{path}: holds {len(messages)} orbit messages: there must be one")
    if not any(key in messages[0] for key in OrbitMessage.model_fields):
        raise RigError(
            f"{path}: is not an orbit message: it has none of its keywords, such as EPOCH"
        )
    return messages[0]


def _typed(key: str, value: Any) -> Any:
    """Text as what its keyword holds; what cannot be that is left for the model to refuse."""
    text = str(value).strip()
    if key in _NUMBERS and re.fullmatch(
        r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", text, re.ASCII
    ):
        return int(text) if key == "NORAD_CAT_ID" and text.isdigit() else float(text)
    return _date(text) if key == "EPOCH" else text


def _date(text: str) -> str:
    """An epoch in UTC as pydantic reads it, the day given as month and day or of the year."""
    for form in _FORMS:
        try:
            return datetime.strptime(text.rstrip("Z"), form).replace(tzinfo=UTC).isoformat()
        except ValueError:
            continue
    return text if text.endswith("Z") else f"{text}Z"

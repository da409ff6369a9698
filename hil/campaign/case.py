"""One run of a campaign as a rig of its own: its file, its spacecraft's, and what they refer to."""

from __future__ import annotations

import math
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tomli_w

from hil.physics.rotations import apply, from_rotation_vector
from hil.rig import Rig, Source, rig_of_tables
from hil.rig.disperse import Variable
from hil.rig.keypath import Place
from hil.rig.parts import with_parts
from hil.rig.reading import parsed

_SPACECRAFT, _INPUTS = "spacecraft", "inputs"
_OF_CAMPAIGN = ("disperse", "correlation", "sampling")
_DIGITS = 4
Tables = dict[str, Any]


class Tabled(NamedTuple):
    """A rig's files as tables with everything that is not dispersed in place.

    inputs: files that the rig refers to, by the names that its cases know them by.
    """

    rig: Tables
    spacecraft: Tables
    inputs: Mapping[str, bytes]
    source: Source


class Drawn(NamedTuple):
    """What is special in one run: its number from 1, its seed, and what was drawn, by name.

    attempt: how often it was drawn anew, because the values before made no rig.
    """

    number: int
    seed: int
    values: dict[str, Any]
    attempt: int = 0


class Files(NamedTuple):
    """The files of one run as they will lie in the campaign's folder, and what they say."""

    source: Source
    rig: Tables
    spacecraft: Tables

    @property
    def made(self) -> Rig | list[str]:
        """The rig that they describe; or a sentence for each thing that is wrong with it."""
        return rig_of_tables(self.source, self.rig, self.spacecraft)


class Template(NamedTuple):
    """What all runs of a campaign have in common, and which variables differ."""

    rig: Rig
    base: Tabled
    folder: Path
    variables: Sequence[Variable]

    @property
    def packed(self) -> bytes:
        """All of it as octets, for workers: they read it once."""
        return pickle.dumps(self)


def stem_of(number: int) -> str:
    """Return what the files of a run are called."""
    return f"{number:0{_DIGITS}d}"


def tabled(rig: Rig) -> Tabled:
    """Return a rig's files as tables, parts put into the spacecraft's."""
    source = rig.source
    tables = {**parsed(source.path, source.text), **source.overrides}
    for heading in _OF_CAMPAIGN:
        tables.pop(heading, None)
    craft = parsed(source.spacecraft_path, source.spacecraft_text)
    parts = {name: parsed(source.spacecraft_path, text) for name, text in source.parts.items()}
    inputs = {}
    orbit, obc = tables.get("orbit", {}), tables.get("obc", {})
    if source.orbit_text:
        name = Path(orbit["omm"]).name
        inputs[name] = source.orbit_text.encode()
        tables["orbit"] = {**orbit, "omm": f"../{_INPUTS}/{name}"}
    if replayed := obc.get("latency", {}).get("from_recording"):
        path = source.path.parent / replayed
        inputs[path.name] = path.read_bytes()
        latency = {**obc["latency"], "from_recording": f"../{_INPUTS}/{path.name}"}
        tables["obc"] = {**obc, "latency": latency}
    return Tabled(tables, with_parts(craft, parts), inputs, source)


def files_of(template: Template, drawn: Drawn) -> Files:
    """Return the files of one run of a campaign as they will lie in its folder."""
    rig, base, folder, variables = template
    stem = stem_of(drawn.number)
    own, spacecraft = pickle.loads(pickle.dumps((base.rig, base.spacecraft)))  # a deep copy, fast
    tables = {**own, "seed": drawn.seed, _SPACECRAFT: spacecraft}
    for place, value in _set(variables, drawn.values):
        _put(rig, tables, place, value)
    craft = tables.pop(_SPACECRAFT)
    tables[_SPACECRAFT] = f"{stem}.spacecraft.toml"
    where = folder / "cases"
    source = replace(
        base.source,
        path=where / f"{stem}.toml",
        text=_text(tables, base.source.path, drawn.number),
        spacecraft_path=where / f"{stem}.spacecraft.toml",
        spacecraft_text=tomli_w.dumps(craft),
        parts={},
        overrides={},
    )
    return Files(source, tables, craft)


def write_case(source: Source) -> None:
    """Write the files of one run."""
    source.path.parent.mkdir(parents=True, exist_ok=True)
    source.path.write_text(source.text)
    source.spacecraft_path.write_text(source.spacecraft_text)


def write_inputs(folder: Path, base: Tabled) -> None:
    """Write the files that all runs refer to."""
    (folder / "cases").mkdir(parents=True, exist_ok=True)  # they are named from there
    for name, octets in base.inputs.items():
        (folder / _INPUTS).mkdir(parents=True, exist_ok=True)
        (folder / _INPUTS / name).write_bytes(octets)


def _text(tables: Tables, origin: Path, number: int) -> str:
    first = {key: tables[key] for key in ("title", _SPACECRAFT, "seed") if key in tables}
    return (
        f"# Case {number} of a campaign of {origin.name}.\n\n{tomli_w.dumps({**first, **tables})}"
    )


# ---- values into tables --------------------------------------------------------------------------


def _set(drawn: Sequence[Variable], values: Mapping[str, Any]) -> list[tuple[Place, Any]]:
    """Return what each place of the rig is set to."""
    found: list[tuple[Place, Any]] = []
    tilts: dict[tuple[Any, ...], list[float]] = {}
    for each in drawn:
        value = values[each.name]
        if each.how == "tilt":
            tilts.setdefault(each.places, []).append(math.radians(value))
            continue
        for place in each.places:
            found.append((place, _made(each.how, place.own, value)))
    for places, turns in tilts.items():
        tilted = _tilted([place.own for place in places], turns)
        found += zip(places, tilted, strict=True)
    return found


def _made(how: str, own: Any, value: Any) -> Any:
    if how == "factor":
        return own * value
    if how == "seconds":
        assert isinstance(own, datetime)
        return own + timedelta(microseconds=round(1e6 * value))
    return float(value) if isinstance(own, float) else value


def _tilted(axis: Sequence[float], turns_rad: Sequence[float]) -> list[float]:
    """Return a direction turned about two axes across it."""
    along = np.array(axis)
    first = np.cross(along, np.eye(3)[np.argmin(np.abs(along))])
    first /= np.linalg.norm(first)
    second = np.cross(along, first)
    turned = apply(from_rotation_vector(turns_rad[0] * first + turns_rad[1] * second), along)
    return [float(each) for each in turned / np.linalg.norm(turned)]


def _put(rig: Rig, tables: Tables, place: Place, value: Any) -> None:
    """Put a value into tables; what the file leaves to a default is put there whole."""
    table: Any = tables
    for step in place.path[:-1]:
        table = table[step] if isinstance(step, int) else table.setdefault(step, {})
    key = place.path[-1]
    if not place.component:
        table[key] = value
        return
    if key not in table:
        table[key] = _listed(_value_at(rig, place.path))
    _put_inside(table[key], place.component, value)
    if place.symmetric:
        _put_inside(table[key], place.component[::-1], value)


def _put_inside(listed: Any, component: tuple[int, ...], value: Any) -> None:
    for number in component[:-1]:
        listed = listed[number]
    listed[component[-1]] = value


def _value_at(rig: Rig, path: tuple[str | int, ...]) -> Any:
    table: Any = rig
    for step in path:
        table = table[step] if isinstance(step, int) else getattr(table, step)
    return table


def _listed(value: Any) -> Any:
    return [_listed(each) for each in value] if isinstance(value, tuple) else value

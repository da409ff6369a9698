"""The command that prints the keys of a rig's tables, as the page docs/keys.md has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import click

from hil.cli.console import say
from hil.errors import RigError

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from hil.devices.kinds import SensorKind
    from hil.devices.registry import Registry

_PAGE = Path(__file__).parents[2] / "docs" / "keys.md"
_BEGIN = """\
# Keys of `[environment]` and of a spacecraft's file

`hil keys` prints this page, with the devices of installed packages too. The other tables of a rig
are in [rig_files.md](rig_files.md), the devices' models in [devices.md](devices.md). A key
without a default must be given; one whose default is "none" may be left out. `_body`: in body axes.
"""
_UNITS = {  # ending of a key -> its unit; the longest ending counts
    "_deg_sqrt_h": "deg/sqrt(h)", "_deg_h_sqrt_h": "deg/h/sqrt(h)", "_deg_h": "deg/h",
    "_deg_s": "deg/s", "_deg": "deg", "_arcsec": "arcsec", "_mrad": "mrad", "_rad_s": "rad/s",
    "_ppm": "ppm", "_hz": "Hz", "_s": "s", "_m": "m", "_m2": "m2", "_m_s": "m/s",
    "_nT": "nT", "_nT_per_A_m2": "nT/(A m2)", "_A_m2": "A m2", "_adc": "counts", "_K": "K",
    "_N": "N", "_Nm": "Nm", "_Nm_s": "Nm s", "_kg": "kg", "_kg_m": "kg m", "_kg_m2": "kg m2",
    "_sqrt_kg_m": "sqrt(kg) m",
}  # fmt: skip


@click.command()
@click.option("--write", is_flag=True, help="Regenerate the committed page.")
def keys(write: bool) -> None:
    """Print the keys of [environment] and of a spacecraft's tables.

    Each comes with its unit, default and meaning.
    """
    from hil.devices.registry import built_in, registry

    if not write:
        click.echo(page(registry()), nl=False)
    elif _PAGE.exists():
        _PAGE.write_text(page(built_in()))
        say(f"wrote {_PAGE}")
    else:
        raise RigError(f"--write needs a checkout: there is no {_PAGE}")


def page(kinds: Registry) -> str:
    """Return the page: a table of keys for the environment and for each table of a spacecraft."""
    parts = ["\n".join(_table(*each, kinds)) for each in tables(kinds).items()]
    return "\n".join([_BEGIN, *parts])


def tables(kinds: Registry) -> dict[str, type[BaseModel]]:
    """Return the tables of the page by their headings; of devices only these kinds'."""
    from hil.rig import Rig, Spacecraft

    fields = {"environment": Rig.model_fields, "body": Spacecraft.model_fields}
    several = dict(_several(Spacecraft))
    several |= {name: model for name, (model, _) in kinds.headings.items()}
    return {
        **{f"[{name}]": _model(found[name]) for name, found in fields.items()},
        **{f"[[{name}]]": model for name, model in several.items()},
    }


def _several(spacecraft: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the tables of a spacecraft's file of which there may be several, but for devices."""
    from hil.devices.registry import registry

    for name, field in spacecraft.model_fields.items():
        inside = get_args(field.annotation)
        if get_origin(field.annotation) is tuple and name not in registry().headings:
            yield name, inside[0]


def _model(field: FieldInfo) -> type[BaseModel]:
    model: type[BaseModel] = field.annotation  # type: ignore[assignment]
    return model


def _table(heading: str, model: type[BaseModel], kinds: Registry) -> Iterator[str]:
    from hil.config import meanings

    yield f"## `{heading}`\n"
    yield f"{' '.join((model.__doc__ or '').split())}\n"
    yield from (f"{_on_the_wire(kind)}\n" for kind in kinds.sensors if kind.table == heading)
    yield "| key | unit | default | meaning |"
    yield "|---|---|---|---|"
    told = meanings(model)
    for key, field in model.model_fields.items():
        meaning = _meaning(field, told.get(key, ""))
        yield f"| `{key}` | {_unit(key)} | {_default(field)} | {meaning} |"
    yield ""


def _on_the_wire(kind: SensorKind) -> str:
    """Return what a kind of sensor sends and records, and how it is phased, in a sentence."""
    columns = (f"`{kind.name}0_{name}` ({size})" for name, size in kind.columns)
    phased = "`hil phase` stimulates it" if kind.phasing else "it is not phased"
    about = (
        f" It works about the {' or the '.join(kind.central_bodies)} only."
        if kind.central_bodies
        else ""
    )
    return (
        f"Sends `{kind.name}` (APID 0x{kind.message.apid:03X}), recorded as "
        f"{', '.join(columns)}; {phased}.{about}"
    )


def _unit(key: str) -> str:
    ends = [end for end in _UNITS if key.endswith(end)]
    return _UNITS[max(ends, key=len)] if ends else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return ""
    value: Any = field.default
    return "none" if value is None else f"`{json.dumps(value)}`"


def _meaning(field: FieldInfo, told: str) -> str:
    told = " ".join(told.split())
    if get_origin(field.annotation) is Literal:
        told += (
            f" One of {', '.join(f'`{json.dumps(each)}`' for each in get_args(field.annotation))}."
        )
    return told

"""From a rig's tables to the ends of its lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hil.devices.registry import registry
from hil.lines.end import End, Seat
from hil.lines.model import Line, OnLine
from hil.protocols.device import Settings
from hil.protocols.registry import protocols

Tables = Mapping[str, Sequence[Any]]


class Place(NamedTuple):
    """Where a device's table is: a heading and a number; kind: what its protocol calls it."""

    heading: str
    number: int
    kind: str


def places(tables: Tables) -> dict[str, Place]:
    """Return every device that can be on a line, by what a rig calls it."""
    found = {}
    for kind in registry().sensors:
        if kind.heading == "wheel":
            continue
        for number in range(len(tables.get(kind.heading, ()))):
            found[f"{kind.name} {number}"] = Place(kind.heading, number, kind.name)
    for number, wheel in enumerate(tables.get("wheel", ())):
        found[f"wheel {wheel.name}"] = Place("wheel", number, "wheel")
    return found


def rate_hz(place: Place, table: Any) -> float:
    """Return how often a device measures."""
    kinds = {kind.heading: kind.rate_key for kind in registry().sensors}
    return float(getattr(table, kinds[place.heading]))


def exchanges_hz(place: Place, table: Any, step_s: float) -> float:
    """Return how often a device and the OBC talk: of a wheel, which is told a torque, each step."""
    rate = rate_hz(place, table)
    return max(rate, 1.0 / step_s) if place.kind == "wheel" else rate


def protocol_of(device: OnLine, table: Any) -> str | None:
    """Return the name of the protocol that a device speaks: the line's or its part's."""
    return device.protocol or getattr(table, "protocol", None)


def ends(lines: Sequence[Line], tables: Tables, *, paced: bool) -> list[End]:
    """Return the ends of lines that fit their devices, see hil.rig.lines; all devices are off."""
    where = places(tables)
    return [End(line, [_seat(each, where, tables) for each in line.device], paced=paced)
            for line in lines]  # fmt: skip


def _seat(device: OnLine, where: Mapping[str, Place], tables: Tables) -> Seat:
    place = where[device.device]
    table = tables[place.heading][place.number]
    protocol = protocols()[protocol_of(device, table) or ""]
    settings = Settings(
        place.kind,
        rate_hz(place, table),
        device.address,
        getattr(table, "spin_inertia_kg_m2", 0.0),
        getattr(table, "torque_max_Nm", 0.0),
    )
    return Seat(
        device.device,
        place.kind,
        protocol.device(settings),
        protocol,
        tuple(map(protocol.command, device.setup)),
        device.q_body_from_device,
    )

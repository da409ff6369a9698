"""A rig's lines before any is opened: what a place must know, and at what pace they run."""

from __future__ import annotations

from collections.abc import Iterable

from hil.errors import RigError
from hil.lines.build import places
from hil.obc.names import LINES_ONLY
from hil.obc.place import LineTo
from hil.rig import Rig
from hil.telemetry.believed import Believed
from hil.telemetry.decoder import decoder_of


def lines_to(rig: Rig) -> list[LineTo]:
    """Return a rig's lines as a place needs to know them."""
    return [LineTo(line.name, line.baud, line.usart, line.port, *line.form) for line in rig.line]


def refuse_pace(rig: Rig, place: str, *, realtime: bool, alone: bool) -> None:
    """Raise RigError for a rig whose lines cannot be served at the pace that is asked for."""
    if place in LINES_ONLY:
        if realtime:
            raise RigError(f"{place} has a time of its own: leave --realtime out")
        return
    if not rig.obc.wire and not realtime:
        raise RigError(
            f"{rig.name} has devices' lines only, so that nothing tells when the OBC is done with "
            f"a step: run it in real time (--realtime), or on {' or '.join(LINES_ONLY)}"
        )
    if rig.line and realtime and not alone:
        raise RigError(f"{rig.name} has devices' lines: in real time it runs alone")


def off_the_wire(rig: Rig) -> set[tuple[str, int]]:
    """Return (kind, instance) of the sensors that are not on the bench's own line."""
    on_lines = [each.device for line in rig.line for each in line.device]
    return sensors_named(rig, (*on_lines, *rig.obc.not_connected))


def sensors_named(rig: Rig, devices: Iterable[str]) -> set[tuple[str, int]]:
    """Return (kind, instance) of the sensors among devices; a wheel's is its tachometer."""
    where = places(rig.spacecraft.devices)
    found = (where[name] for name in devices if name in where)
    return {("tachometer" if each.kind == "wheel" else each.kind, each.number) for each in found}


def telemetry_of(rig: Rig) -> tuple[int, Believed | None]:
    """Return the number of the line on which the firmware tells what it believes, and that.

    Raises RigError for a decoder that cannot be used.
    """
    for number, line in enumerate(rig.line):
        if line.telemetry is not None:
            decoder = decoder_of(line.telemetry, rig.source.path, line.name)
            return number, Believed(line.telemetry, decoder, rig.obc.modes)
    return -1, None

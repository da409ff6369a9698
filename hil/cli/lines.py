"""The commands about devices' own lines: their wiring, and what goes over them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from hil.cli import protocolpage
from hil.cli.console import OUT, PathArgument, show, show_json
from hil.cli.options import json_option
from hil.errors import LinkError, RigError

if TYPE_CHECKING:
    from hil.lines.sniff import Said
    from hil.rig import Rig

_SILENCE_S = 0.5


@click.command("lines")
@click.argument("rig", type=PathArgument, required=False)
@json_option
@click.option("--write", is_flag=True, help="Regenerate the committed table of protocols.")
def lines_command(rig: Path | None, as_json: bool, write: bool) -> None:
    """Print the wiring of RIG's lines, and how full each is.

    Without RIG, print all protocols.
    """
    from hil.lines.wiring import wiring
    from hil.protocols.registry import protocols
    from hil.rig import load_rig

    if write:
        protocolpage.write()
        return
    if rig is None:
        click.echo(protocolpage.page(protocols()))
        return
    loaded = load_rig(rig)
    wires = wiring(loaded.line, loaded.spacecraft.devices, loaded.step_s)
    if as_json:
        show_json([{**each._asdict(), "load": each.load} for each in wires])
        return
    if not wires:
        raise RigError(f"{rig} has no [[line]]: all devices are on the bench's own line")
    table = Table(box=None, pad_edge=False)
    for heading in ("line", "leads to", "devices", "setting"):
        table.add_column(heading)
    for heading in ("octets/s in", "out", "of", "load"):
        table.add_column(heading, justify="right", no_wrap=True)
    for wire in wires:
        rates = (f"{each:.0f}" for each in (wire.to_obc, wire.from_obc, wire.most))
        devices = "\n".join(wire.devices)
        row = (wire.name, wire.leads_to, devices, wire.setting, *rates, f"{100 * wire.load:.0f} %")
        table.add_row(*row)
    OUT.print(table)
    OUT.print("TX and RX are the board's: an adapter's RX goes to TX, its TX to RX.")
    for pin in loaded.pin:
        names = ", ".join(f"{key} {name}" for key, name in pin.given.items())
        OUT.print(f"{pin.device} on pins: {names}", markup=False)


@click.command()
@click.argument("source", type=PathArgument)
@click.option("--line", "name", required=True, metavar="NAME", help="The line's name in the rig.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a message.")
def sniff(source: Path, name: str, as_json: bool) -> None:
    """Show what goes over a line, decoded.

    SOURCE is a recording, or a rig: then the line's port is listened to until Ctrl-C.
    """
    said = _recorded(source, name) if source.suffix == ".mcap" else _live(source, name)
    for each in said:
        show_json(each.as_dict(), indent=None) if as_json else show(str(each))


def _recorded(source: Path, name: str) -> Iterator[Said]:
    from hil.lines.sniff import Sniffer, said_in
    from hil.recording import Recording
    from hil.rig import rig_of

    recording = Recording(source)
    rig = rig_of(recording)
    number = _number(rig, name)
    sniffer = Sniffer(rig.line[number], rig.spacecraft.devices, rig.source.path)
    return said_in(recording.device_lines(), number, sniffer)


def _live(source: Path, name: str) -> Iterator[Said]:
    """Listen on the adapter: what comes from there is the devices' side, of telemetry the OBC's."""
    from hil.bench.riglines import lines_to
    from hil.lines.sniff import Sniffer
    from hil.rig import load_rig

    rig = load_rig(source)
    number = _number(rig, name)
    sniffer = Sniffer(rig.line[number], rig.spacecraft.devices, rig.source.path)
    if sys.platform != "win32":
        import select
        import time

        from hil.obc.channel import PortChannel

        channel, told = PortChannel(lines_to(rig)[number]), rig.line[number].telemetry is not None
        begun_ns = time.monotonic_ns()
        try:
            while True:
                ready, _, _ = select.select([channel.fd], [], [], _SILENCE_S)
                now_ns = time.monotonic_ns() - begun_ns
                if ready:
                    data = channel.read()
                    if not data:
                        raise LinkError(f"line {channel.name} is gone: its other end was closed")
                    yield from sniffer.read(now_ns, data, from_obc=told)
                else:  # octets that no message has followed are shown, too: a wrong rate, perhaps
                    yield from sniffer.rest(now_ns)
        finally:
            channel.close()
    raise RigError("hil sniff listens to a port on Linux and macOS: give it a recording")


def _number(rig: Rig, name: str) -> int:
    names = [line.name for line in rig.line]
    if name not in names:
        has = f"its lines are {', '.join(names)}" if names else "it has none"
        raise RigError(f"--line {name}: {rig.name} has no such line; {has}")
    return names.index(name)

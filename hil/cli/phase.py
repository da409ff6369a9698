"""The command that tests devices in open loop: phase."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from hil.cli.console import OUT, PathArgument, say, show_json
from hil.cli.options import json_option
from hil.cli.places import check_options


@click.command("phase")
@click.argument("rig", type=PathArgument)
@click.option("--obc", metavar="PLACE", help="As for hil run.")
@click.option("--firmware", type=PathArgument, metavar="FILE", help="As for hil run.")
@json_option
def phase_command(rig: Path, obc: str | None, firmware: Path | None, as_json: bool) -> None:
    """Check sign, axis, scale and frame of RIG's devices.

    The test is in open loop: it stimulates one axis of one device at a time. Of a rig with [[line]]
    tables only, the telemetry and the commands to the wheels show the answer.
    """
    from hil.bench.pins import pins_to
    from hil.bench.riglines import lines_to
    from hil.obc.image import place_for
    from hil.obc.places import open_obc
    from hil.phasing import phase, phase_on_lines, print_findings
    from hil.rig import load_rig

    check_options(obc, firmware)
    loaded = load_rig(rig)
    obc = obc or place_for(firmware, wire=loaded.obc.wire)
    if loaded.obc.wire:
        machine = loaded.obc.machine
        with open_obc(obc, loaded.obc.baud, firmware, machine=machine) as opened:
            say(f"{loaded.title}: phasing test on {obc}: {opened.description}")
            findings = phase(loaded, opened)
    else:
        say(f"{loaded.title}: phasing test on {obc}, over devices' lines")
        started = partial(
            open_obc,
            obc,
            loaded.obc.baud,
            firmware,
            lines=lines_to(loaded),
            wire=False,
            pins=pins_to(loaded),
            machine=loaded.obc.machine,
        )
        findings = phase_on_lines(loaded, started, obc)
    if as_json:
        show_json([each._asdict() for each in findings])
    else:
        print_findings(OUT, findings)
    raise click.exceptions.Exit(0 if not any(each.wrong for each in findings) else 1)

"""The command that measures stability margins."""

from __future__ import annotations

from pathlib import Path

import click

from hil.cli.campaign import needs_campaign
from hil.cli.console import OUT, PathArgument, say, show_json
from hil.cli.options import json_option


@click.command("margins")
@click.argument("rig", type=PathArgument)
@click.option(
    "--obc",
    default="library",
    show_default=True,
    metavar="PLACE",
    help="library, posix, qemu, qemu-fast or a port, in lockstep.",
)
@click.option("--firmware", type=PathArgument, metavar="FILE", help="As for hil run.")
@click.option("--axis", type=click.Choice(["x", "y", "z"]), help="About this body axis only.")
@click.option(
    "--torque",
    type=click.FloatRange(min=0.0, min_open=True),
    metavar="NM",
    help="Root mean square of the torque that is added, instead of the rig's.",
)
@click.option(
    "--plot", type=PathArgument, metavar="FILE", help="Write Bode and Nichols plots: .png, .svg."
)
@json_option
def margins_command(
    rig: Path,
    obc: str,
    firmware: Path | None,
    axis: str | None,
    torque: float | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Measure the stability margins of RIG's control loop.

    Small torques are added to the truth, one body axis after the other, with the flight code as it
    is. [margins] in the rig says what is wanted.
    """
    needs_campaign()
    from hil.campaign import margins as measured
    from hil.campaign.margins_plot import check_form, save_plots
    from hil.rig import load_rig

    loaded = load_rig(rig)
    if torque is not None:
        own = loaded.margins.model_dump(exclude_unset=True)
        loaded = loaded.with_overrides(margins={**own, "torque_Nm": torque})
    if plot is not None:
        check_form(plot)
    found = measured.measure(loaded, obc, axis or measured.AXES, firmware, say)
    if plot is not None:
        save_plots(found, f"{loaded.title}: the loop, measured on {obc}", plot)
    told = measured.margins_dict(loaded, obc, found)
    if as_json:
        show_json(told)
    else:
        measured.print_margins(OUT, found)
    raise click.exceptions.Exit(0 if told["met"] else 1)

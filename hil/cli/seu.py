"""`hil seu`: an atlas of the flight software's memory."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hil.cli.console import WIDE, PathArgument, say, show, show_json
from hil.cli.options import check_out, json_option
from hil.cli.places import check_options, usual_place
from hil.cli.progress import progress_bar
from hil.errors import RigError, visible
from hil.machine.cores import usable_cores

if TYPE_CHECKING:
    from hil.obc.memory import Memory
    from hil.rig import Rig
    from hil.seu import Atlas, Flip, Plan

_SAMPLES = 500


@click.command("seu")
@click.argument("rig", type=PathArgument)
@click.option("--obc", metavar="PLACE", help="library (the default), posix, qemu or qemu-fast.")
@click.option("--firmware", type=PathArgument, metavar="FILE", help="As for hil run.")
@click.option("--at", "at_s", type=float, metavar="S", help="When a bit is flipped.")
@click.option(
    "--for", "for_s", type=float, default=120.0, show_default=True, metavar="S",
    help="How long each run is watched after the flip.",
)  # fmt: skip
@click.option(
    "--samples", type=click.IntRange(1), default=_SAMPLES, show_default=True, metavar="N",
    help="How many bits are flipped, drawn at random.",
)  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="Flip every bit.")
@click.option("--symbol", default="", metavar="NAME", help="Flip bits of this variable only.")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the sample.")
@click.option(
    "--limit", "limit_deg", type=click.FloatRange(0.0, min_open=True), metavar="DEG",
    help="How far the attitude may be from that without a flip; the limit of the rig's first APE "
    "requirement if not given, else 1 deg.",
)  # fmt: skip
@click.option(
    "--silent", "silent_s", type=click.FloatRange(0.0), default=60.0, show_default=True,
    metavar="S", help="How long it may be beyond that before the firmware reports an event.",
)  # fmt: skip
@click.option(
    "--depth", type=click.IntRange(1), default=3, show_default=True, metavar="N",
    help="How many parts of a variable's name are told apart in the table.",
)  # fmt: skip
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="Runs at once; one a core if not given."
)
@click.option("--csv", "csv_file", type=PathArgument, metavar="FILE", help="Write one line a flip.")
@json_option
@click.option("--list", "listed", is_flag=True, help="List the variables and flip nothing.")
def seu_command(
    rig: Path,
    obc: str | None,
    firmware: Path | None,
    at_s: float | None,
    for_s: float,
    samples: int,
    everything: bool,
    symbol: str,
    seed: int,
    limit_deg: float | None,
    silent_s: float,
    depth: int,
    jobs: int | None,
    csv_file: Path | None,
    as_json: bool,
    listed: bool,
) -> None:
    """Flip bits of the flight software's memory, one in each run.

    The run is that of RIG. Variables are named as in the firmware's C source.
    """
    from hil.rig import load_rig
    from hil.seu import survey

    check_options(obc, firmware)
    place = obc or usual_place(firmware)
    if listed:
        _list(load_rig(rig), place, firmware)
        return
    if csv_file is not None:
        check_out("--csv", csv_file)
    plan = _plan(load_rig(rig), place, firmware, at_s, for_s, limit_deg, silent_s)
    say(
        f"{visible(plan.rig.title)} on {place}: a bit flips at {plan.at_s:g} s, watched for "
        f"{plan.for_s:g} s, limit {plan.limit_deg:g} deg"
    )
    with progress_bar("flipping bits", "bits") as progress:
        jobs = jobs or len(usable_cores())
        atlas = survey(plan, symbol, None if everything else samples, seed, jobs, progress)
    if csv_file is not None:
        _write(csv_file, atlas)
    if as_json:
        show_json(_told(plan, atlas))
    else:
        _show(atlas, depth)


def _plan(
    rig: Rig,
    place: str,
    firmware: Path | None,
    at_s: float | None,
    for_s: float,
    limit_deg: float | None,
    silent_s: float,
) -> Plan:
    from hil.seu.plan import Plan, usual_limit_deg, usual_moment_s

    at_s = usual_moment_s(rig) if at_s is None else at_s
    limit_deg = usual_limit_deg(rig) if limit_deg is None else limit_deg
    return Plan(rig, place, at_s, for_s, limit_deg, silent_s, firmware)


def _list(rig: Rig, place: str, firmware: Path | None) -> None:
    from hil.obc.places import open_obc

    with open_obc(place, firmware=firmware, machine=rig.obc.machine) as obc:
        memory: Memory = obc.memory()
    for each in memory.variables:
        show(f"{each.name}  {8 * each.size} bits")
    say(f"{len(memory.variables)} variables, {memory.bits} bits")


def _show(atlas: Atlas, depth: int) -> None:
    """Print what became of the flips of each group of variables, the worst first, and of all."""
    from rich.table import Table
    from rich.text import Text

    from hil.seu import KINDS

    table = Table(box=None, pad_edge=False, header_style="")
    table.add_column("symbol")
    for head in ("flips", *KINDS):
        table.add_column(head, justify="right")
    groups = atlas.by_symbol(depth)
    worst_first = sorted(groups, key=lambda each: [-groups[each][kind] for kind in KINDS[::-1]])
    for name in worst_first:
        counts = groups[name]
        cells = (str(counts.total()), *(str(counts[kind] or "") for kind in KINDS))
        table.add_row(Text(visible(name)), *cells)
    WIDE.print(table)
    known = "every bit" if len(atlas.flips) == atlas.all_bits else f"of {atlas.all_bits} bits"
    show(f"{len(atlas.flips)} flips, {known}; shares with their 95 % confidence:")
    for kind in KINDS:
        share, low, high = atlas.share(kind)
        show(f"  {kind}: {100 * share:.2f} % ({100 * low:.2f} to {100 * high:.2f} %)")


def _flip(flip: Flip) -> dict[str, Any]:
    outcome = flip.outcome
    worst = None if outcome.worst_deg != outcome.worst_deg else outcome.worst_deg
    return {
        "symbol": flip.symbol,
        "bit": flip.bit,
        "outcome": outcome.kind,
        "worst_deg": worst,
        "silent_s": outcome.silent_s,
        "why": outcome.why,
    }


def _told(plan: Plan, atlas: Atlas) -> dict[str, Any]:
    from hil.seu import KINDS

    shares = {
        kind: dict(zip(("share", "low", "high"), atlas.share(kind), strict=True)) for kind in KINDS
    }
    return {
        "rig": plan.rig.name,
        "obc": plan.place,
        "at_s": plan.at_s,
        "for_s": plan.for_s,
        "limit_deg": plan.limit_deg,
        "bits": atlas.all_bits,
        "outcomes": {
            kind: {"flips": atlas.counts()[kind], **share} for kind, share in shares.items()
        },
        "flips": [_flip(each) for each in atlas.flips],
    }


def _write(file: Path, atlas: Atlas) -> None:
    rows = [_flip(each) for each in atlas.flips]
    try:
        with file.open("w", newline="") as opened:
            writer = csv.DictWriter(opened, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    except OSError as error:
        raise RigError(f"--csv: cannot write {file}: {error.strerror}") from error

"""The command that judges recordings, and what is said of verdicts last of all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hil.cli.console import OUT, PathArgument, say, show_json
from hil.cli.options import json_option

if TYPE_CHECKING:
    from hil.judge import Verdict
    from hil.rig import Rig


@click.command("judge")
@click.argument("recordings", nargs=-1, required=True, type=PathArgument)
@click.option(
    "--rig",
    "rig_path",
    type=PathArgument,
    metavar="RIG",
    help="Judge by the requirements of this rig instead of the recorded one's.",
)
@json_option
def judge_command(recordings: tuple[Path, ...], rig_path: Path | None, as_json: bool) -> None:
    """Judge each RECORDING again, without its run.

    Recordings of one rig are judged together, as its runs, whatever their seeds. With --rig FLEET
    each is judged as its member, and all together as the fleet.
    """
    from hil.diagnosis import diagnose_worst
    from hil.report import verdicts
    from hil.report.groups import by_rig
    from hil.rig import is_fleet, load_rig

    if rig_path is not None and is_fleet(rig_path):
        from hil.cli.fleet import judge_fleet

        raise click.exceptions.Exit(judge_fleet(rig_path, recordings, as_json=as_json))
    rig = None if rig_path is None else load_rig(rig_path)
    judged = [(of, paths, _verdicts(of, paths)) for of, paths in by_rig(recordings, rig)]
    every = [verdict for _, _, found in judged for verdict in found]
    if as_json:
        told = {
            "met": all(verdict.met for verdict in every),
            "rigs": [_told(of, paths, found) for of, paths, found in judged],
        }
        show_json(told)
    else:
        for of, paths, found in judged:
            runs = "1 run" if len(paths) == 1 else f"{len(paths)} runs"
            OUT.print(f"{of.title}: {runs}", markup=False)
            verdicts.print_verdicts(OUT, found)
            verdicts.print_diagnosis(OUT, diagnose_worst(of, paths, found))
    raise click.exceptions.Exit(0 if tell_met(every) else 1)


def tell_met(verdicts: Sequence[Verdict]) -> bool:
    """Return whether every requirement is met; say last of all which are not, and why not."""
    missed = [each.name for each in verdicts if each.judged and not each.met]
    open_ = [each.name for each in verdicts if not each.judged]
    told = [f"missed: {', '.join(missed)}"] if missed else []
    if open_:
        told.append(f"not judged, which counts as missed: {', '.join(open_)}")
    if told:
        say("; ".join(told))
    return not told


def _verdicts(rig: Rig, paths: Sequence[Path]) -> list[Verdict]:
    from hil import judge

    return judge.evaluate_files(rig, paths)


def _told(rig: Rig, paths: Sequence[Path], found: Sequence[Verdict]) -> dict[str, Any]:
    from hil.diagnosis import diagnose_worst
    from hil.report import verdicts

    return {
        "rig": rig.name,
        "title": rig.title,
        "met": all(verdict.met for verdict in found),
        "recordings": [str(path) for path in paths],
        "requirements": [verdicts.verdict_dict(verdict) for verdict in found],
        "diagnosis": verdicts.diagnosis_dict(diagnose_worst(rig, paths, found)),
    }

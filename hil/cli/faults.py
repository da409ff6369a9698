"""The command that tries every fault on every device of a rig."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hil.cli.console import WIDE, PathArgument, say, show_json
from hil.cli.options import check_out, duration_option, json_option
from hil.errors import FAULT, INTERRUPTED, RigError

if TYPE_CHECKING:
    from hil.rig import Rig
    from hil.survey import Flight, Plan, Row
    from hil.survey.table import TrialRows

_WORKERS = 2


@click.command("faults")
@click.argument("rig", type=PathArgument)
@click.option("--pairs", is_flag=True, help="Two faults at once, the second 10 s after the first.")
@click.option(
    "--seeds", default="", metavar="SEEDS", help="Seeds, as 1-3 or 3,5,8; the rig's if not given."
)
@click.option(
    "--kinds",
    default="",
    metavar="KINDS",
    help="Kinds of faults, such as held,stuck; all if not given.",
)
@click.option(
    "--devices",
    default="",
    metavar="DEVICES",
    help='Devices that fail, such as "gyro 0,wheel *"; all if not given.',
)
@click.option("--at", "at_s", type=float, metavar="S", help="When each fault begins.")
@click.option("--lasting", "lasting_s", type=float, metavar="S", help="How long each fault lasts.")
@click.option("--workers", type=click.IntRange(1), default=_WORKERS, show_default=True)
@click.option(
    "--obc", default="library", show_default=True, metavar="PLACE", help="As for hil run."
)
@duration_option
@click.option("--firmware", type=PathArgument, metavar="FILE", help="As for hil run.")
@click.option("-o", "--out", type=PathArgument, metavar="FILE", help="Write an HTML page.")
@click.option("--keep", type=PathArgument, metavar="DIR", help="Keep all recordings here.")
@json_option
def faults_command(
    rig: Path,
    pairs: bool,
    seeds: str,
    kinds: str,
    devices: str,
    at_s: float | None,
    lasting_s: float | None,
    workers: int,
    obc: str,
    duration: float | None,
    firmware: Path | None,
    out: Path | None,
    keep: Path | None,
    as_json: bool,
) -> None:
    """Try every fault on every device of RIG, and rate the outcome.

    A fault has no effect, degrades the mission, leads to a safe mode, or the spacecraft is lost.
    The status is 1 where a rating is worse than an [[expected_rating]] of the rig.
    """
    from hil.obc.names import PLACES
    from hil.rig import load_rig
    from hil.survey import plan_of
    from hil.survey.table import by_trial

    if obc not in PLACES and workers > 1:
        workers = 1  # there is one board
    loaded = load_rig(rig).with_overrides(duration_s=duration)
    plan = plan_of(
        loaded, _names(kinds), _names(devices), at_s=at_s, lasting_s=lasting_s, pairs=pairs
    )
    rigs = [loaded.with_overrides(seed=seed) for seed in _seeds(seeds)] or [loaded]
    if out is not None:
        check_out("-o", out)
    rows, interrupted = _flown(rigs, plan, obc, firmware, workers, keep)
    trials = by_trial(rows, loaded.expected_rating)
    _tell(loaded, plan, trials, obc, [each.seed for each in rigs], out, as_json=as_json)
    raise click.exceptions.Exit(_status(rows, trials, interrupted=interrupted))


def _flown(
    rigs: list[Rig], plan: Plan, obc: str, firmware: Path | None, workers: int, keep: Path | None
) -> tuple[list[Row], bool]:
    """Return the rows that were done, and whether somebody interrupted the rest."""
    from hil.survey import surveyed

    rows: list[Row] = []
    total = len(plan.trials) * len(rigs)
    say(
        f"{rigs[0].title}: {len(plan.trials)} faults from {plan.at_s:g} s on for "
        f"{plan.lasting_s:g} s, {total} runs of {rigs[0].duration_s:g} s on {obc}"
    )
    with _folder(keep) as folder:
        flights = list(_flights(rigs, plan, obc, firmware, folder, keep is not None))
        try:
            for row in surveyed(flights, workers):
                if row.untried:
                    say(f"not tried: {row.trial.name}: {row.untried}")
                    continue
                rows.append(row)
                rating = row.outcome.rating
                say(f"{len(rows)}/{total} {row.trial.name}, seed {row.seed}: {rating}")
        except KeyboardInterrupt:
            say(f"interrupted: {len(rows)} of {total} runs are done and listed")
            return rows, True
    return rows, False


def _flights(
    rigs: list[Rig], plan: Plan, obc: str, firmware: Path | None, folder: Path, keep: bool
) -> Iterator[Flight]:
    from hil.survey import Flight, healthy

    sound = {rig.seed: healthy(rig, obc, firmware, folder) for rig in rigs}
    for trial, rig in product(plan.trials, rigs):
        yield Flight(rig, trial, obc, firmware, sound[rig.seed], folder, keep)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="hil-faults-") as folder:
        yield Path(folder)


def _tell(
    rig: Rig,
    plan: Plan,
    trials: list[TrialRows],
    obc: str,
    seeds: list[int],
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    from hil.survey import goal_of, page, print_rows, rows_dict

    goal = goal_of(rig)
    facts = {
        "rig": rig.name,
        "place": obc,
        "seeds": ", ".join(map(str, seeds)),
        "faults": f"from {plan.at_s:g} s on for {plan.lasting_s:g} s of {rig.duration_s:g} s",
        "judged by": goal.name if goal is not None else "mode and rate alone",
    }
    if as_json:
        told: dict[str, Any] = {**facts, "trials": rows_dict(trials)}
        show_json(told)
    else:
        print_rows(WIDE, trials)
    if out is not None:
        from hil.recording.export import whole_file

        with whole_file(out) as file:
            file.write(page(rig.title, facts, trials).encode())
        say(f"page: {out}")


def _status(rows: list[Row], trials: list[TrialRows], *, interrupted: bool) -> int:
    """Say what is worse than expected; return the command's exit status."""
    bad = [each.trial.name for each in trials if each.too_bad]
    if bad:
        say(f"worse than expected: {', '.join(bad)}")
    if interrupted:
        return INTERRUPTED
    if any(row.broken for row in rows):
        return FAULT
    return 1 if bad else 0


def _names(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _seeds(text: str) -> list[int]:
    """Return the seeds that 1-3 or 3,5,8 names."""
    found: list[int] = []
    for part in _names(text):
        first, _, last = part.partition("-")
        if not (first.isdigit() and (last or first).isdigit()):
            raise RigError(f"--seeds {text}: give seeds as 1-3 or 3,5,8")
        found += range(int(first), int(last or first) + 1)
    return found

"""The command that makes many runs of a rig."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

import click
from rich.progress import BarColumn, Progress, TextColumn

from hil.cli.console import ERR, WIDE, PathArgument, say, show_json
from hil.cli.options import duration_option, faults_option, json_option
from hil.errors import RigError, visible

if TYPE_CHECKING:
    from hil.campaign.plan import Keep, Plan, State
    from hil.rig import Rig

_FOLDER = Path("campaigns")
_MOST = 20_000  # runs of a campaign that goes on until something is shown
_PLAIN_EVERY_s = 10.0


@click.command()
@click.argument("rig", type=PathArgument)
@click.option(
    "-n",
    "--runs",
    type=click.IntRange(min=1),
    help=f"How many runs; with --until-shown at most ({_MOST} if not given).",
)
@click.option("--out", type=PathArgument, metavar="DIR", help="Folder of the campaign.")
@click.option(
    "--disperse",
    type=PathArgument,
    metavar="FILE",
    help="Add the [[disperse]] tables of this file to the rig's.",
)
@faults_option
@click.option(
    "--obc",
    default="library",
    show_default=True,
    metavar="PLACE",
    help="library, posix, qemu or qemu-fast.",
)
@click.option("--firmware", type=PathArgument, metavar="FILE", help="As for hil run.")
@duration_option
@click.option("--seed", type=int, help="Seed of the first run instead of the rig's.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes on this machine; one a core if not given.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Address of a dask cluster to run on, such as tcp://host:8786.",
)
@click.option(
    "--until-shown",
    is_flag=True,
    help="Go on until each requirement is shown or refuted at its confidence.",
)
@click.option(
    "--worst-case",
    is_flag=True,
    help="Search for the worst case within what is dispersed, by differential evolution.",
)
@click.option("--of", metavar="NAME", help="Search for the worst case of this requirement.")
@click.option("--resume", is_flag=True, help="Go on with the campaign in DIR.")
@click.option(
    "--keep",
    type=click.Choice(["all", "worst", "none"]),
    default="worst",
    show_default=True,
    help="Recordings that are kept: of all, of failures and each requirement's worst, of none.",
)
@json_option
def campaign(
    rig: Path,
    runs: int | None,
    out: Path | None,
    disperse: Path | None,
    faults: Path | None,
    obc: str,
    firmware: Path | None,
    duration: float | None,
    seed: int | None,
    workers: int | None,
    scheduler: str | None,
    until_shown: bool,
    worst_case: bool,
    of: str | None,
    resume: bool,
    keep: str,
    as_json: bool,
) -> None:
    """Run RIG many times, and draw the dispersed values anew each time."""
    needs_campaign()
    from hil.campaign import report
    from hil.campaign.campaign import Campaign
    from hil.campaign.plan import Plan

    if workers is not None and scheduler is not None:
        raise RigError(
            "--workers are processes on this machine, --scheduler has its own: give one of the two"
        )
    loaded = dispersed_rig(rig, disperse, faults, seed=seed, duration_s=duration)
    if until_shown and runs is None and not resume:
        runs = _MOST
    folder = out or _FOLDER / f"{loaded.name}-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    plan = Plan(
        loaded, folder, runs, obc, firmware, cast("Keep", keep), workers, scheduler, until_shown,
        resume,
    )  # fmt: skip
    if worst_case:
        _search(plan, of, as_json=as_json)
    with _progress() as tell:
        made = Campaign(plan, tell)
        try:
            finished = made.run()
        except KeyboardInterrupt:
            done, total = made.state.done, made.state.total
            again = shlex.join(["hil", "campaign", str(rig), "--resume", "--out", str(folder)])
            say(f"{done} of {total} runs are kept in {folder}. To go on: {again}")
            raise
    if as_json:
        show_json(report.campaign_dict(finished))
    else:
        report.print_campaign(WIDE, finished)
    raise click.exceptions.Exit(finished.exit_status)


def _search(plan: Plan, of: str | None, *, as_json: bool) -> NoReturn:
    from hil.campaign import causes
    from hil.campaign.search import Search

    if plan.resume or plan.until_shown or plan.firmware:
        raise RigError("--worst-case does not go with --resume, --until-shown or --firmware")
    if plan.runs is None:
        raise RigError("--worst-case needs -n, how many runs the search may make: such as -n 200")
    with _progress() as tell:
        found = Search(plan, of, tell).run()
    if as_json:
        show_json(causes.search_dict(found))
    else:
        causes.print_search(WIDE, found, plan.folder)
    raise click.exceptions.Exit(0 if found.ratio <= 1.0 else 1)


def needs_campaign() -> None:
    """Raise RigError, with the cure, where what campaigns take is not installed."""
    from importlib.util import find_spec

    lacking = [
        name for name in ("scipy", "distributed", "tomli_w", "pyarrow") if not find_spec(name)
    ]
    if lacking:
        raise RigError(f"campaigns need {', '.join(lacking)}: pip install 'hil[campaign]'")


def dispersed_rig(path: Path, disperse: Path | None, faults: Path | None, **overrides: Any) -> Rig:
    """Return a rig with files laid over it; RigError where what is dispersed makes no rig."""
    from hil.rig import load_rig, remarks, with_dispersal, with_faults

    loaded = load_rig(path).with_overrides(**overrides)
    loaded = loaded if faults is None else with_faults(loaded, faults)
    loaded = loaded if disperse is None else with_dispersal(loaded, disperse)
    for remark in [*remarks(loaded), *check_dispersal(loaded)]:
        say(f"hil: {remark}")
    return loaded


def check_dispersal(rig: Rig) -> list[str]:
    """Return remarks on what a rig disperses; RigError where that makes no rig."""
    from hil.campaign.cases import dispersal_problems, dispersal_remarks

    if wrong := dispersal_problems(rig):
        raise RigError("\n".join(wrong))
    return dispersal_remarks(rig)


def case_of(
    rig: Path, case: int | None, obc: str | None, firmware: Path | None
) -> tuple[Path, str | None, Path | None]:
    """Return rig, OBC and firmware of a case of a campaign; what was given where none is named."""
    if case is None:
        if (rig / "campaign.json").is_file():
            raise RigError(f"{rig} is a campaign's folder: name one of its runs by --case N")
        return rig, obc, firmware
    from hil.campaign.folder import Folder

    folder = Folder(rig)
    path, settings = folder.case_path(case), folder.settings
    if not path.is_file():
        runs = sum(settings["blocks"])
        raise RigError(f"{rig} has no case {case}: its cases are 1 to {runs}")
    own = rig / "firmware"
    kept = own if own.is_file() and firmware is None else firmware
    return path, obc or settings["obc"], kept


@contextmanager
def _progress() -> Iterator[Callable[[State], None]]:
    """What is called with a campaign's state: a bar on a terminal, else a line now and then."""
    if not ERR.is_terminal:
        yield _plain()
        return
    columns = (BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=ERR, transient=True) as bar:
        task = bar.add_task("starting workers", total=None)

        def tell(state: State) -> None:
            words = visible(_words(state)).replace("[", "\\[")
            bar.update(task, total=state.total, completed=state.done, description=words)

        yield tell


def _plain() -> Callable[[State], None]:
    last_s = time.monotonic()

    def tell(state: State) -> None:
        nonlocal last_s
        if time.monotonic() - last_s >= _PLAIN_EVERY_s:
            last_s = time.monotonic()
            say(_words(state))

    return tell


def _words(state: State) -> str:
    left = "" if state.left_s is None else f", {_duration(state.left_s)} left"
    worst = f"; worst: {state.worst}" if state.worst else ""
    of = f"{'at most ' if state.at_most else ''}{state.total} runs"
    rate = f"{state.rate_per_s:.2f} a second"
    return f"{state.done} of {of}, {rate}{left}, {state.failed} failed{worst}"


def _duration(duration_s: float) -> str:
    minutes, seconds = divmod(round(duration_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {seconds:02d} s"

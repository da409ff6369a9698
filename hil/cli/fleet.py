"""What `hil run` and `hil judge` do with a fleet's file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hil.cli.console import OUT, say, show_json
from hil.cli.judging import tell_met
from hil.cli.look import tell_same
from hil.errors import LinkError, RigError

if TYPE_CHECKING:
    from hil.recording import Recording
    from hil.report.fleet import FleetRun
    from hil.rig import Fleet

_FOLDER = Path("recordings")


def refuse_for_fleets(**options: object) -> None:
    """Raise RigError for an option that is for one spacecraft."""
    cures = {
        "faults": "write [[spacecraft.fault]] tables into the fleet's file",
        "case": "name the case of a rig",
        "plot": "look at a member with `hil plot --follow RECORDING`",
        "foxglove": "open the members' recordings",
        "gdb": "run the rig of one member by itself",
        "priority": "run the fleet without it",
    }
    for name, given in options.items():
        if given:
            raise RigError(f"--{name} is for one spacecraft: {cures[name]}")


def fly(
    path: Path, changed: Mapping[str, Any], out: Path | None, how: Mapping[str, Any]
) -> FleetRun:
    """Run a fleet and judge it; out: a folder for its recordings."""
    from hil import bench
    from hil.recording import Recording
    from hil.rig import load_fleet

    fleet = load_fleet(path).with_overrides(**changed)
    results = bench.run_fleet(fleet, out or _new_folder(fleet.name), announce=say, **how)
    recordings = {name: Recording(result.recording) for name, result in results.items()}
    ended = {name: result.ended for name, result in results.items() if result.ended}
    return judged(fleet, recordings, ended)


def judge_fleet(path: Path, given: Sequence[Path], *, as_json: bool) -> int:
    """Judge the recordings of a fleet's run again, each by its member; return the exit status.

    given: files, or the folder of the run. Raises RigError when a member's is not among them.
    """
    from hil.recording import Recording
    from hil.report.groups import recordings_in
    from hil.rig import load_fleet

    fleet = load_fleet(path)
    files = {each.stem: each for each in recordings_in(given)}
    for member in fleet.members:
        if member.name not in files:
            raise RigError(
                f'{path}: there is no recording of [[spacecraft]] "{member.name}", which would be '
                f"called {member.name}.mcap; given: {', '.join(sorted(files)) or 'none'}"
            )
    recordings = {each.name: Recording(files[each.name]) for each in fleet.members}
    ended = {n: each.incomplete_reason for n, each in recordings.items() if not each.complete}
    return tell_fleet(judged(fleet, recordings, ended), None, as_json=as_json)


def judged(fleet: Fleet, recordings: Mapping[str, Recording], ended: Mapping[str, str]) -> FleetRun:
    """Judge each member by its own rig, and the fleet by its own requirements."""
    from hil import judge
    from hil.judge.fleet import Flown, evaluate_fleet
    from hil.report.fleet import FleetRun

    rigs = {member.name: member.rig for member in fleet.members}
    own = {name: judge.evaluate(rigs[name], [each]) for name, each in recordings.items()}
    flown = {name: Flown(rigs[name], each) for name, each in recordings.items()}
    together = evaluate_fleet(fleet.requirement, flown)
    return FleetRun(fleet.name, fleet.title, recordings, own, together, ended)


def tell_fleet(run: FleetRun, against: Path | None, *, as_json: bool) -> int:
    """Print what a fleet's run came to; return the exit status."""
    from hil.report.fleet import fleet_dict, print_fleet

    if as_json:
        show_json(fleet_dict(run))
    else:
        print_fleet(OUT, run)
    met = tell_met(run.every)
    for name, why in run.ended.items():
        say(f"hil: {name} ended before the others: {why}")
    same = against is None or _all_the_same(run, against)
    return LinkError.exit_status if run.ended else 0 if met and same else 1


def _all_the_same(run: FleetRun, folder: Path) -> bool:
    """Compare each member's recording with the one of its name in a folder."""
    from hil.recording import Recording

    same = True
    for name, recording in run.recordings.items():
        same &= tell_same(Recording(folder / f"{name}.mcap"), recording)
    return same


def _new_folder(name: str) -> Path:
    return _FOLDER / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%S}"

"""Whether a campaign's folder tells the truth: hashes of its files, and runs made once more."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hil.campaign.cluster import cluster
from hil.campaign.folder import TABLE, Folder
from hil.campaign.table import row_of
from hil.campaign.verdicts import Wanted, all_wanted
from hil.campaign.work import Outcome, Task, digest, run_case
from hil.errors import HilError, RigError
from hil.recording import Recording
from hil.rig import load_rig

_FEW = 6  # runs for which no workers are started


class Verified(NamedTuple):
    """What became of it: cases that were made again, and a sentence for each thing not as told."""

    cases: list[int]
    wrong: list[str]
    manifest: str


def verify(
    path: Path,
    sample: int | None,
    workers: int | None = None,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
) -> Verified:
    """Hold a campaign's files against its hashes, and a sample of its runs against new ones.

    sample: how many cases, picked by chance; None: all. tell: is called with cases done, of how
    many. Raises RigError for a folder without a campaign in it.
    """
    folder = Folder(path)
    wrong = folder.tampered()
    outcomes = {each["case"]: each for each in folder.outcomes()}
    if not outcomes:
        raise RigError(f"{path}: no case of this campaign was run")
    wanted = all_wanted(folder.rig)
    cases = sorted(outcomes)
    if sample is not None and sample < len(cases):
        cases = sorted(random.SystemRandom().sample(cases, sample))
    for number, again in _again(folder, cases, workers, tell):
        told = outcomes[number]
        wrong += [f"case {number}: {words}" for words in _differing(told, again)]
        wrong += [f"case {number}: {words}" for words in _recording(folder, number, told)]
    wrong += _table(folder, wanted, [outcomes[number] for number in cases])
    return Verified(cases, wrong, folder.manifest_hash())


def _again(
    folder: Folder,
    cases: Sequence[int],
    workers: int | None,
    tell: Callable[[int, int], None],
) -> list[tuple[int, Outcome]]:
    """Make runs again from the folder's files."""
    found: list[tuple[int, Outcome]] = []
    tasks: list[Task] = []
    for number in cases:
        try:
            tasks.append(_task(folder, number))
        except HilError as error:
            found.append((number, {"error": f"cannot be run again: {error}"}))
    if len(tasks) <= _FEW:
        for done, task in enumerate(tasks, start=1):
            found.append((task.number, run_case(task)[0]))
            tell(done, len(tasks))
        return found
    with cluster(workers, None) as client:
        futures = client.map(run_case, tasks, pure=False)
        for done, (task, future) in enumerate(zip(tasks, futures, strict=True), start=1):
            found.append((task.number, future.result()[0]))
            tell(done, len(tasks))
    return found


def _task(folder: Folder, number: int) -> Task:
    firmware = folder.path / "firmware"
    source = load_rig(folder.case_path(number)).source.metadata()
    image = str(firmware.absolute()) if firmware.is_file() else None
    return Task(number, source, folder.settings["obc"], image)


def _differing(told: Outcome, again: Outcome) -> list[str]:
    """Return what differs between what a run is said to have come to and what it comes to."""
    if "error" in told or "error" in again:
        was, now = (
            told.get("error", "it came to its end"),
            again.get("error", "it comes to its end"),
        )
        return [] if was == now else [f"was: {was}; is: {now}"]
    words = []
    if told["firmware"] != again["firmware"]:
        words.append(f"was run with {told['firmware']}, now with {again['firmware']}")
    if told["digest"] != again["digest"]:
        words.append("its bits are not those that are told")
    for name, figures in again["requirements"].items():
        was = told["requirements"].get(name)
        if was is None or (was["value"], was["met"]) != (figures["value"], figures["met"]):
            words.append(f"its figure of {name} is {figures['value']}, not what is told")
    return words


def _recording(folder: Folder, number: int, told: Outcome) -> list[str]:
    """Return what is wrong with the recording of a case, if it is kept."""
    path = folder.recording_path(number)
    if not path.is_file() or "error" in told:
        return []
    try:
        same = digest(load_rig(folder.case_path(number)), Recording(path)) == told["digest"]
    except HilError as error:
        return [f"its recording cannot be read: {error}"]
    return [] if same else ["its recording is of another run"]


def _table(folder: Folder, wanted: Sequence[Wanted], outcomes: Sequence[Outcome]) -> list[str]:
    """Return in which cases the table says something else than the outcomes."""
    from pyarrow import ArrowException, parquet

    try:
        rows = {row["case"]: row for row in parquet.read_table(folder.path / TABLE).to_pylist()}
    except (OSError, ArrowException) as error:
        return [f"{TABLE} cannot be read: {error}"]
    found = []
    for outcome in outcomes:
        expected, row = row_of(folder, wanted, outcome), rows.get(outcome["case"], {})
        odd = [key for key, value in expected.items() if not _same(value, row.get(key))]
        if odd:
            found.append(f"case {outcome['case']}: {TABLE} has another {odd[0]}")
    return found


def _same(a: Any, b: Any) -> bool:
    both_nan = isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b)
    return bool(a == b) or both_nan

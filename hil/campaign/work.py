"""One run of a campaign, made and judged by a worker: texts in, figures out."""

from __future__ import annotations

import gc
import hashlib
import itertools
import os
import pickle
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import hil
from hil import bench, judge
from hil.bench.result import Result
from hil.campaign.case import Drawn, Template, files_of
from hil.errors import FAULT, HilError
from hil.judge import LINK, Judgement, Verdict, judge_run
from hil.judge.amounts import finite
from hil.judge.detected import Detected
from hil.judge.figure import Figure
from hil.machine.build import build
from hil.recording import HELD_OCTETS_MOST, NOT_COMPARED, HeldRecorder, Recorder, Recording
from hil.rig import Rig, Source, rig_from
from hil.rig.recorded import expected_octets, kept_columns
from hil.rig.settings import RecordingSettings

# Judged too where they are recorded, as hil run records them.
_JUDGED_TOO = ("truth_period_*", "housekeeping_*")
COMPILED_ON = "library"
"""The place whose steps are made by compiled code where that can be."""
_COLLECT_AFTER = 100  # runs: a collection takes about as long as one of them
_runs = itertools.count(1)  # of this process
Outcome = dict[str, Any]
"""What a run came to, ready for JSON; see ``run_case``."""


class Task(NamedTuple):
    """What a worker is given: a run's files as text, where it is run, what is handed back.

    keep: "all" recordings, those of "worst" cases as far as a run can tell that it is one, "none".
    """

    number: int
    source: Mapping[str, str]
    obc: str
    firmware: str | None = None
    keep: str = "none"


class DrawnTask(NamedTuple):
    """What a worker is given of a campaign's run: what was drawn, and what all runs share.

    template: a ``Template`` as octets; the rest as of a Task.
    """

    drawn: Drawn
    template: bytes
    obc: str
    firmware: str | None = None
    keep: str = "none"


class Made(NamedTuple):
    """A run of a campaign: its files, what it came to, and its recording if that is kept."""

    source: Source
    outcome: Outcome
    recording: bytes


def run_drawn(task: DrawnTask) -> Made | list[str]:
    """Make a run of a campaign and judge it, as ``run_case`` does.

    Returns a sentence for each thing that is wrong with a rig of the values that were drawn.
    """
    files = files_of(_template(task.template), task.drawn)
    rig = files.made
    if isinstance(rig, list):
        return rig
    own = Task(task.drawn.number, {}, task.obc, task.firmware, task.keep)
    return Made(files.source, *_told(own, lambda: rig))


@lru_cache(maxsize=2)
def _template(packed: bytes) -> Template:
    template: Template = pickle.loads(packed)
    return template


def run_case(task: Task) -> tuple[Outcome, bytes]:
    """Make a run and judge it; return what it came to, and its recording if that is kept.

    Nothing that a run does raises: a run that fails is an outcome too, with its "error". Its
    figures are under "requirements", by name; "digest" is that of its bits, see ``digest``.
    """
    return _told(task, lambda: rig_from(Source.kept(task.source)))


def _told(task: Task, rig_of: Callable[[], Rig]) -> tuple[Outcome, bytes]:
    begin_s = time.perf_counter()
    outcome: Outcome = {"case": task.number, "hil": hil.__version__}
    octets = b""
    try:
        rig = rig_of()
        outcome["seed"] = rig.seed
        if task.keep != "all":
            outcome |= _thin_run(rig, task)
        if task.keep == "all" or (task.keep == "worst" and not outcome["met"]):
            found, octets = _full_run(rig, task)
            outcome |= found
    except HilError as error:
        outcome |= {"error": str(error), "exit_status": error.exit_status, "met": False}
    except Exception as error:  # of the bench itself: the campaign goes on, and tells of it
        words = f"a fault of the bench itself: {type(error).__name__}: {error}"
        outcome |= {"error": words, "exit_status": FAULT, "met": False}
    # Python itself looks at what is old only when a quarter as much again has been made:
    # after about a thousand runs, whose worlds are rings of objects and are all held until then.
    if next(_runs) % _COLLECT_AFTER == 0:
        gc.collect()
    outcome["wall_s"] = round(time.perf_counter() - begin_s, 3)
    return outcome, octets


def record_case(task: Task) -> bytes:
    """Make a run once more, in full, and return its recording; HilError when it fails."""
    rig = rig_from(Source.kept(task.source))
    with _file() as path:
        bench.run(rig, task.obc, path, firmware=task.firmware)
        return path.read_bytes()


def thinned(rig: Rig) -> Rig:
    """Return the rig with no more recorded than its verdicts are made from."""
    own = rig.recording
    columns = _JUDGED_TOO if own.columns is None else own.columns
    return rig.recorded_as(RecordingSettings(columns=tuple(columns), every=own.every, octets=False))


def digest(rig: Rig, recording: Recording) -> str:
    """Return a SHA-256 over all that a run's verdicts are made from, step by step.

    Two runs with one digest have the same bits in attitude, orbit, commands and estimates at every
    step. It does not depend on how much else was recorded, nor on the wall clock.
    """
    thin = thinned(rig)
    names = [name for name, _ in recording.columns if name not in NOT_COMPARED]
    names = sorted(kept_columns(thin, names))
    made = hashlib.sha256("\0".join(names).encode())
    for rows in recording.blocks(names):
        for name in names:
            made.update(rows[name].astype("<f8").tobytes())
    return made.hexdigest()


def _thin_run(rig: Rig, task: Task) -> Outcome:
    """Make a run that is forgotten when it was judged; it is held in memory where it is small."""
    thin = thinned(rig)
    if rig.scene is None and task.obc == COMPILED_ON and expected_octets(thin) <= HELD_OCTETS_MOST:
        held: list[HeldRecorder] = []

        def hold(*given: Any, **how: Any) -> HeldRecorder:
            held.append(HeldRecorder(*given, **how))
            return held[-1]

        result = _bench_run(thin, task, _nowhere(), hold)
        return _judged(rig, result, held[0].recording())
    with _file() as path:
        return _judged(rig, _bench_run(thin, task, path, Recorder), Recording(path))


def _full_run(rig: Rig, task: Task) -> tuple[Outcome, bytes]:
    with _file() as path:
        result = _bench_run(rig, task, path, Recorder)
        return _judged(rig, result, Recording(path)), path.read_bytes()


@contextmanager
def _file() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hil-") as folder:
        yield Path(folder) / "run.mcap"


def _nowhere() -> Path:
    """Return what a run is called that is written into no file."""
    return Path(tempfile.gettempdir()) / f"hil-held-{os.getpid()}.mcap"


def _judged(rig: Rig, result: Result, recording: Recording) -> Outcome:
    judgement = judge_run(rig, recording)
    verdicts = judge.verdicts(rig, [judgement])
    return {
        "met": all(each.met for each in verdicts),
        "requirements": dict(_figures(verdicts, judgement)),
        "digest": digest(rig, recording),
        "firmware": str(result.identity),
        "steps": result.steps,
        **({"ordinary_loop": result.ordinary_loop} if result.place == COMPILED_ON else {}),
    }


def _bench_run(rig: Rig, task: Task, path: Path, recorder: Callable[..., Recorder]) -> Result:
    return bench.run(rig, task.obc, path, firmware=_firmware(rig, task), recorder=recorder)


def _firmware(rig: Rig, task: Task) -> str | Path | None:
    """Return what a task has run: the project's own is looked for once, not before each run."""
    own = task.firmware is None and task.obc == COMPILED_ON and not rig.line
    return _built(task.obc) if own else task.firmware


@cache
def _built(place: str) -> Path:
    return build(place)


def _figures(verdicts: list[Verdict], judgement: Judgement) -> list[tuple[str, Outcome]]:
    found = []
    for place, verdict in enumerate(verdicts):
        told: Outcome = {
            "met": verdict.met,
            "judged": verdict.judged,
            "value": finite(verdict.value),
            "worst_s": finite(verdict.worst_time_s),
            "text": "" if verdict.met else verdict.text.replace(str(judgement.path), "the run"),
        }
        reduced = None if verdict.name == LINK else judgement.requirements[place]
        if isinstance(reduced, Figure | Detected):
            told["share_above"] = reduced.share_above
        found.append((verdict.name, told))
    return found

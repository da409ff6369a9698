"""One run of a campaign, made and judged by a worker: texts in, figures out."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import hil
from hil import bench, judge
from hil.bench.result import Result
from hil.errors import FAULT, HilError
from hil.judge import LINK, Judgement, Verdict, judge_run
from hil.judge.amounts import finite
from hil.judge.detected import Detected
from hil.judge.figure import Figure
from hil.machine.build import build
from hil.recording import HELD_OCTETS_MOST, NOT_COMPARED, HeldRecorder, Recorder, Recording
from hil.rig import Rig, Source, rig_from
from hil.rig.recorded import expected_octets, kept_columns

# Judged too where they are recorded, as hil run records them.
_JUDGED_TOO = ("truth_period_*", "housekeeping_*")
COMPILED_ON = "library"
"""The place whose steps are made by compiled code where that can be."""
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


def run_case(task: Task) -> tuple[Outcome, bytes]:
    """Make a run and judge it; return what it came to, and its recording if that is kept.

    Nothing that a run does raises: a run that fails is an outcome too, with its "error". Its
    figures are under "requirements", by name; "digest" is that of its bits, see ``digest``.
    """
    begin_s = time.perf_counter()
    outcome: Outcome = {"case": task.number, "hil": hil.__version__}
    octets = b""
    try:
        rig = rig_from(Source.kept(task.source))
        outcome["seed"] = rig.seed
        with tempfile.TemporaryDirectory(prefix="hil-") as folder:
            path = Path(folder) / "run.mcap"
            found = _run(rig, task, path, thin=task.keep != "all")
            outcome |= found
            if task.keep == "worst" and not found["met"]:
                _run(rig, task, path, thin=False)
            if task.keep == "all" or (task.keep == "worst" and not found["met"]):
                octets = path.read_bytes()
    except HilError as error:
        outcome |= {"error": str(error), "exit_status": error.exit_status, "met": False}
    except Exception as error:  # of the bench itself: the campaign goes on, and tells of it
        words = f"a fault of the bench itself: {type(error).__name__}: {error}"
        outcome |= {"error": words, "exit_status": FAULT, "met": False}
    outcome["wall_s"] = round(time.perf_counter() - begin_s, 3)
    return outcome, octets


def record_case(task: Task) -> bytes:
    """Make a run once more, in full, and return its recording; HilError when it fails."""
    rig = rig_from(Source.kept(task.source))
    with tempfile.TemporaryDirectory(prefix="hil-") as folder:
        path = Path(folder) / "run.mcap"
        bench.run(rig, task.obc, path, firmware=task.firmware)
        return path.read_bytes()


def thinned(rig: Rig) -> Rig:
    """Return the rig with no more recorded than its verdicts are made from."""
    own = rig.recording
    columns = _JUDGED_TOO if own.columns is None else own.columns
    return rig.with_overrides(
        recording={"columns": list(columns), "octets": False, "every": own.every}
    )


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


def _run(rig: Rig, task: Task, path: Path, *, thin: bool) -> Outcome:
    result, recording = _recorded(thinned(rig) if thin else rig, task, path, may_be_held=thin)
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


def _firmware(rig: Rig, task: Task) -> str | Path | None:
    """Return what a task has run: the project's own is looked for once, not before each run."""
    own = task.firmware is None and task.obc == COMPILED_ON and not rig.line
    return _built(task.obc) if own else task.firmware


@cache
def _built(place: str) -> Path:
    return build(place)


def _recorded(rig: Rig, task: Task, path: Path, *, may_be_held: bool) -> tuple[Result, Recording]:
    """Make a run; its recording is a file, or held in memory where it may be and is small."""
    held: list[HeldRecorder] = []

    def hold(*given: Any, **how: Any) -> HeldRecorder:
        held.append(HeldRecorder(*given, **how))
        return held[-1]

    small = rig.scene is None and expected_octets(rig) <= HELD_OCTETS_MOST
    recorder = hold if may_be_held and small else Recorder
    result = bench.run(rig, task.obc, path, firmware=_firmware(rig, task), recorder=recorder)
    return result, held[0].recording() if held else Recording(path)


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

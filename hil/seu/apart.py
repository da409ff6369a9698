"""Flips in any other place: a run of its own for each bit, from its start."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from hil.bench import run
from hil.errors import HilError, LinkError
from hil.obc.memory import Memory
from hil.obc.places import open_obc
from hil.obc.symbols import Variable
from hil.recording import Recording
from hil.rig import Rig
from hil.seu.outcome import Outcome, ended, outcome_of
from hil.seu.plan import Plan
from hil.seu.trace import Trace, trace_of

Flipped = tuple[Variable, int]
_KEPT = {"octets": False}
_HANGS_S = 10.0


class Runs:
    """The run without a flip, and others with one each."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        """Make the run without a flip. folder: for recordings, one at a time for each process."""
        self._plan, self._folder = plan, folder
        machine = plan.rig.obc.machine
        with open_obc(plan.place, firmware=plan.firmware, machine=machine) as obc:
            self.memory: Memory = obc.memory()
        _fly(plan, _patient(plan).with_overrides(recording=_KEPT), folder / "healthy.mcap")

    def outcomes(self, flips: Iterable[Flipped], at_once: int) -> Iterator[tuple[Flipped, Outcome]]:
        """Yield what becomes of each flip, in the order in which they end."""
        if at_once == 1:
            for flip in flips:
                yield flip, _outcome(self._plan, self._folder, flip)
            return
        with ProcessPoolExecutor(at_once, get_context("spawn")) as pool:
            asked = {pool.submit(_outcome, self._plan, self._folder, flip): flip for flip in flips}
            try:
                for done in as_completed(asked):
                    yield asked[done], done.result()
            finally:
                pool.shutdown(cancel_futures=True)


def _outcome(plan: Plan, folder: Path, flip: Flipped) -> Outcome:
    """Run with one flip; in a process of its own."""
    variable, bit = flip
    table = {
        "name": "upset",
        "device": "obc",
        "kind": "bit_flip",
        "at_s": plan.first * plan.rig.step_s,
        "symbol": variable.name,
        "bit": bit,
    }
    faults = [*(each.model_dump(exclude_none=True) for each in plan.rig.fault), table]
    rig = _patient(plan).with_overrides(recording=_KEPT, fault=faults)
    with tempfile.TemporaryDirectory(dir=folder) as own:
        path = Path(own) / "run.mcap"
        try:
            _fly(plan, rig, path)
        except LinkError as error:
            return ended(str(error).splitlines()[0])
        except HilError as error:  # the world cannot go on with what was commanded
            return Outcome("pointing lost", 180.0, 0.0, str(error).splitlines()[0])
        run = _trace(path, plan.first, plan.rig.step_s)
    healthy = _healthy(folder / "healthy.mcap", plan.first, plan.rig.step_s)
    return outcome_of(run, healthy, plan.rig.step_s, plan.limit_deg, plan.silent_s)


def _patient(plan: Plan) -> Rig:
    """Return the rig with more time for an answer: a busy machine is no firmware that hangs."""
    obc = plan.watched.obc
    own = {
        **obc.model_dump(exclude_unset=True),
        "reply_timeout_s": max(_HANGS_S, obc.reply_timeout_s),
    }
    return plan.watched.with_overrides(obc=own)


def _fly(plan: Plan, rig: Rig, path: Path) -> None:
    run(rig, plan.place, path, firmware=plan.firmware)


def _trace(path: Path, first: int, step_s: float) -> Trace:
    recording = Recording(path)
    since_ns = round(1e9 * (first - 0.5) * step_s)
    later = [each for each in recording.events if each.time_ns > since_ns]
    return trace_of(recording.arrays(), later, first)


@cache
def _healthy(path: Path, first: int, step_s: float) -> Trace:
    return _trace(path, first, step_s)


@contextmanager
def runs(plan: Plan) -> Iterator[Runs]:
    """Make the run without a flip, in a folder that is thrown away at the end."""
    with tempfile.TemporaryDirectory() as folder:
        yield Runs(plan, Path(folder))

"""What judging has to know of a run, from the beginning of its recording."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from hil.judge.occurrences import FaultLog
from hil.judge.phases import Run
from hil.judge.rows import FloatArray
from hil.recording import Recording
from hil.recording.kept import Kept, mode_names, number, steps_a_row

_DEFAULT_STEP_s = 0.1


class Growing(Kept, Protocol):
    """A recording, whole or growing, as far as this goes."""

    @property
    def columns(self) -> Sequence[tuple[str, int]]:
        """Names and sizes of its columns."""


def run_of(recording: Recording, steps_together: float = 0) -> Run:
    """Return what judging has to know of a run before its steps, with all that fails in it."""
    step_s = _told_step_s(recording)
    seen_s = seen_step_s(recording["time_s"][:2], _DEFAULT_STEP_s)
    step_s = step_s or seen_s / steps_a_row(recording)
    run = described(recording, step_s, len(recording))
    return run._replace(steps_together=steps_together, faults=FaultLog(recording.events))


def described(recording: Growing, step_s: float, steps_most: float) -> Run:
    """Return what judging has to know of a run, from the beginning of its recording.

    step_s: the control period.
    """
    columns = frozenset(name for name, _ in recording.columns)
    every, name = steps_a_row(recording), str(recording.path)
    return Run(name, every * step_s, mode_names(recording), steps_most, columns, every=every)


def _told_step_s(recording: Kept) -> float:
    step_s = number(recording, "run", "step_s", 0.0)
    return step_s if math.isfinite(step_s) and step_s > 0.0 else 0.0


def seen_step_s(time_s: FloatArray, otherwise_s: float) -> float:
    """Return the time from one recorded step to the next; otherwise_s where there is but one."""
    return float(time_s[1] - time_s[0]) if len(time_s) > 1 else otherwise_s

"""Where two runs part."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hil.errors import RecordingError
from hil.recording.reader import Recording

WALL_CLOCK_COLUMNS = ("reply_s", "late_s")  # measured on the wall clock: no two runs agree
MACHINE_COLUMNS = (  # what the OBC tells of the machine that it runs on, not of its flight
    "housekeeping_cpu_time_ns",
    "housekeeping_cpu_time_max_ns",
    "housekeeping_stack_used_max",
    "housekeeping_watchdog_resets",
    "housekeeping_line_errors",
    "housekeeping_instructions",
    "housekeeping_instructions_max",
)


class Difference(NamedTuple):
    """The first step and column in which two recordings differ, and what each holds there.

    A recording that ended earlier differs in column "step": its value is None.
    """

    step: int
    time_s: float
    column: str
    a: float | tuple[float, ...] | None
    b: float | tuple[float, ...] | None

    def __str__(self) -> str:
        return f"step {self.step} ({self.time_s:.3f} s), {self.column}: {self.a!r} and {self.b!r}"


def first_difference(
    a: Recording,
    b: Recording,
    prefixes: Iterable[str] = ("",),
    exclude: Iterable[str] = (*WALL_CLOCK_COLUMNS, *MACHINE_COLUMNS),
) -> Difference | None:
    """Return the first difference between two runs' steps, bit by bit, or None (NaN equals NaN).

    prefixes: only columns whose names begin with one of these are compared.
    exclude: names of columns that are not compared.
    Raises RecordingError when the recordings do not have the same columns.
    """
    names = [name for name, _ in _common(a, b, set(exclude)) if name.startswith(tuple(prefixes))]
    steps = min(len(a), len(b))
    firsts = [(_first_row(a[name][:steps], b[name][:steps]), i) for i, name in enumerate(names)]
    step, i = min(firsts, default=(steps, 0))
    if step < steps:
        return Difference(
            step, _time(a, step), names[i], _value(a, names[i], step), _value(b, names[i], step)
        )
    if len(a) == len(b):
        return None
    longer = a if len(a) > len(b) else b
    ends = [float(steps) if recording is longer else None for recording in (a, b)]
    return Difference(steps, _time(longer, steps), "step", *ends)


def _common(a: Recording, b: Recording, exclude: set[str]) -> list[tuple[str, int]]:
    in_a, in_b = ([c for c in r.columns if c[0] not in exclude] for r in (a, b))
    odd = sorted({name for name, _ in set(in_a) ^ set(in_b)})
    if odd:
        raise RecordingError(
            f"{a.path} and {b.path} cannot be compared: they differ in columns {', '.join(odd)}"
        )
    return in_a


def _first_row(a: NDArray[np.float64], b: NDArray[np.float64]) -> int:
    """Return the first row that differs, or the number of rows."""
    bits_a, bits_b = (np.ascontiguousarray(x).view(np.uint64) for x in (a, b))
    same = (bits_a == bits_b) | (np.isnan(a) & np.isnan(b))
    rows = np.flatnonzero(~same.reshape(len(same), -1).all(axis=1))
    return int(rows[0]) if len(rows) else len(a)


def _value(recording: Recording, column: str, step: int) -> float | tuple[float, ...]:
    value = recording[column][step]
    return tuple(map(float, value)) if value.ndim else float(value)


def _time(recording: Recording, step: int) -> float:
    return float(recording["time_s"][step]) if "time_s" in recording else float("nan")

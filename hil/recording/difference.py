"""Where two runs part, and how far they go apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hil.errors import RecordingError
from hil.recording.blocks import Block, FloatArray
from hil.recording.reader import BLOCK_ROWS, Recording

WALL_CLOCK_COLUMNS = ("reply_s", "late_s")  # measured on the wall clock: no two runs agree
MACHINE_COLUMNS = (  # what the OBC tells of the machine that it runs on, not of its flight
    "housekeeping_cpu_time_ns",
    "housekeeping_cpu_time_max_ns",
    "housekeeping_stack_used_max",
    "housekeeping_watchdog_resets",
    "housekeeping_line_errors",
    "housekeeping_unread_octets_max",
    "housekeeping_clock_source",
    "housekeeping_clock_MHz",
    "housekeeping_reset_cause",
    "housekeeping_instructions",
    "housekeeping_instructions_max",
)
NOT_COMPARED = (*WALL_CLOCK_COLUMNS, *MACHINE_COLUMNS)


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


class Distance(NamedTuple):
    """How far two recordings go apart in one column, and in how many steps they differ.

    largest: of any part, in the column's unit; infinite where only one of the two is a number.
    step, time_s: where that is, for the first time.
    """

    column: str
    largest: float
    step: int
    time_s: float
    steps: int


def first_difference(
    a: Recording,
    b: Recording,
    prefixes: Iterable[str] = ("",),
    exclude: Iterable[str] = NOT_COMPARED,
) -> Difference | None:
    """Return the first difference between two runs' steps, bit by bit, or None (NaN equals NaN).

    prefixes: only columns whose names begin with one of these are compared.
    exclude: names of columns that are not compared.
    Raises RecordingError when the recordings do not have the same columns.
    """
    for at, steps, block_a, block_b in _pairs(a, b, _compared(a, b, prefixes, exclude)):
        firsts = [(_first_row(block_a[name], block_b[name]), i) for i, name in enumerate(block_a)]
        step, i = min(firsts)
        if step < steps:
            name = [*block_a][i]
            values = (_value(block[name][step]) for block in (block_a, block_b))
            return Difference(at + step, _time(a, at + step), name, *values)
    if len(a) == len(b):
        return None
    steps = min(len(a), len(b))
    longer = a if len(a) > len(b) else b
    ends = [float(steps) if recording is longer else None for recording in (a, b)]
    return Difference(steps, _time(longer, steps), "step", *ends)


def distances(
    a: Recording,
    b: Recording,
    prefixes: Iterable[str] = ("",),
    exclude: Iterable[str] = NOT_COMPARED,
) -> list[Distance]:
    """Return how far each column that differs goes apart, over the steps that both runs have.

    Arguments and errors as of ``first_difference``.
    """
    found: dict[str, Distance] = {}
    for at, steps, block_a, block_b in _pairs(a, b, _compared(a, b, prefixes, exclude)):
        for name in block_a:
            apart = _apart(block_a[name], block_b[name]).reshape(steps, -1).max(axis=1)
            differs = ~_same_rows(block_a[name], block_b[name])
            if not differs.any():
                continue
            step = int(np.argmax(apart)) if apart.any() else int(np.argmax(differs))
            here = Distance(name, float(apart[step]), at + step, 0.0, int(differs.sum()))
            before = found.get(name)
            if before is not None:
                larger = here if here.largest > before.largest else before
                here = larger._replace(steps=before.steps + here.steps)
            found[name] = here
    return [each._replace(time_s=_time(a, each.step)) for each in found.values()]


def odd_columns(a: Recording, b: Recording) -> list[str]:
    """Return the columns that only one of two recordings has, or that differ in size; sorted."""
    return sorted({name for name, _ in set(a.columns) ^ set(b.columns)})


def _compared(
    a: Recording, b: Recording, prefixes: Iterable[str], exclude: Iterable[str]
) -> list[str]:
    left_out = set(exclude)
    odd = [name for name in odd_columns(a, b) if name not in left_out]
    if odd:
        raise RecordingError(
            f"{a.path} and {b.path} cannot be compared: they differ in columns {', '.join(odd)}"
        )
    names = [name for name, _ in a.columns if name not in left_out]
    return [name for name in names if name.startswith(tuple(prefixes))]


def _pairs(a: Recording, b: Recording, names: list[str]) -> Iterator[tuple[int, int, Block, Block]]:
    """Yield where a block begins, its steps, and what both recordings hold of it."""
    at = 0
    blocks = (recording.blocks(names, rows=BLOCK_ROWS) for recording in (a, b))
    for block_a, block_b in zip(*blocks, strict=False):
        steps = min(len(block[names[0]]) for block in (block_a, block_b))
        cut = [{name: block[name][:steps] for name in names} for block in (block_a, block_b)]
        yield at, steps, cut[0], cut[1]
        at += steps


def _same_rows(a: FloatArray, b: FloatArray) -> NDArray[np.bool_]:
    """Return which rows hold the same bits."""
    same = (a.view(np.uint64) == b.view(np.uint64)) | (np.isnan(a) & np.isnan(b))
    return np.asarray(same.reshape(len(same), int(np.prod(same.shape[1:]))).all(axis=1))


def _first_row(a: FloatArray, b: FloatArray) -> int:
    """Return the first row that differs, or the number of rows."""
    rows = np.flatnonzero(~_same_rows(a, b))
    return int(rows[0]) if len(rows) else len(a)


def _apart(a: FloatArray, b: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.abs(a - b)
    apart[(np.isnan(a) & np.isnan(b)) | (a == b)] = 0.0
    return np.where(np.isnan(apart), np.inf, apart)


def _value(value: NDArray[np.float64]) -> float | tuple[float, ...]:
    return tuple(map(float, value)) if value.ndim else float(value)


def _time(recording: Recording, step: int) -> float:
    return float(recording["time_s"][step]) if "time_s" in recording else float("nan")

"""Steps of a run in pieces, by column name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Mask = NDArray[np.bool_]
Rows = Mapping[str, FloatArray]
"""Column name -> its values at some steps in a row: (n,) of a scalar, (n, size) of a vector."""

_COMMANDS = ("command_wheel_torque_Nm", "command_dipole_body_A_m2")
_OF_THE_REPLY = ("command_", "estimate_", "reply_s")
_HELD = ("housekeeping_", "user_", "alert_", "file_")
_AGE = "_age_s"
TIME_TOLERANCE_s = 1e-9  # a step's time is a product of floats


def answered(rows: Rows) -> Mask:
    """Return at which steps the OBC answered in time: its command holds a number.

    Where a recording has no commands, every step counts as answered.
    """
    told = [np.isfinite(_flat(rows[name])).any(axis=1) for name in _COMMANDS if name in rows]
    if not told:
        return np.ones(len(rows["time_s"]), dtype=bool)
    return np.asarray(np.logical_or.reduce(told))


def columns_of_answers(available: frozenset[str]) -> set[str]:
    """Return the columns that tell which steps were answered."""
    return set(_COMMANDS) & available


def comes_with_the_reply(column: str) -> bool:
    """Return whether a column is empty at a step without an answer."""
    return column.startswith(_OF_THE_REPLY)


def age_column(column: str, available: Iterable[str]) -> str | None:
    """Return the column that tells when a sensor's values were sampled; None of other columns."""
    ages = [name for name in available if name.endswith(_AGE) and not name.startswith("truth_")]
    return next((age for age in ages if column.startswith(age.removesuffix("age_s"))), None)


class Valued:
    """At which steps a column has a value at all: one that is not known there counts as missed.

    A command or an estimate comes with an answer, a sensor's value with a sample, and what is told
    from time to time stands from the first time on.
    """

    def __init__(self, column: str, available: frozenset[str]) -> None:
        self._column = column
        self._age = age_column(column, available)
        self.of_the_reply = comes_with_the_reply(column)
        self._begun = not column.startswith(_HELD)

    @staticmethod
    def columns(column: str, available: frozenset[str]) -> set[str]:
        """Return the columns that tell it, and the column itself."""
        age = age_column(column, available)
        return {column} if age is None else {column, age}

    @property
    def never(self) -> str:
        """That there was none, in words."""
        if self.of_the_reply:
            return "no step was answered"
        return f"{self._column} was never {'sampled' if self._age else 'told'}"

    def at(self, rows: Rows) -> Mask:
        """Return at which of the next steps it has a value."""
        if self.of_the_reply:
            return answered(rows)
        if self._age is not None:
            return np.isfinite(rows[self._age])
        known = np.isfinite(_flat(rows[self._column])).any(axis=1)
        begun = np.logical_or.accumulate(known) | self._begun
        self._begun = self._begun or bool(known.any())
        return np.asarray(begun)


def _flat(values: FloatArray) -> FloatArray:
    return values.reshape(len(values), math.prod(values.shape[1:]))


def parts_of(mask: Mask) -> list[slice]:
    """Return the stretches of steps at which a mask holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [slice(start, end) for start, end in edges.reshape(-1, 2).tolist()]


def last_told(told: np.ndarray, has_answer: Mask, before: float) -> tuple[np.ndarray, float]:
    """Return, for each step, the value of the last answer up to it, and that of the last step.

    before: the value told before the first step, NaN for none.
    """
    if not len(told):
        return told, before
    values = np.concatenate([[before], told])
    at = np.where(has_answer, np.arange(1, len(values)), 0)
    held = values[np.maximum.accumulate(at)]
    return held, float(held[-1])

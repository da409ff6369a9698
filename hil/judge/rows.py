"""Steps of a run in pieces, by column name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Mask = NDArray[np.bool_]
Rows = Mapping[str, FloatArray]
"""Column name -> its values at some steps in a row: (n,) of a scalar, (n, size) of a vector."""

_COMMANDS = ("command_wheel_torque_Nm", "command_dipole_body_A_m2")
_OF_THE_REPLY = ("command_", "estimate_", "reply_s")
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


def _flat(values: FloatArray) -> FloatArray:
    return values.reshape(len(values), -1)

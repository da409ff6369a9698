"""What a run did after a bit was flipped, as far as its outcome is told by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hil.recording import Event

FloatArray = NDArray[np.float64]
ATTITUDE, MODE, FLAGS = "truth_q_eci_from_body", "estimate_mode", "estimate_flags"
_SAID = ("command_", "estimate_", "thruster_command_")


class Trace(NamedTuple):
    """A run from the step of the flip on.

    q_eci_from_body: (n, 4). said: all that the OBC commanded and estimated, (n, m). mode, flags:
    (n,). told: how often it told each of its events.
    """

    q_eci_from_body: FloatArray
    said: FloatArray
    mode: FloatArray
    flags: FloatArray
    told: Counter[str]


def trace_of(columns: Mapping[str, FloatArray], events: Iterable[Event], first: int) -> Trace:
    """Return the trace from step `first` on, of a whole run's columns and events.

    events: those from that step on.
    """
    said = [values for name, values in sorted(columns.items()) if name.startswith(_SAID)]
    return Trace(
        columns[ATTITUDE][first:],
        np.column_stack([values[first:] for values in said]),
        columns[MODE][first:],
        columns[FLAGS][first:],
        Counter(each.name for each in events if each.source == "obc"),
    )

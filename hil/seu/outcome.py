"""What became of a run after a bit was flipped, told by the run without a flip."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hil.physics.rotations import conjugate, multiply
from hil.seu.trace import FloatArray, Trace

KINDS = ("nothing", "healed", "safe mode", "reset", "pointing lost", "wrong without a word")


class Outcome(NamedTuple):
    """What became of a run.

    kind: one of KINDS. worst_deg: how far the attitude was from that of the run without a flip.
    silent_s: for how long at a stretch it was too far away without a word of the firmware.
    why: how the firmware ended, if it did.
    """

    kind: str
    worst_deg: float
    silent_s: float
    why: str = ""


def ended(why: str) -> Outcome:
    """Return the outcome of a run whose firmware crashed, hung or restarted."""
    return Outcome("reset", float("nan"), 0.0, why)


def outcome_of(
    run: Trace, healthy: Trace, step_s: float, limit_deg: float, silent_s: float
) -> Outcome:
    """Tell what a flip did.

    nothing: the same bits in all that the OBC said. healed: other bits, and the attitude stayed
    within the limit. safe mode: it ends in another mode. pointing lost: too far away, and told by
    an event, a mode or a flag, or over soon. wrong without a word: too far away for longer than
    silent_s, and nothing told.
    """
    if np.array_equal(run.said, healthy.said, equal_nan=True) and run.told == healthy.told:
        return Outcome("nothing", 0.0, 0.0)
    error_deg = _apart_deg(run.q_eci_from_body, healthy.q_eci_from_body)
    worst_deg = float(np.nan_to_num(error_deg, nan=180.0).max())
    lost = ~(error_deg <= limit_deg)
    silent = 0.0 if _told(run, healthy) else step_s * _longest(lost)
    if run.mode[-1] != healthy.mode[-1]:
        return Outcome("safe mode", worst_deg, silent)
    if not lost.any():
        return Outcome("healed", worst_deg, silent)
    kind = "wrong without a word" if silent > silent_s else "pointing lost"
    return Outcome(kind, worst_deg, silent)


def _told(run: Trace, healthy: Trace) -> bool:
    """Whether the firmware said anything that it does not say without a flip."""
    more = run.told - healthy.told
    return bool(
        more
        or not np.array_equal(run.mode, healthy.mode, equal_nan=True)
        or not np.array_equal(run.flags, healthy.flags, equal_nan=True)
    )


def _apart_deg(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the angles between attitudes, (n,)."""
    between = multiply(conjugate(a), b)
    sine = np.linalg.norm(between[:, :3], axis=1)
    return np.asarray(np.degrees(2.0 * np.arctan2(sine, np.abs(between[:, 3]))))


def _longest(true: np.ndarray) -> int:
    """Return the length of the longest stretch."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], true.astype(int), [0]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))

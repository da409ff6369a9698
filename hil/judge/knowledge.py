"""Where the firmware tells its attitude, and where it tells none that could be right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hil.judge.pointing import Columns, rotations
from hil.judge.rows import Mask

FloatArray = NDArray[np.float64]
NOT_KNOWN = ("reported as unknown", "reported as not a unit quaternion", "not reported")
_ATTITUDE_NOT_KNOWN = 1  # bit 0 of the estimate's flags


def estimated_q_eci_from_body(columns: Columns) -> FloatArray:
    """Return the estimated attitude (n, 4); NaN where it is told as unknown, or as no rotation."""
    q = rotations(columns["estimate_q_eci_from_body"])
    return np.where(_disowned(columns)[:, None], np.nan, q)


def knowledge(columns: Columns) -> dict[str, Mask]:
    """Return, for each case of NOT_KNOWN, at which steps it is so."""
    q = columns["estimate_q_eci_from_body"]
    silent, disowned = np.isnan(q).any(axis=-1), _disowned(columns)
    impossible = np.isnan(rotations(q)).any(axis=-1) & ~silent & ~disowned
    masks = (disowned & ~silent, impossible, silent)
    return {case: np.asarray(mask) for case, mask in zip(NOT_KNOWN, masks, strict=True)}


def _disowned(columns: Columns) -> Mask:
    flags = np.nan_to_num(columns["estimate_flags"]).astype(int)
    return np.asarray((flags & _ATTITUDE_NOT_KNOWN) != 0)

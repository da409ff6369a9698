"""Where the firmware tells its attitude, and where it tells none that could be right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hil.judge.pointing import Columns, rotations

FloatArray = NDArray[np.float64]
Mask = NDArray[np.bool_]
_ATTITUDE_NOT_KNOWN = 1  # bit 0 of the estimate's flags


def estimated_q_eci_from_body(columns: Columns) -> FloatArray:
    """Return the estimated attitude (n, 4); NaN where it is told as unknown, or as no rotation."""
    q = rotations(columns["estimate_q_eci_from_body"])
    return np.where(_disowned(columns)[:, None], np.nan, q)


def unknown_words(columns: Columns, judged: Mask) -> str:
    """Return in how many judged samples no attitude is known, and why; "" if it always is."""
    q = columns["estimate_q_eci_from_body"]
    silent, disowned = np.isnan(q).any(axis=-1), _disowned(columns)
    impossible = np.isnan(rotations(q)).any(axis=-1) & ~silent & ~disowned
    cases = {
        "told as unknown": disowned & ~silent,
        "told as no unit quaternion": impossible,
        "not told": silent,
    }
    counts = {case: int(np.count_nonzero(mask & judged)) for case, mask in cases.items()}
    most = int(np.count_nonzero(judged))
    words = [f"{case} in {count} of {most} samples" for case, count in counts.items() if count]
    return f"attitude {', '.join(words)}" if words else ""


def _disowned(columns: Columns) -> Mask:
    flags = np.nan_to_num(columns["estimate_flags"]).astype(int)
    return np.asarray((flags & _ATTITUDE_NOT_KNOWN) != 0)

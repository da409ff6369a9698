"""Whether the wheels of an image that knows no bench oppose what its gyro says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hil.phasing.judge import NOT_PHASED, Finding, judge
from hil.phasing.linerun import Matrix

_LEAST_Nm = 1e-7


def opposed_rates(gyro: str, stimuli: Matrix, torques: Matrix) -> Iterator[Finding]:
    """Wheels are to give the body a torque against its rate, of whatever size.

    stimuli: (n, 3), of a size that does not matter. torques: of the wheels on the body, (n, 3).
    """
    device = f"wheels on {gyro}"
    if np.abs(torques).max(initial=0.0) < _LEAST_Nm:
        yield Finding(
            device, "all", NOT_PHASED, "they answer it with no torque while it alone speaks"
        )
        return
    known = np.hstack([stimuli, np.ones((len(stimuli), 1))])
    matrix = np.asarray(np.linalg.lstsq(known, torques, rcond=None)[0][:3].T, dtype=np.float64)
    for axis in range(3):
        size = float(np.linalg.norm(matrix[:, axis])) or 1.0
        yield judge(device, "xyz", axis, matrix[:, axis] / size, -np.eye(3), size, "N m")

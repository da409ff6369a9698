"""Whether the wheels of an image that knows no bench oppose what its gyro says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hil.phasing.judge import GAIN_MOST, NOT_PHASED, ANGLE_MOST_deg, Finding, judge
from hil.phasing.linerun import Matrix

_LEAST_Nm = 1e-7


def idle(torques: Matrix) -> bool:
    """Whether wheels do nothing at all, (n, 3)."""
    return bool(np.abs(torques).max(initial=0.0) < _LEAST_Nm)


def opposed_rates(
    gyro: str, stimuli: Matrix, torques: Matrix, angle_most_deg: float = ANGLE_MOST_deg
) -> Iterator[Finding]:
    """Wheels are to give the body a torque against its rate, of whatever size.

    stimuli: (n, 3), of a size that does not matter. torques: of the wheels on the body, (n, 3).
    """
    device = f"wheels on {gyro}"
    if idle(torques):
        why = "they answer it with no torque, alone or beside the other devices"
        yield Finding(device, "all", NOT_PHASED, why)
        return
    known = np.hstack([stimuli, np.ones((len(stimuli), 1))])
    matrix = np.asarray(np.linalg.lstsq(known, torques, rcond=None)[0][:3].T, dtype=np.float64)
    for axis in range(3):
        size = float(np.linalg.norm(matrix[:, axis])) or 1.0
        shown = (size * float(np.abs(stimuli).max()), "N m", GAIN_MOST, angle_most_deg)
        yield judge(device, "xyz", axis, matrix[:, axis] / size, -np.eye(3), *shown)

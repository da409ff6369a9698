"""Magnetic torque rods: a commanded dipole, limited, with each rod's own direction and gain."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from hil.physics.spacecraft import Axis, Model, NonNegative, Positive
from hil.physics.vectors import FloatArray


class Rod(Model):
    """A [[rod]] table."""

    axis_body: Axis
    dipole_max_A_m2: Positive
    dipole_gain: Positive = 1.0  # true dipole over commanded dipole
    dipole_resolution_A_m2: NonNegative = 0.0


class RodDrives:
    """The drives of all rods: a dipole vector is shared among them along their axes."""

    def __init__(self, rods: Sequence[Rod]) -> None:
        """Start with zero dipole; ``rejected`` counts refused commands."""
        axes = np.array([rod.axis_body for rod in rods], dtype=float).reshape(-1, 3)
        share = np.linalg.pinv(axes.T)  # least dipole in every rod
        self._rods = [
            (
                tuple(share[i]),
                tuple(axes[i]),
                r.dipole_max_A_m2,
                r.dipole_resolution_A_m2,
                r.dipole_gain,
            )
            for i, r in enumerate(rods)
        ]
        self.applied_body_A_m2: FloatArray = np.zeros(3)
        self.rejected = 0

    def command(self, dipole_body_A_m2: Sequence[float]) -> FloatArray:
        """Return the dipole (3,) in the body frame that follows from a commanded one.

        Each rod is limited and rounded by itself. A NaN or infinite component is counted in
        ``rejected`` and leaves the dipole as it was.
        """
        x, y, z = dipole_body_A_m2[0], dipole_body_A_m2[1], dipole_body_A_m2[2]
        if not math.isfinite(x + y + z):
            self.rejected += 1
            return self.applied_body_A_m2
        total = [0.0, 0.0, 0.0]
        for share, axis, limit, resolution, gain in self._rods:
            wanted = share[0] * x + share[1] * y + share[2] * z
            wanted = max(-limit, min(limit, wanted))
            if resolution > 0.0:
                wanted = math.floor(wanted / resolution + 0.5) * resolution
            for i in range(3):
                total[i] += gain * wanted * axis[i]
        self.applied_body_A_m2[:] = total
        return self.applied_body_A_m2

"""Angular momentum of body and wheels, from recorded rates and speeds."""

from __future__ import annotations

import numpy as np

from hil.judge.rows import FloatArray
from hil.rig import Rig


class Momentum:
    """Of a rig's spacecraft, in N m s, body axes."""

    def __init__(self, rig: Rig) -> None:
        craft = rig.spacecraft
        self._inertia = np.array(craft.body.inertia_body_kg_m2)
        self._spin = np.array([wheel.spin_inertia_kg_m2 for wheel in craft.wheel])
        self._axes = np.array([wheel.axis_body for wheel in craft.wheel]).reshape(-1, 3)

    def of_body(self, rate_body_rad_s: FloatArray) -> FloatArray:
        """Return that of the body (n, 3) at rates (n, 3)."""
        return np.asarray(rate_body_rad_s @ self._inertia)

    def of_wheels(self, speed_rad_s: FloatArray) -> FloatArray:
        """Return that of all wheels (n, 3) at their speeds (n, wheels)."""
        return np.asarray((speed_rad_s * self._spin) @ self._axes)

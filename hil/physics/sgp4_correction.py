"""An orbit that follows sgp4: the state is put back on it once a second."""

from __future__ import annotations

from hil.physics.orbit import InitialOrbit
from hil.physics.tle import Sgp4Orbit
from hil.physics.vectors import FloatArray

CORRECTION_s = 1.0  # our own gravity bridges the gap to within a millimetre
NEVER = 2**62


class Sgp4Correction:
    """Corrects a state's position and velocity where the orbit asks for sgp4, else does nothing."""

    def __init__(self, orbit: InitialOrbit, step_s: float) -> None:
        """Correct at multiples of a second since the epoch, however the run is cut into calls."""
        self._every = max(1, round(CORRECTION_s / step_s))
        self._step_s = step_s
        self._sgp4: Sgp4Orbit | None = None
        if orbit.mean_elements is not None and orbit.propagator == "sgp4":
            self._sgp4 = Sgp4Orbit(orbit.mean_elements, orbit.epoch_utc)

    def correct(self, step: int, state: FloatArray) -> int:
        """Put sgp4's position and velocity into a state if it is time; return the next such step.

        Raises ValueError when the satellite has decayed.
        """
        if self._sgp4 is None:
            return NEVER
        if step % self._every == 0:
            state[7:10], state[10:13] = self._sgp4.state(step * self._step_s)
        return (step // self._every + 1) * self._every

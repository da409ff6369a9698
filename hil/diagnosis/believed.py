"""What the reference flight software believes: its parameters, as a rig sets them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hil.diagnosis.units import AXES
from hil.flight.parameters import PARAMETERS

DEFAULTS = {each.name: each.default for each in PARAMETERS}


class Beliefs:
    """The parameters of the reference flight software, as the rig sets them or by default."""

    def __init__(self, given: Mapping[str, float]) -> None:
        self._given = given

    def __getitem__(self, name: str) -> float:
        return self._given.get(name, DEFAULTS[name])

    def axis(self, start: str) -> np.ndarray:
        """Return the unit vector of three parameters."""
        return np.array([self[f"{start}_{axis}_body"] for axis in AXES])

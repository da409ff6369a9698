"""When a fault is in force: at a time, on an occasion, or at random."""

from __future__ import annotations

import math

import numpy as np

from hil.faults.model import Fault

ECLIPSE = {"eclipse entry": False, "eclipse exit": True}
"""Occasion -> whether the spacecraft is in the light after it."""
RISE = "rise"
NAMED = ("mode", "event", "fault", RISE)
"""What else can be an occasion, each with a name after it."""
SEEN = ("mode", *ECLIPSE, RISE)
"""Which of them come between two usual steps; events and faults make a step unusual."""
_DARK = 0.5  # of the Sun's disc


class Watch:
    """Makes occasions of what is seen: light, places, the firmware's mode and events, faults."""

    def __init__(self) -> None:
        """Begin with nothing seen: what is so at the start is no occasion."""
        self._lit: bool | None = None
        self._mode: str | None = None
        self._heard: set[str] = set()
        self._up: dict[str, bool] = {}

    def told(self, event: str) -> None:
        """The firmware told an event."""
        self._heard.add(f"event {event}")

    def mode(self, name: str | None) -> None:
        """The firmware is in a mode; None: it did not say."""
        if name is not None and name != self._mode:
            self._mode = name
            self._heard.add(f"mode {name}")

    def began(self, fault: str) -> None:
        """A fault began."""
        self._heard.add(f"fault {fault}")

    def light(self, sunlit: float) -> None:
        """How much of the Sun's disc is seen now."""
        lit = sunlit >= _DARK
        if self._lit is not None and lit != self._lit:
            self._heard.add(next(word for word, after in ECLIPSE.items() if after == lit))
        self._lit = lit

    def sight(self, target: str, elevation_rad: float) -> None:
        """How high a place on the ground sees the spacecraft now."""
        up = elevation_rad > 0.0
        if up and not self._up.get(target, True):
            self._heard.add(f"{RISE} {target}")
        self._up[target] = up

    @property
    def is_quiet(self) -> bool:
        """Whether no occasion waits for the next step."""
        return not self._heard

    def take(self) -> frozenset[str]:
        """Return the occasions since the last call."""
        heard, self._heard = frozenset(self._heard), set()
        return heard


class Schedule:
    """Says at each control step whether one fault is in force."""

    def __init__(self, fault: Fault, step_s: float, source: np.random.Generator) -> None:
        """source: the fault's own random numbers, for when it comes."""
        self._fault, self._step_s, self._source = fault, step_s, source
        self._ends = self._steps(fault.duration_s)
        self.begins: int | None = None
        """The step at which it begins or began."""
        if fault.at_s is not None:
            self.begins = self._steps(fault.at_s)
        elif fault.mean_between_s is not None:
            self.begins = self._gap()

    def active(self, step: int, occasions: frozenset[str]) -> bool:
        """Whether it is in force at a step, after these occasions; to be asked once a step."""
        if self.begins is None and self._fault.on in occasions:
            self.begins = step + (self._steps(self._fault.after_s) or 0)
        if self.begins is None or step < self.begins:
            return False
        if self._ends is None or step < self.begins + self._ends:
            return True
        self._arm(step)
        return False

    def calm_until(self, step: int) -> float:
        """Return the first step from this one on at which it may begin or end; infinity: none.

        Occasions apart, which ``SEEN`` does not name.
        """
        if self.begins is None:
            return math.inf
        if step <= self.begins:
            return self.begins
        if self._ends is None:
            return math.inf
        ends = self.begins + self._ends
        if step < ends:
            return ends
        return math.inf if self._fault.at_s is not None else step

    def _arm(self, step: int) -> None:
        """Have it come again, if it is one that does."""
        fault = self._fault
        if fault.on is not None:
            self.begins = None
        elif fault.mean_between_s is not None:
            self.begins = step + self._gap()

    def _gap(self) -> int:
        mean = (self._fault.mean_between_s or 0.0) / self._step_s
        return max(1, round(mean * float(self._source.exponential())))

    def _steps(self, time_s: float | None) -> int | None:
        return None if time_s is None else max(0, math.ceil(time_s / self._step_s - 1e-9))

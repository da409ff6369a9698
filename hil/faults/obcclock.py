"""The OBC's clock as it is told on the line, with its faults."""

from __future__ import annotations

from collections.abc import Sequence

from hil.faults.obc import ClockFault
from hil.link.clock import Clock
from hil.link.cuc import TICKS_PER_SECOND


class ObcClock:
    """A clock's times for what goes to the OBC, off by what the faults say; never before zero."""

    def __init__(self, clock: Clock, faults: Sequence[ClockFault]) -> None:
        self._clock, self._faults = clock, faults

    @property
    def step(self) -> int:
        """The present step."""
        return self._clock.step

    @property
    def now_ticks(self) -> int:
        """The time code of the present step, as the OBC's clock has it."""
        return max(0, self._clock.now_ticks + self._ahead_ticks())

    def ticks_before(self, age_s: float) -> int:
        """The same of what was measured so long before the present step."""
        return max(0, self._clock.ticks_before(age_s) + self._ahead_ticks())

    def _ahead_ticks(self) -> int:
        ahead_s = sum(fault.ahead_s for fault in self._faults if fault.active)
        return round(ahead_s * TICKS_PER_SECOND)

"""When a step may start in real time, and by when its reply has to be there."""

import sys
import time
from collections.abc import Callable

from hil.link.clock import Clock

_SPIN_NS = 300_000
"""The last stretch before a deadline is spun away: a sleep alone ends tens of us late."""

_LEAD_NS = 20_000_000
"""From the start of the clock to step 0, so that the first step is as punctual as the rest."""

_STOPPED_LEAST_NS = 250_000_000
"""What a step may begin later than the one before it without the bench having been stopped."""


def suspended_ns() -> int:
    """For how long the machine has been suspended since it started, as far as it tells."""
    if sys.platform != "linux":
        return 0
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.clock_gettime_ns(time.CLOCK_MONOTONIC)


class RealTime:
    """Step k starts k periods after step 0 on the monotonic clock.

    Every deadline is counted from the first, so that lateness never adds up and nothing drifts; a
    step that is late starts at once and the next is due when it always was.

    stopped_s: for how long the bench was stopped before the present step, 0 if it was not.
    """

    def __init__(
        self,
        clock: Clock,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
        asleep_ns: Callable[[], int] = suspended_ns,
    ) -> None:
        self._clock, self._clock_ns, self._sleep = clock, clock_ns, sleep
        self._asleep_ns, self._slept_ns = asleep_ns, asleep_ns()
        self._period_s = float(clock.period_s)
        self._origin_ns: int | None = None
        self._late_ns = 0
        self.stopped_s = 0.0

    def wait(self) -> float:
        """Return when the present step is to start, with how late it then is, in seconds."""
        due_ns = self._due_ns(self._clock.step)
        while (left_ns := due_ns - self._clock_ns()) > _SPIN_NS:
            self._sleep((left_ns - _SPIN_NS) * 1e-9)
        while (now_ns := self._clock_ns()) < due_ns:
            pass
        self._notice_stop(now_ns - due_ns)
        return (now_ns - due_ns) * 1e-9

    def _notice_stop(self, late_ns: int) -> None:
        slept_ns, self._slept_ns = self._slept_ns, self._asleep_ns()
        # A suspended machine's clock stands still, a stopped program's runs on.
        stopped_ns = late_ns - self._late_ns + self._slept_ns - slept_ns
        self._late_ns = late_ns
        self.stopped_s = stopped_ns * 1e-9 if stopped_ns > _STOPPED_LEAST_NS else 0.0

    def deadline_s(self, late_s: float) -> float:
        """The instant on the monotonic clock by which the present step's reply has to be there.

        That is when the next step is due. Only a step that begins when that is over already, which
        is the bench's own fault, leaves the OBC a whole period.
        """
        if late_s >= self._period_s:
            return self._clock_ns() * 1e-9 + self._period_s
        return self._due_ns(self._clock.step + 1) * 1e-9

    def _due_ns(self, step: int) -> int:
        if self._origin_ns is None:
            self._origin_ns = self._clock_ns() + _LEAD_NS - self._clock.time_ns(step)
        return self._origin_ns + self._clock.time_ns(step)

"""When a step may start: as soon as the one before is done, or on the wall clock."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable

_SPIN_NS = 300_000
"""The last stretch before a deadline is spun away: a sleep alone ends tens of us late."""

_LEAD_NS = 20_000_000
"""From the start of the clock to step 0, so that the first step is as punctual as the rest."""


class Pace(ABC):
    """Says when a step starts and how long its reply may take."""

    realtime: bool

    @abstractmethod
    def wait(self, step: int) -> float:
        """Return when `step` is to start, with how late it then is, in seconds."""

    @abstractmethod
    def patience_s(self, step: int) -> float:
        """How much longer the reply to `step` may take, in seconds."""


class Lockstep(Pace):
    """Simulated time waits for the OBC: a rerun gives the same bits."""

    realtime = False

    def __init__(self, reply_timeout_s: float) -> None:
        self._reply_timeout_s = reply_timeout_s

    def wait(self, step: int) -> float:  # noqa: ARG002
        return 0.0

    def patience_s(self, step: int) -> float:  # noqa: ARG002
        return self._reply_timeout_s


class RealTime(Pace):
    """Step k starts k periods after step 0 on the monotonic clock.

    Every deadline is counted from the first, so that lateness never adds up and nothing drifts; a
    step that is late starts at once and the next is due when it always was.
    """

    realtime = True

    def __init__(
        self,
        step_us: int,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._step_ns = step_us * 1000
        self._clock_ns, self._sleep = clock_ns, sleep
        self._origin_ns: int | None = None

    def wait(self, step: int) -> float:
        due_ns = self._due_ns(step)
        while (left_ns := due_ns - self._clock_ns()) > _SPIN_NS:
            self._sleep((left_ns - _SPIN_NS) * 1e-9)
        while (now_ns := self._clock_ns()) < due_ns:
            pass
        return (now_ns - due_ns) * 1e-9

    def patience_s(self, step: int) -> float:
        return max(0.0, (self._due_ns(step + 1) - self._clock_ns()) * 1e-9)

    def _due_ns(self, step: int) -> int:
        if self._origin_ns is None:
            self._origin_ns = self._clock_ns() + _LEAD_NS - step * self._step_ns
        return self._origin_ns + step * self._step_ns

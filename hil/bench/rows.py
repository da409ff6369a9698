"""When a step's row is recorded: while the OBC works on the next step, when the bench has time."""

from collections.abc import Callable, Sequence

from hil.bench.result import Stopwatch
from hil.devices.sensor import Sample
from hil.obc.dialogue import Reply
from hil.recording import Recorder

RowParts = tuple[float, int, Sequence[float], Sequence[Sample | None], Reply, float]


class DeferredRows:
    """Holds the last step's row until the next step's bytes are on the line, or the run ends."""

    def __init__(
        self,
        recorder: Recorder,
        pack: Callable[[*RowParts], bytes],
        stopwatch: Stopwatch,
        flush_every: int,
    ) -> None:
        """flush_every: after how many rows they are written out; 0: when a chunk is full."""
        self._recorder, self._pack, self._stopwatch = recorder, pack, stopwatch
        self._flush_every = flush_every
        self._held: tuple[int, RowParts] | None = None
        self._written = 0

    def hold(self, time_ns: int, row: RowParts) -> None:
        """Take a step's row, after the one before has been recorded."""
        self.record()
        self._held = (time_ns, row)

    def record(self) -> None:
        """Record the row that is held, if there is one."""
        if self._held is None:
            return
        time_ns, row = self._held
        self._held = None
        self._recorder.step(time_ns, self._pack(*row))
        if self._flush_every and self._written % self._flush_every == 0:
            self._recorder.flush()
        self._written += 1

    def record_meanwhile(self) -> None:
        """The same, in the time that the OBC takes; the stopwatch tells the two apart."""
        self._stopwatch.lap("obc")
        self.record()
        self._stopwatch.lap("recording")

"""How late an OBC's commands take effect in lockstep, as a rig says it."""

from __future__ import annotations

import math
from typing import Self

from pydantic import model_validator

from hil.config import Model, Positive

PERIODS_LATE_MOST = 10  # control periods from the samples to the command that answers them


class LatencyTable(Model):
    """An [obc.latency] table: one way to say how late commands are, each step by itself.

    from_recording: a real-time run whose measured latencies are gone through again in order, and
    from the start when they end; a path relative to the rig's file.
    median_s, p99_s: of a lognormal distribution, drawn from the rig's seed; the median may be some
    control periods, as in a pipeline.
    """

    from_recording: str | None = None
    median_s: Positive | None = None
    p99_s: Positive | None = None

    @model_validator(mode="after")
    def _says_it_once(self) -> Self:
        drawn = (self.median_s is not None) + (self.p99_s is not None)
        if self.from_recording is not None and drawn:
            raise ValueError("give from_recording, or median_s and p99_s, not both")
        if self.from_recording is None and drawn < 2:
            raise ValueError("give from_recording, or both median_s and p99_s")
        if self.median_s is not None and self.p99_s is not None and self.p99_s < self.median_s:
            raise ValueError(f"p99_s = {self.p99_s} must not be below median_s = {self.median_s}")
        return self

    def late_after_s(self, period_s: float) -> float:
        """Until when a command is in time: the end of the control period that the median comes in.

        Of a recording the end of the first, as it was in the lab.
        """
        median_s = self.median_s or period_s
        return period_s * max(1, math.ceil(median_s / period_s - 1e-9))

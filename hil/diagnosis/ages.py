"""Whether a sensor's samples are as old as its table says, by their time stamps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from hil.diagnosis.finding import Finding
from hil.judge.amounts import number
from hil.judge.rows import FloatArray

_KEPT = 10_000  # for the median, of a run of any length
_PART = 0.1  # of the samples: fewer are an incident, which events tell of


class Ages:
    """How old one sensor's samples are when they come."""

    def __init__(self, name: str, table: Any, step_s: float) -> None:
        self._name, self._latency_s = name, float(getattr(table, "latency_s", 0.0))
        self._slack_s = 1.5 * step_s + 0.02
        self._samples, self._off, self._off_s = 0, 0, list[float]()

    def feed(self, age_s: FloatArray) -> None:
        """Take the ages of the next samples."""
        off_s = age_s - self._latency_s
        off_s, n = off_s[np.abs(off_s) > self._slack_s], len(off_s)
        self._samples, self._off = self._samples + n, self._off + len(off_s)
        self._off_s += off_s[: _KEPT - len(self._off_s)].tolist()

    def findings(self) -> Iterator[Finding]:
        """Yield that many samples are much older or younger than the table lets expect."""
        if self._off < max(3.0, _PART * self._samples):
            return
        age_s = self._latency_s + float(np.median(self._off_s))
        stamped = f"{number(abs(age_s), 3)} s " + ("old" if age_s >= 0.0 else "in the future")
        why = (
            "they are late, or their time stamps are wrong"
            if age_s > 0.0
            else "their time stamps are wrong"
        )
        words = (
            f"samples of {self._name} are {stamped} by their time stamps, where its table's "
            f"latency_s is {self._latency_s:g}: {why}"
        )
        yield Finding(words, 96.0, "any", self._name)

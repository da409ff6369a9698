"""When enough runs have been made: looks at a campaign that goes on until something is shown.

Who looks again and again and stops when the figures please errs more often than the confidence
says. So each requirement has an error of 1 - confidence to spend over all looks together (Lan and
DeMets, Biometrika 70, 1983), once for calling it shown and once for calling it refuted. When to
look, and how much may have been spent by then, is fixed in advance. The bound at each look is the
largest (the least) count of failures for which the probability of coming to it there, without
having stopped before, is covered by what may be spent; the binomial probabilities are exact, at the
success probability that the requirement asks for, where the error is largest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import count

import numpy as np
from scipy.stats import binom

from hil.judge.pointing import runs_needed

_FIRST, _GROWTH = 16, 1.25
_FIRST_SHARE = 0.8  # of the error that may be spent by the first look that can show anything
_LEFT = 0.5  # of what is left, by each look after it


def looks(share: float, confidence: float) -> Iterator[int]:
    """Yield after how many runs to look, without an end."""
    first = first_that_shows(share, confidence)
    before = 0
    for number in count():
        n = math.ceil(_FIRST * _GROWTH**number)
        if before < first < n:
            yield first
        if n > before:
            yield n
        before = n


def first_that_shows(share: float, confidence: float) -> int:
    """Return how many runs without a failure are the fewest to show a share."""
    return runs_needed(share, 1.0 - _FIRST_SHARE * (1.0 - confidence))


class Watch:
    """Looks at one requirement of a campaign, at numbers of runs that were fixed in advance."""

    def __init__(self, share: float, confidence: float) -> None:
        """share: of runs to come that are to hold it."""
        self._share, self._alpha = share, 1.0 - confidence
        self._looks = looks(share, confidence)
        self._first = first_that_shows(share, confidence)
        self._showing = _Side(1.0 - share)
        self._refuting = _Side(1.0 - share)
        self._showing_looks = 0
        self.next_look = next(self._looks)
        self.word = ""
        """ "shown" or "refuted" as soon as it is."""
        self.runs = 0
        """After how many runs it was."""

    def look(self, failures: float) -> str:
        """Look after next_look runs, so many of them failed; return the word, "" for neither.

        A sum of shares of time is rounded to the side that claims less.
        """
        n = self.next_look
        self.next_look = next(self._looks)
        if self.word:
            return self.word
        most, least = self.bounds(n)
        if math.ceil(failures - 1e-9) <= most:
            self.word = "shown"
        elif math.floor(failures + 1e-9) >= least:
            self.word = "refuted"
        self.runs = n if self.word else 0
        return self.word

    def bounds(self, n: int) -> tuple[int, int]:
        """Return the most failures that show it at this look, and the least that refute it."""
        most = self._showing.at_most(n, self._spent_on_showing(n))
        least = self._refuting.at_least(n, self._alpha * n / (n + self._first))
        return most, least

    def _spent_on_showing(self, n: int) -> float:
        """What may have been spent by now: nothing before the first look that can show it."""
        if n < self._first:
            return 0.0
        left = (1.0 - _FIRST_SHARE) * _LEFT**self._showing_looks
        self._showing_looks += 1
        return float(self._alpha * (1.0 - left))


class _Side:
    """How failures are spread at the edge of the requirement, without what has stopped."""

    def __init__(self, failure: float) -> None:
        self._failure = failure
        self._n, self._spent = 0, 0.0
        self._spread = np.ones(1)  # probability of 0, 1, ... failures

    def at_most(self, n: int, allowed: float) -> int:
        """Return the largest count of failures that stops here; -1 if none does."""
        self._go_on(n)
        sums = self._spent + np.cumsum(self._spread)
        most = int(np.searchsorted(sums, allowed, side="right")) - 1
        if most >= 0:
            self._spent = float(sums[most])
            self._spread[: most + 1] = 0.0
        return most

    def at_least(self, n: int, allowed: float) -> int:
        """Return the least count of failures that stops here."""
        self._go_on(n)
        sums = self._spent + np.cumsum(self._spread[::-1])
        stopping = int(np.searchsorted(sums, allowed, side="right"))
        least = len(self._spread) - stopping
        if stopping:
            self._spent = float(sums[stopping - 1])
            self._spread[least:] = 0.0
        return least

    def _go_on(self, n: int) -> None:
        more = n - self._n
        step = binom.pmf(np.arange(more + 1), more, self._failure)
        self._spread = np.convolve(self._spread, step)
        self._n = n

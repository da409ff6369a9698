"""Probabilities and their interpretations; how many runs show them."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from hil.errors import PointingError
from hil.judge.binomial import at_most
from hil.judge.pointing.tail import Tail

Interpretation = Literal["temporal", "ensemble", "mixed"]


def at_probability(
    members: Sequence[ArrayLike], probability: float, interpretation: Interpretation
) -> float:
    """Return the smallest x with prob(value <= x) >= probability under an interpretation.

    members: the values of each run, (times,); a NaN counts as infinite: nothing is known there.
    temporal: that share of the time, in every member. ensemble: all the time, in that share of the
    members. mixed: that share of all members and times together (ECSS-E-ST-60-10C, 4.2.4, annex A).
    """
    if interpretation == "mixed":
        return _quantile([np.ravel(member) for member in members], probability)
    if interpretation == "temporal":
        return max(_quantile([member], probability) for member in members)
    if interpretation == "ensemble":
        worst = [np.nan_to_num(member, nan=np.inf, posinf=np.inf).max() for member in members]
        return _quantile([worst], probability)
    choice = " or ".join(get_args(Interpretation))
    raise PointingError(f"interpretation {interpretation!r} is unknown: choose {choice}")


def _quantile(parts: Sequence[ArrayLike], probability: float) -> float:
    tail = Tail(probability)
    for values in parts:
        tail.extend(values)
    return tail.quantile()


def confidence(runs: int, probability: float, failures: int = 0) -> float:
    """Return the confidence that so many runs give in a success probability of at least this.

    Source: the binomial bound of Clopper and Pearson: 1 - prob(at most so many failures). No number
    of runs gives any in a probability of 1.
    """
    if probability >= 1.0 or failures >= runs:
        return 0.0
    return max(0.0, 1.0 - at_most(failures, runs, 1.0 - probability))


def runs_needed(probability: float, at_confidence: float = 0.9, failures: int = 0) -> int:
    """Return how many independent runs show a success probability, failures among them.

    Raises PointingError for a probability of 1, which no number of runs shows.
    """
    if probability >= 1.0:
        raise PointingError("no number of runs shows a probability of 1")
    runs = failures + 1
    while confidence(runs, probability, failures) < at_confidence:
        runs *= 2
    return bisect_left(
        range(runs), at_confidence, key=lambda n: confidence(n, probability, failures)
    )


def failures_among(members: Sequence[ArrayLike], limit: float, interpretation: str) -> int:
    """Return how many of the runs count as failed; see failures_of."""
    shares = [1.0 - float(np.mean(np.asarray(member) <= limit)) for member in members]
    return failures_of(shares, interpretation)


def failures_of(shares_above: Sequence[float], interpretation: str) -> int:
    """Return how many runs count as failed, from the share of each that exceeds the limit.

    ensemble: those that exceed the limit at any time. mixed: the sum of the shares of time in which
    they exceed it, rounded up: an instant of each run is one trial, as the instants of one run are
    not independent of each other.
    """
    if interpretation == "ensemble":
        return sum(share > 0.0 for share in shares_above)
    return math.ceil(math.fsum(shares_above) - 1e-9)

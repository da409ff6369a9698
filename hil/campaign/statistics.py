"""What a number of runs shows of runs to come: bounds with a confidence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import binom

from hil.judge.binomial import lower_bound, upper_bound


def success_bounds(runs: int, failures: float, confidence: float) -> tuple[float, float]:
    """Return a lower and an upper bound of the success probability, each with this confidence.

    failures: a whole number, or a sum of shares of time, which is rounded to the side that claims
    less.
    """
    most, least = min(runs, int(np.ceil(failures - 1e-9))), int(np.floor(failures + 1e-9))
    lower = lower_bound(runs - most, runs, confidence)
    return lower, upper_bound(runs - least, runs, confidence)


def quantile_bound(values: Sequence[float], share: float, confidence: float) -> float | None:
    """Return the value that a share of runs to come does not exceed, with this confidence.

    None when the runs are too few to tell. Source: David and Nagaraja, Order Statistics (2003),
    section 7.1: the r-th of n values in order is above the quantile with the probability that fewer
    than r of n fall below it.
    """
    n = len(values)
    sure = binom.cdf(np.arange(n), n, share)  # of ranks 1 to n
    rank = int(np.searchsorted(sure, confidence)) + 1
    return None if rank > n else float(np.sort(values)[rank - 1])

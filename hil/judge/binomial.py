"""What so many successes in so many independent tries show of the probability of one."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

_HALVINGS = 60


def at_most(k: int, n: int, p: float) -> float:
    """Return the probability of at most k successes in n tries; 0 < p < 1.

    By logarithms, which do not overflow.
    """
    j = np.arange(k + 1)
    ways = np.concatenate([[0.0], np.cumsum(np.log((n - j[1:] + 1) / j[1:]))])
    return float(np.exp(ways + j * np.log(p) + (n - j) * np.log1p(-p)).sum())


@lru_cache(maxsize=4096)
def lower_bound(k: int, n: int, confidence: float) -> float:
    """Return what the probability exceeds with this confidence, when k of n tries succeeded.

    Source: Clopper and Pearson, Biometrika 26 (1934), 404.
    """
    return _where(lambda p: 1.0 - at_most(k - 1, n, p), 1.0 - confidence) if k else 0.0


@lru_cache(maxsize=4096)
def upper_bound(k: int, n: int, confidence: float) -> float:
    """Return what the probability does not exceed with this confidence; of the same source."""
    return _where(lambda p: 1.0 - at_most(k, n, p), confidence) if k < n else 1.0


def _where(rising: Callable[[float], float], value: float) -> float:
    """Return the probability at which a function that rises with it has a value."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if rising(middle) < value else (low, middle)
    return 0.5 * (low + high)

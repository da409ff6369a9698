"""How sure a share is that a sample tells."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_HALVINGS = 60


def clopper_pearson(k: int, n: int, confidence: float) -> tuple[float, float]:
    """Return the bounds of a probability of which k in n independent tries came true.

    Each is missed with at most half of what is left of the confidence. Source: Clopper and Pearson,
    Biometrika 26 (1934), 404.
    """
    tail = 0.5 * (1.0 - confidence)
    low = _where(lambda p: 1.0 - _at_most(k - 1, n, p), tail) if k else 0.0
    high = _where(lambda p: 1.0 - _at_most(k, n, p), 1.0 - tail) if k < n else 1.0
    return low, high


def _where(rising: Callable[[float], float], value: float) -> float:
    """Return the probability at which a function that rises with it has a value."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if rising(middle) < value else (low, middle)
    return 0.5 * (low + high)


def _at_most(k: int, n: int, p: float) -> float:
    """Return the probability of at most k in n, of the binomial distribution; 0 < p < 1."""
    logarithms = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])  # of factorials
    j = np.arange(k + 1)
    ways = logarithms[n] - logarithms[j] - logarithms[n - j]
    return float(np.exp(ways + j * np.log(p) + (n - j) * np.log1p(-p)).sum())

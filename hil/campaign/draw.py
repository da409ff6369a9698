"""From [[disperse]] tables to numbers: draws from their distributions, run by run."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import lognorm, norm, qmc, triang, uniform

from hil.devices.sensor import generator
from hil.rig.disperse import Variable
from hil.rig.dispersion import Disperse

FloatArray = NDArray[np.float64]
_NEAR_0 = 1e-12  # a quantile of 0 or 1 is infinite in a normal distribution
_INDEPENDENT = "random"


def unit_draws(method: str, seed: int, size: int, first: int, runs: int) -> FloatArray:
    """Return draws (runs, size) between 0 and 1 for runs from number first on, from 1.

    "random": each run's are its own, whatever other runs there are. "latin-hypercube": these runs
    are one hypercube. "sobol": the next points of one sequence.
    """
    if not size:
        return np.zeros((runs, 0))
    if method == "latin-hypercube":
        source = generator(seed, f"dispersion from case {first} on")
        return np.asarray(qmc.LatinHypercube(size, rng=source).random(runs))
    if method == "sobol":
        sequence = qmc.Sobol(size, scramble=True, rng=generator(seed, "dispersion"))
        with warnings.catch_warnings():  # of a number of runs that is no power of two
            warnings.simplefilter("ignore", UserWarning)
            return np.asarray(sequence.random(first - 1 + runs))[first - 1 :]
    numbers = range(first, first + runs)
    return np.array([again(seed, size, number, 0) for number in numbers])


def again(seed: int, size: int, number: int, attempt: int) -> FloatArray:
    """Return independent draws (size,) between 0 and 1 for one run, others at each attempt."""
    return generator(seed, f"dispersion of case {number}, attempt {attempt}").random(size)


def correlated(draws: FloatArray, correlation: FloatArray) -> FloatArray:
    """Return draws (n, size) between 0 and 1 that go together as a Gaussian copula says.

    Source: Nelsen, An Introduction to Copulas (2006), section 2.3: u = Phi(L z).
    """
    if np.array_equal(correlation, np.eye(len(correlation))):
        return draws
    normals = norm.ppf(np.clip(draws, _NEAR_0, 1.0 - _NEAR_0))
    return np.asarray(norm.cdf(normals @ np.linalg.cholesky(correlation).T))


def quantiles(variable: Variable, shares: FloatArray) -> list[Any]:
    """Return the values of a variable that so much of its distribution lies below, one a share."""
    table = variable.table
    if table.distribution == "discrete":
        return [_choice(table, float(share)) for share in shares]
    made = _distribution(table, variable.centre)
    low = max(variable.least, -math.inf if table.min is None else table.min)
    high = min(variable.most, math.inf if table.max is None else table.max)
    with np.errstate(all="ignore"):  # of figures beyond all sense: what comes of it is refused
        below, above = made.cdf(low), made.cdf(high)
        within = np.clip(below + (above - below) * shares, _NEAR_0, 1.0 - _NEAR_0)
        values: list[float] = np.clip(made.ppf(within), low, high).tolist()
    return values


def cut_off(variable: Variable) -> float:
    """Return the share of a distribution that is cut off because the key does not allow it."""
    if variable.table.distribution in ("discrete", "uniform", "triangular"):
        return 0.0
    made = _distribution(variable.table, variable.centre)
    with np.errstate(all="ignore"):
        return 1.0 - (made.cdf(variable.most) - made.cdf(variable.least))


def ends(variable: Variable) -> list[Any]:
    """Return what a bounded distribution ends with; of others the value in the middle."""
    if variable.table.distribution == "discrete":
        return list(variable.table.values or ())
    bounded = variable.table.min is not None and variable.table.max is not None
    return quantiles(variable, np.array([0.0, 1.0] if bounded else [0.5]))


def values_of(drawn: Sequence[Variable], shares: FloatArray) -> list[dict[str, Any]]:
    """Return the values of all variables by name, one run a row of draws (runs, size)."""
    names = [each.name for each in drawn]
    columns = [quantiles(each, share) for each, share in zip(drawn, shares.T, strict=True)]
    return [dict(zip(names, row, strict=True)) for row in _rows(columns, len(shares))]


def _rows(columns: list[list[Any]], runs: int) -> Iterable[tuple[Any, ...]]:
    return zip(*columns, strict=True) if columns else [()] * runs


def _choice(table: Disperse, share: float) -> Any:
    values = table.values or ()
    weights = np.array(table.weights or [1.0] * len(values))
    ends_at = np.cumsum(weights) / weights.sum()
    return values[min(int(np.searchsorted(ends_at, share, side="right")), len(values) - 1)]


class _Law(NamedTuple):
    """A distribution of scipy's with its figures; frozen ones are made a hundred times slower."""

    law: Any
    figures: tuple[float, ...]
    where: float
    scale: float

    def cdf(self, value: float) -> float:
        return float(self.law.cdf(value, *self.figures, loc=self.where, scale=self.scale))

    def ppf(self, shares: FloatArray) -> FloatArray:
        return np.asarray(self.law.ppf(shares, *self.figures, loc=self.where, scale=self.scale))


def _distribution(table: Disperse, centre: float) -> _Law:
    low, high = table.min or 0.0, table.max or 0.0
    if table.distribution == "normal":
        return _Law(norm, (), centre, table.sigma or 0.0)
    if table.distribution == "log-normal":
        return _Law(lognorm, (table.sigma_log or 0.0,), 0.0, centre)
    if table.distribution == "uniform":
        return _Law(uniform, (), low, high - low)
    return _Law(triang, ((centre - low) / (high - low),), low, high - low)

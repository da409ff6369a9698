"""What drives the figures of a campaign: rank correlations, main effects, and the worst cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import f as f_distribution
from scipy.stats import rankdata, spearmanr

from hil.campaign.verdicts import Wanted, figure_of

Outcome = Mapping[str, Any]
FloatArray = NDArray[np.float64]
_FEWEST = 20  # runs below which nothing is said
_BINS = 5
_SIGNIFICANT = 0.01  # chance of one false driver among all of a requirement (Holm)
_WORST = 10
_SPECIAL, _SPECIAL_MOST = 0.05, 3  # of all cases, at either end


class Driver(NamedTuple):
    """How a dispersed value goes with a requirement's figure over the runs.

    correlation: Spearman's rank correlation; NaN for text. p: chance that no such value would seem
    to matter as much, by correlation or effect, whichever is the smaller, doubled; significant:
    whether that is below 1 % for the whole list (Holm). effect: the share of the figure's variance
    that goes with it (the correlation ratio over fifths of the runs, less what chance gives).
    low, high: the mean figure of the fifth with the lowest and with the highest values.
    """

    name: str
    correlation: float
    p: float
    significant: bool
    effect: float
    low: float
    high: float


class Special(NamedTuple):
    """A value of a case that few others have: which, how much, and the share of cases beyond it."""

    name: str
    value: Any
    words: str


class WorstCase(NamedTuple):
    """A case with its worst figure over the limit, of which requirement, and what was special."""

    case: int
    ratio: float
    requirement: str
    special: tuple[Special, ...]


def drivers_of(wanted: Wanted, outcomes: Sequence[Outcome]) -> list[Driver]:
    """Return what goes with a requirement's figure, the strongest first; none of too few runs.

    Runs without a figure count as larger than all others in ranks, and are left out of means.
    """
    figures = np.array([figure_of(wanted, each) for each in outcomes])
    known = np.isfinite(figures)
    if known.sum() < _FEWEST or np.ptp(figures[known]) == 0.0:
        return []
    tried = [_driver(name, _column(name, outcomes), figures, known) for name in _names(outcomes)]
    found = _by_holm([each for each in tried if each is not None])
    return sorted(found, key=lambda each: (not each.significant, -each.effect, each.p))


def worst_cases(wanted: Sequence[Wanted], outcomes: Sequence[Outcome]) -> list[WorstCase]:
    """Return the ten cases that came nearest to a limit, or went farthest beyond one."""
    rated = []
    for outcome in outcomes:
        ratios = [
            (figure_of(each, outcome) / each.limit, each.name) for each in wanted if each.limit
        ]
        if ratios:
            ratio, name = max(ratios)
            rated.append((ratio, name, outcome))
    rated.sort(key=lambda each: -each[0])
    ranks = {name: _ranks(_column(name, outcomes)) for name in _names(outcomes)}
    order = {int(outcome["case"]): place for place, outcome in enumerate(outcomes)}
    return [
        WorstCase(
            int(outcome["case"]),
            ratio,
            name,
            _special(
                outcome, {key: each[order[int(outcome["case"])]] for key, each in ranks.items()}
            ),
        )
        for ratio, name, outcome in rated[:_WORST]
    ]


# ---- one value -----------------------------------------------------------------------------------


def _names(outcomes: Sequence[Outcome]) -> list[str]:
    return list(outcomes[0]["dispersed"]) if outcomes else []


def _column(name: str, outcomes: Sequence[Outcome]) -> list[Any]:
    return [each["dispersed"][name] for each in outcomes]


def _driver(
    name: str, values: list[Any], figures: FloatArray, known: NDArray[np.bool_]
) -> Driver | None:
    if len(set(values)) < 2:
        return None
    ranks = _ranks(values)
    numbers = not isinstance(values[0], str)
    correlation, p_rank = np.nan, 1.0
    if numbers:
        at_most = np.where(known, figures, np.finfo(float).max)
        found = spearmanr(ranks, at_most)
        correlation, p_rank = float(found.statistic), float(found.pvalue)
    groups = _groups(values, ranks, known)
    effect, p_effect = _correlation_ratio(groups, figures[known])
    means = [float(figures[known][groups == group].mean()) for group in np.unique(groups)]
    p = min(1.0, 2.0 * min(p_rank, p_effect))
    return Driver(name, correlation, p, False, effect, means[0], means[-1])


def _ranks(values: list[Any]) -> FloatArray:
    """Shares (n,) of cases below, ties in the middle."""
    if isinstance(values[0], str):
        values = [sorted(set(values)).index(each) for each in values]
    return np.asarray((rankdata(values) - 0.5) / len(values))


def _groups(values: list[Any], ranks: FloatArray, known: NDArray[np.bool_]) -> FloatArray:
    """Number (n,) the fifth that each run is in; where there are few values, one group a value."""
    if len(set(values)) <= _BINS:
        return np.asarray(ranks[known])
    return np.floor(_BINS * ranks[known])


def _correlation_ratio(groups: FloatArray, figures: FloatArray) -> tuple[float, float]:
    """Return the share of the variance between groups, less what chance gives, and its chance.

    Source: Kelley's epsilon squared, PNAS 21 (1935); the chance is that of the F test.
    """
    n, labels = len(figures), np.unique(groups)
    k = len(labels)
    if k < 2 or n <= k:
        return 0.0, 1.0
    total = float(((figures - figures.mean()) ** 2).sum())
    within = sum(
        float(((part - part.mean()) ** 2).sum())
        for part in (figures[groups == label] for label in labels)
    )
    if within <= 0.0:
        return 1.0, 0.0
    ratio = ((total - within) / (k - 1)) / (within / (n - k))
    effect = 1.0 - (within / (n - k)) / (total / (n - 1))
    return max(0.0, effect), float(f_distribution.sf(ratio, k - 1, n - k))


def _by_holm(found: list[Driver]) -> list[Driver]:
    """Mark what is significant in a list of so many. Source: Holm, Scand. J. Statist. 6 (1979)."""
    ordered, still = sorted(found, key=lambda each: each.p), True
    marked = []
    for place, each in enumerate(ordered):
        still = still and each.p <= _SIGNIFICANT / (len(ordered) - place)
        marked.append(each._replace(significant=still))
    return marked


def _special(outcome: Outcome, ranks: Mapping[str, float]) -> tuple[Special, ...]:
    """Return which of a case's values lie at the ends of all cases', the most extreme first."""
    ends = sorted((min(rank, 1.0 - rank), name, rank) for name, rank in ranks.items())
    return tuple(
        Special(
            name,
            outcome["dispersed"][name],
            f"{'highest' if rank > 0.5 else 'lowest'} {max(1.0, 100.0 * end):.0f} %",
        )
        for end, name, rank in ends
        if end <= _SPECIAL
    )[:_SPECIAL_MOST]

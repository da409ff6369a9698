"""From the outcomes of runs to what they show of runs to come, requirement by requirement."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from hil.campaign.statistics import quantile_bound, success_bounds
from hil.judge import LINK
from hil.judge.amounts import amount, number
from hil.judge.pointing import runs_needed
from hil.judge.required import CONFIDENCE, RUNS_SHARE
from hil.judge.requirements import Requirement, judged_limit

Outcome = Mapping[str, Any]


class Wanted(NamedTuple):
    """What a requirement wants of runs to come: its limit in the unit of a run's figure."""

    name: str
    share: float
    confidence: float
    mixed: bool
    limit: float
    unit: str


class HasRequirements(Protocol):
    """A rig, as far as its requirements go."""

    @property
    def requirement(self) -> tuple[Requirement, ...]:
        """What a run must hold."""


class CampaignVerdict(NamedTuple):
    """What a campaign says of a requirement.

    word: "shown" or "refuted" with the requirement's confidence; "met" or "missed" where the runs
    are too few for that; "not judged" where no run could be judged, and why. failures: runs that
    missed it, of a mixed requirement the sum of the shares of time. share_least, share_most:
    bounds, each with the confidence, of the share of runs to come (mixed: of all instants) that
    hold it. bound: what the share wanted of runs to come does not exceed, with the confidence; None
    where the runs are too few. worst: the largest figure and worst_case its run. runs_needed: to
    show it with so many failures. not_judged: runs that failed, or could not be judged, which count
    as failures. independent: whether the runs are drawn independently; if not, the bounds are
    approximate, and nothing counts as shown or refuted.
    """

    wanted: Wanted
    word: str
    runs: int
    failures: float
    share_least: float
    share_most: float
    bound: float | None
    worst: float | None
    worst_case: int | None
    runs_needed: int
    not_judged: int
    independent: bool = True
    why: str = ""

    @property
    def met(self) -> bool:
        """Whether nothing speaks against it."""
        return self.word in ("shown", "met")


def all_wanted(rig: HasRequirements) -> list[Wanted]:
    """Return what a rig's requirements, and last of all its line, want of runs to come."""
    found = []
    for each in rig.requirement:
        limit = judged_limit(each)
        mixed = getattr(each, "interpretation", None) == "mixed" and each.share_wanted < 1.0
        share = min(each.share_wanted, 1.0 - 1e-9)
        found.append(Wanted(each.name, share, each.confidence, mixed, limit.value, limit.unit))
    return [*found, Wanted(LINK, RUNS_SHARE, CONFIDENCE, False, 0.0, "")]


def failure_of(wanted: Wanted, outcome: Outcome) -> float:
    """Return 1 for a run that missed a requirement, 0 for one that met it.

    Of a mixed one the share of its instants above the limit.
    """
    told = _told(wanted, outcome)
    if told is None or not told["judged"]:
        return 1.0
    if wanted.mixed:
        return float(told.get("share_above", 1.0))
    return 0.0 if told["met"] else 1.0


def figure_of(wanted: Wanted, outcome: Outcome) -> float:
    """Return a run's figure; infinite where there is none."""
    told = _told(wanted, outcome)
    value = None if told is None else told["value"]
    return math.inf if value is None else float(value)


def never_judged(wanted: Wanted, outcomes: Sequence[Outcome]) -> bool:
    """Return whether runs went to their ends, and none of them could be judged."""
    told = [each for each in (_told(wanted, one) for one in outcomes) if each is not None]
    return bool(told) and not any(each["judged"] for each in told)


def _told(wanted: Wanted, outcome: Outcome) -> Mapping[str, Any] | None:
    """Return what a run came to in a requirement; None for one that failed."""
    found: Mapping[str, Any] | None = outcome.get("requirements", {}).get(wanted.name)
    return found


def share_of_limit(value: float, limit: float) -> float:
    """Return how much of its limit a figure takes; of a limit of zero nothing, or too much."""
    if limit:
        return value / limit
    return math.inf if value > 0.0 else 0.0


def verdict(
    wanted: Wanted, outcomes: Sequence[Outcome], word: str = "", *, independent: bool = True
) -> CampaignVerdict:
    """Return what runs say of a requirement; word: what looks at them have found already."""
    runs = len(outcomes)
    failures = math.fsum(failure_of(wanted, each) for each in outcomes)
    least, most = success_bounds(runs, failures, wanted.confidence)
    figures = [figure_of(wanted, each) for each in outcomes]
    at = max(range(runs), key=figures.__getitem__, default=None)
    told = [_told(wanted, each) for each in outcomes]
    never = never_judged(wanted, outcomes)
    by_bounds = word or _word(wanted, runs, failures, (least, most) if independent else (0.0, 1.0))
    bound = None if wanted.mixed else quantile_bound(figures, wanted.share, wanted.confidence)
    worst = None if at is None or not math.isfinite(figures[at]) else figures[at]
    return CampaignVerdict(
        wanted,
        "not judged" if never else by_bounds,
        runs,
        failures,
        least,
        most,
        bound if bound is not None and math.isfinite(bound) else None,
        worst,
        None if at is None else int(outcomes[at]["case"]),
        runs_needed(wanted.share, wanted.confidence, math.ceil(failures - 1e-9)),
        sum(each is None or not each["judged"] for each in told),
        independent,
        next((each["text"] for each in told if each is not None), "") if never else "",
    )


def _word(wanted: Wanted, runs: int, failures: float, bounds: tuple[float, float]) -> str:
    least, most = bounds
    if least >= wanted.share:
        return "shown"
    if most < wanted.share:
        return "refuted"
    return "met" if failures <= (1.0 - wanted.share) * runs + 1e-9 else "missed"


# ---- words ---------------------------------------------------------------------------------------


def percent(share: float) -> str:
    """Return a share in percent with as many digits as tell it from all and from nothing."""
    rest = min(share, 1.0 - share)
    digits = 2 if rest >= 1e-4 or rest <= 0.0 else 6
    return f"{math.floor(100.0 * share * 10**digits + 1e-6) / 10**digits:.10g} %"


def sentence(each: CampaignVerdict) -> str:
    """Return a verdict in words, without the requirement's name."""
    of = "of the instants of runs to come" if each.wanted.mixed else "of runs to come"
    sure = f"at {100 * each.wanted.confidence:g} % confidence"
    wanted = percent(each.wanted.share)
    if each.why:
        return each.why.removeprefix(f"{each.wanted.name}: not judged: ")
    if each.word == "refuted":
        return f"at most {percent(each.share_most)} {of} hold it {sure}; {wanted} wanted"
    told = f"at least {percent(each.share_least)} {of} hold it {sure}"
    if not each.independent:
        return f"about {told}: the draws are not independent, so that this shows nothing"
    if each.word == "shown":
        return told
    needed = f"{each.runs_needed} runs needed for {wanted}"
    if each.failures:
        needed += " without another failure"
    return f"{told}; {needed}"


def value_words(each: CampaignVerdict) -> str:
    """Return the worst figure in words."""
    if each.wanted.name == LINK:
        return ""
    if each.worst is None:
        return "never" if each.wanted.unit == "s" and not each.not_judged else "not known"
    return amount(each.worst, each.wanted.unit)


def failures_words(each: CampaignVerdict) -> str:
    """Return how many runs missed it."""
    if each.wanted.mixed:
        return f"{number(100.0 * each.failures / max(each.runs, 1), 3)} % of the time"
    return f"{each.failures:.0f} of {each.runs}"

"""The verdicts on a campaign's runs, as it goes on and from its folder alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from hil.campaign.looks import Looks
from hil.campaign.verdicts import CampaignVerdict, Outcome, all_wanted, verdict
from hil.rig import Rig
from hil.rig.disperse import variables

_Outcome = TypeVar("_Outcome", bound=Outcome)


def looks_at(rig: Rig) -> Looks:
    """Return the looks at a campaign that goes on until something is shown.

    The line is judged by the runs that the requirements take; it asks for none of its own.
    """
    return Looks(all_wanted(rig)[:-1])


def judged_runs(outcomes: Mapping[int, _Outcome], looks: Looks | None) -> list[_Outcome]:
    """Return the outcomes that count, by number: those of the last look, where it ended there."""
    most = (looks and looks.runs) or max(outcomes, default=0)
    return [outcomes[number] for number in sorted(outcomes) if number <= most]


def verdicts_on(
    rig: Rig, outcomes: Mapping[int, Outcome], looks: Looks | None, *, searched: bool = False
) -> list[CampaignVerdict]:
    """Return what runs say of each requirement, and last of all of the line.

    looks: those that were made at them, which decide what is shown; None: the number of runs was
    fixed. searched: whether cases were sought for being bad, so that they are not independent.
    """
    wanted, runs = all_wanted(rig), judged_runs(outcomes, looks)
    words = [] if looks is None else looks.words
    words = [*words, *[""] * (len(wanted) - len(words))]
    independent = not searched and (rig.sampling.method == "random" or not variables(rig))
    return [
        verdict(each, runs, word, independent=independent)
        for each, word in zip(wanted, words, strict=True)
    ]


def verdicts_of(
    rig: Rig, outcomes: Mapping[int, Outcome], settings: Mapping[str, Any]
) -> list[CampaignVerdict]:
    """Return the same from what a campaign's folder tells of it."""
    looks = looks_at(rig) if settings.get("until_shown") else None
    if looks is not None:
        looks.stop(outcomes)
    return verdicts_on(rig, outcomes, looks, searched="search" in settings)

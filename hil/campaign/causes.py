"""What drove a campaign's figures, and what a search found, for a terminal and as JSON."""

from __future__ import annotations

import math
from typing import Any

from rich.console import Console

from hil.campaign.drivers import Driver, WorstCase, drivers_of, worst_cases
from hil.campaign.plan import Finished
from hil.campaign.search import Found
from hil.campaign.verdicts import CampaignVerdict
from hil.errors import visible
from hil.judge.amounts import amount, finite

_DRIVERS_TOLD = 5


def causes_dict(finished: Finished) -> dict[str, Any]:
    """Return what drives each requirement's figure, and the worst cases, ready for JSON."""
    return {
        "drivers": {
            each.wanted.name: [_driver_dict(driver) for driver in drivers]
            for each, drivers in _drivers(finished)
        },
        "worst_cases": [_worst_dict(each) for each in _worst(finished)],
    }


def print_causes(console: Console, finished: Finished) -> None:
    """Print what drives each requirement's figure, and what was special in the worst cases."""
    _print_drivers(console, finished)
    _print_worst(console, _worst(finished))


def _drivers(finished: Finished) -> list[tuple[CampaignVerdict, list[Driver]]]:
    found = [
        (each, drivers_of(each.wanted, finished.outcomes))
        for each in finished.verdicts
        if each.wanted.limit
    ]
    return [(each, drivers) for each, drivers in found if drivers]


def _worst(finished: Finished) -> list[WorstCase]:
    return worst_cases([each.wanted for each in finished.verdicts], finished.outcomes)


def _driver_dict(driver: Driver) -> dict[str, Any]:
    told = driver._asdict()
    return {key: None if value != value else value for key, value in told.items()}


def _worst_dict(each: WorstCase) -> dict[str, Any]:
    special = [one._asdict() for one in each.special]
    ratio = finite(each.ratio)
    return {**each._asdict(), "ratio": ratio, "special": special}


def _print_drivers(console: Console, finished: Finished) -> None:
    for each, drivers in _drivers(finished):
        name = visible(each.wanted.name)
        strong = [driver for driver in drivers if driver.significant][:_DRIVERS_TOLD]
        if not strong:
            console.print(f"{name}: nothing that is dispersed drives it", markup=False)
            continue
        console.print(f"what drives {name}:", markup=False)
        for driver in strong:
            low, high = (amount(value, each.wanted.unit) for value in (driver.low, driver.high))
            known = not math.isnan(driver.correlation)
            rank = f", rank correlation {driver.correlation:+.2f}" if known else ""
            words = f"  {driver.name}: {100 * driver.effect:.0f} % of the variance{rank}; "
            console.print(
                f"{visible(words)}{low} at its lowest, {high} at its highest", markup=False
            )


def _print_worst(console: Console, found: list[WorstCase]) -> None:
    if not found:
        return
    console.print("the worst cases, and what was special in them:")
    for each in found:
        special = ", ".join(f"{one.name} {_value(one.value)} ({one.words})" for one in each.special)
        ratio = (
            f"{100 * each.ratio:.0f} % of the limit" if math.isfinite(each.ratio) else "no figure"
        )
        words = f"  case {each.case}: {each.requirement}, {ratio}"
        console.print(visible(f"{words}; {special}" if special else words), markup=False)


def _value(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


# ---- the search ----------------------------------------------------------------------------------


def search_dict(found: Found) -> dict[str, Any]:
    """Return what a search found, ready for JSON."""
    told = found._asdict()
    return {**told, "ratio": told["ratio"] if math.isfinite(found.ratio) else None}


def print_search(console: Console, found: Found, folder: object) -> None:
    """Print the worst case that a search found."""
    begun = f"{100 * found.first:.1f} % among the points that it began with"
    console.print(
        visible(
            f"worst case: case {found.case}, {found.requirement} {100 * found.ratio:.1f} % of its "
            f"limit after {found.runs} runs; {begun}"
        ),
        markup=False,
    )
    for name, value in found.values.items():
        console.print(visible(f"  {name} = {_value(value)}"), markup=False)
    console.print(visible(f"it runs alone by: hil run {folder} --case {found.case}"), markup=False)
    console.print(f"manifest: sha256 {found.manifest}")

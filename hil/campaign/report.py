"""What a campaign came to, for a terminal and as JSON."""

from __future__ import annotations

import math
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hil.campaign.causes import causes_dict, print_causes
from hil.campaign.plan import Finished
from hil.campaign.verdicts import (
    CampaignVerdict,
    failures_words,
    percent,
    sentence,
    value_words,
)
from hil.errors import visible
from hil.judge.amounts import amount
from hil.judge.basis import runs_words

_STYLES = {"shown": "green", "met": "yellow", "open": "yellow"}
_HEADINGS = ("requirement", "", "worst", "limit", "in case", "missed in", "shown of runs to come")
_ERRORS_TOLD = 5


def campaign_dict(finished: Finished) -> dict[str, Any]:
    """Return a campaign's figures, ready for JSON."""
    return {
        "folder": str(finished.folder),
        "met": finished.exit_status == 0,
        "runs": len(finished.outcomes),
        "stopped": finished.why,
        "requirements": [verdict_dict(each) for each in finished.verdicts],
        **causes_dict(finished),
        "errors": {
            str(each["case"]): each["error"] for each in finished.outcomes if "error" in each
        },
        "redrawn": finished.redrawn,
        "not_compiled": _ordinary_loop(finished),
        "wall_s": round(finished.wall_s, 3),
        "simulated_s": finished.simulated_s,
        "manifest": finished.manifest,
    }


def verdict_dict(each: CampaignVerdict) -> dict[str, Any]:
    """Return a verdict, ready for JSON."""
    wanted = each.wanted
    return {
        "name": wanted.name,
        "verdict": each.word,
        "met": each.met,
        "runs": each.runs,
        "missed": each.failures,
        "not_judged": each.not_judged,
        "independent": each.independent,
        "share_wanted": wanted.share,
        "confidence": wanted.confidence,
        "share_at_least": each.share_least,
        "share_at_most": each.share_most,
        "runs_needed": each.runs_needed,
        "limit": wanted.limit,
        "unit": wanted.unit,
        "worst": each.worst,
        "worst_case": each.worst_case,
        "bound": each.bound,
        "text": sentence(each),
    }


def print_campaign(console: Console, finished: Finished) -> None:
    """Print a campaign's verdicts as a table, and below it what else is to be known."""
    table = Table(box=None, pad_edge=False)
    for heading in _HEADINGS:
        right = heading in ("worst", "limit", "in case", "missed in")
        table.add_column(heading, justify="right" if right else "left")
    for each in finished.verdicts:
        table.add_row(*_cells(each))
    console.print(table)
    for each in finished.verdicts:
        if each.bound is not None and each.wanted.limit:
            console.print(visible(_bound_words(each)), markup=False)
    errors = [each for each in finished.outcomes if "error" in each]
    for failed in errors[:_ERRORS_TOLD]:
        words = f"case {failed['case']} failed: {failed['error']}"
        console.print(visible(words, lines=True), style="red", markup=False)
    if len(errors) > _ERRORS_TOLD:
        console.print(f"and {len(errors) - _ERRORS_TOLD} others failed", style="red")
    print_causes(console, finished)
    if finished.redrawn:
        console.print(f"{finished.redrawn} cases were drawn anew: their values made no rig")
    for why in _ordinary_loop(finished):
        words = f"not in the compiled loop, which is several times as fast: {why}"
        console.print(visible(words), markup=False)
    console.print(f"{runs_words(len(finished.outcomes))}: {finished.why}")
    if finished.simulated_s:
        console.print(
            f"{finished.simulated_s:g} s simulated in {finished.wall_s:.1f} s: "
            f"{finished.simulated_s / max(finished.wall_s, 1e-9):.0f} times real time"
        )
    console.print(visible(f"campaign: {finished.folder}"), markup=False)
    console.print(f"manifest: sha256 {finished.manifest}")


def _ordinary_loop(finished: Finished) -> list[str]:
    """Return why runs were not made by compiled code, each reason once."""
    told = (each.get("ordinary_loop") for each in finished.outcomes)
    return sorted({why for why in told if why})


def _cells(each: CampaignVerdict) -> list[Text]:
    limit = amount(each.wanted.limit, each.wanted.unit) if each.wanted.limit else ""
    case = "" if each.worst_case is None or not each.wanted.limit else str(each.worst_case)
    cells = [
        each.wanted.name, each.word, value_words(each), limit, case, failures_words(each),
        sentence(each),
    ]  # fmt: skip
    texts = [Text(visible(cell)) for cell in cells]
    texts[1].stylize(_STYLES.get(each.word, "bold red"))
    return texts


def _bound_words(each: CampaignVerdict) -> str:
    bound = amount(each.bound if each.bound is not None else math.nan, each.wanted.unit)
    sure = f"{100 * each.wanted.confidence:g} % confidence"
    about = "" if each.independent else "about "
    share = percent(each.wanted.share)
    return f"{each.wanted.name}: {about}{share} of runs stay within {bound} at {sure}"

"""A campaign's folder on the page: what its runs show of runs to come, and what drives them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup

from hil.campaign.drivers import drivers_of
from hil.campaign.folder import Folder
from hil.campaign.judged import verdicts_of
from hil.campaign.verdicts import (
    CampaignVerdict,
    failures_words,
    figure_of,
    sentence,
    value_words,
)
from hil.judge.amounts import amount
from hil.judge.basis import runs_words
from hil.report import plots

_BADGES = {"shown": "met", "met": "open", "open": "open"}
_DRIVERS_MOST = 4
_WORST_MOST = 3  # runs whose plots stand on the page


class Shown(NamedTuple):
    """A campaign as the page shows it, and the recordings of its worst cases."""

    title: str
    folder: str
    runs: str
    met: bool
    manifest: str
    rows: list[dict[str, Any]]
    recordings: list[Path]


def campaign(path: Path) -> Shown:
    """Return what a campaign's folder shows; RigError when it is damaged."""
    folder = Folder(path)
    rig, outcomes = folder.rig, folder.outcomes()
    found = verdicts_of(rig, {each["case"]: each for each in outcomes}, folder.settings)
    return Shown(
        rig.title,
        path.name,
        made_words(len(outcomes), folder.settings),
        all(each.met for each in found),
        folder.manifest_hash() if (path / "manifest.json").is_file() else "",
        [_row(each, outcomes) for each in found],
        _worst(folder, found),
    )


def made_words(made: int, settings: dict[str, Any]) -> str:
    """Return how many runs there are, and of how many where they are not all."""
    planned = sum(settings["blocks"])
    open_ended = settings.get("until_shown") or "search" in settings
    return runs_words(made) if open_ended or made >= planned else f"{made} of {planned} runs"


def _worst(folder: Folder, found: Sequence[CampaignVerdict]) -> list[Path]:
    """Return the recordings that were kept of the worst cases, those of missed ones first."""
    ordered = sorted(found, key=lambda each: each.met)
    numbers = dict.fromkeys(each.worst_case for each in ordered if each.worst_case is not None)
    paths = [folder.recording_path(number) for number in numbers]
    return [path for path in paths if path.is_file()][:_WORST_MOST]


def _row(each: CampaignVerdict, outcomes: Sequence[Any]) -> dict[str, Any]:
    wanted = each.wanted
    figures = [figure_of(wanted, outcome) for outcome in outcomes]
    known = [figure for figure in figures if math.isfinite(figure)]
    drivers = [d for d in drivers_of(wanted, outcomes) if d.significant] if wanted.limit else []
    return {
        "name": wanted.name,
        "word": each.word,
        "met": each.met,
        "badge": _BADGES.get(each.word, "missed"),
        "worst": value_words(each),
        "limit": amount(wanted.limit, wanted.unit) if wanted.limit else "",
        "case": "" if each.worst_case is None or not wanted.limit else str(each.worst_case),
        "missed": failures_words(each),
        "shown": sentence(each),
        "plot": Markup(plots.figures_plot(wanted.name, known, wanted.limit, wanted.unit))
        if wanted.limit and len(known) > 1
        else None,
        "drivers": [
            (d.name, f"{100 * d.effect:.0f} %", f"{d.correlation:+.2f}")
            for d in drivers[:_DRIVERS_MOST]
        ],
    }

"""Verdicts and their likely causes, for a terminal and as JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hil.diagnosis import Diagnosis
from hil.errors import visible
from hil.judge import Basis, Verdict, share_words
from hil.judge.amounts import amount, finite, grouped

NO_DIAGNOSIS = Diagnosis()
_LIKELY = "likely cause: "


def print_verdicts(console: Console, verdicts: Sequence[Verdict]) -> None:
    """Print verdicts as a table; below it, why some are not met and what runs do not show yet."""
    console.print(_verdict_table(verdicts))
    for verdict in verdicts:
        if not verdict.met:
            console.print(visible(verdict.text), style="red", markup=False)
        elif verdict.caveat:
            told = visible(f"{verdict.name}: met ({verdict.caveat})")
            console.print(told, style="yellow", markup=False)


def print_diagnosis(console: Console, diagnosis: Diagnosis) -> None:
    """Print the likely causes, then the circumstances; nothing where nothing was found."""
    for line in diagnosis_lines(diagnosis):
        style = "yellow" if line.startswith(_LIKELY) else None
        console.print(visible(line), style=style, markup=False)


def diagnosis_lines(diagnosis: Diagnosis) -> list[str]:
    """Return a diagnosis as lines that stand alone."""
    first = [f"{_LIKELY}{cause.words}" for cause in diagnosis.causes[:1]]
    others = [f"also possible: {cause.words}" for cause in diagnosis.causes[1:]]
    return [*first, *others, *(f"remark: {remark.words}" for remark in diagnosis.remarks)]


def diagnosis_dict(diagnosis: Diagnosis) -> dict[str, list[str]]:
    """Return a diagnosis, ready for JSON: the likeliest cause first."""
    return {
        "causes": [cause.words for cause in diagnosis.causes],
        "remarks": [remark.words for remark in diagnosis.remarks],
    }


def verdict_dict(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict, ready for JSON."""
    return {
        "name": verdict.name,
        "met": verdict.met,
        "judged": verdict.judged,
        "value": finite(verdict.value),
        "limit": verdict.limit,
        "unit": verdict.unit,
        "reached": verdict.reached,
        "worst_time_s": finite(verdict.worst_time_s),
        "basis": verdict.basis._asdict() if verdict.basis else None,
        "caveat": verdict.caveat,
        "text": verdict.text,
        "recording": str(verdict.recording),
    }


def _verdict_table(verdicts: Sequence[Verdict]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("requirement", "", "value", "limit", "worst at", "judged"):
        right = heading not in ("requirement", "")
        table.add_column(heading, justify="right" if right else "left")
    for verdict in verdicts:
        word, style = _word(verdict)
        worst = f"{verdict.worst_time_s:.1f} s" if math.isfinite(verdict.worst_time_s) else ""
        reached = verdict.reached or _amount(verdict.value, verdict.unit)
        allowed = verdict.allowed or _amount(verdict.limit, verdict.unit)
        cells = verdict.name, word, reached, allowed, worst, _judged(verdict.basis)
        texts = [Text(visible(cell)) for cell in cells]
        texts[1].stylize(style)
        table.add_row(*texts)
    return table


def _amount(value: float, unit: str) -> str:
    return "" if math.isnan(value) else amount(value, unit)


def _word(verdict: Verdict) -> tuple[str, str]:
    if verdict.met:
        return "met", "yellow" if verdict.caveat else "green"
    return ("missed", "bold red") if verdict.judged else ("not judged", "bold yellow")


def _judged(basis: Basis | None) -> str:
    """Return for how long, and how much of the phase that is unless it is all."""
    if basis is None:
        return ""
    share = share_words(basis.judged_share)
    part = "" if basis.judged_share == 1.0 else f", {share}"
    return f"{grouped(basis.judged_s) if basis.judged_s >= 1.0 else f'{basis.judged_s:g}'} s{part}"

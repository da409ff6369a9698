"""What became of all trials, for a terminal and as JSON: a trial a row, its worst seed in it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hil.errors import visible
from hil.faults.rating import RATINGS, ExpectedRating, Rating, expected_of, is_worse
from hil.survey.fly import Row
from hil.survey.outcome import Outcome
from hil.survey.plan import Trial

STYLES = {"no effect": "green", "degraded": "yellow", "safe": "cyan", "lost": "bold red"}


class TrialRows(NamedTuple):
    """A trial on all its seeds. worst: the one with the worst rating, longest lost among those."""

    trial: Trial
    rows: tuple[Row, ...]
    worst: Row
    expected: Rating | None

    @property
    def too_bad(self) -> bool:
        """Whether its rating is worse than the rig expects."""
        return self.expected is not None and is_worse(self.worst.outcome.rating, self.expected)


def by_trial(rows: Iterable[Row], expected: Sequence[ExpectedRating]) -> list[TrialRows]:
    """Return rows by trial, the worst rated first."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.trial.name, []).append(row)
    found = [
        TrialRows(
            each[0].trial,
            tuple(sorted(each, key=lambda row: row.seed)),
            max(each, key=_badness),
            expected_of(expected, each[0].trial.about),
        )
        for each in grouped.values()
    ]
    return sorted(found, key=lambda each: (not each.too_bad, *(-x for x in _badness(each.worst))))


def _badness(row: Row) -> tuple[int, float]:
    return RATINGS.index(row.outcome.rating), row.outcome.lost_s


def counts(trials: Sequence[TrialRows]) -> dict[str, int]:
    """Return how many trials have each rating."""
    found = Counter(each.worst.outcome.rating for each in trials)
    return {rating: found[rating] for rating in RATINGS}


def cells(each: TrialRows) -> dict[str, str]:
    """Return what stands in a trial's row, by heading."""
    outcome = each.worst.outcome
    seeds = f" (seed {each.worst.seed})" if len(each.rows) > 1 else ""
    expected = f", expected {each.expected}" if each.too_bad else ""
    return {
        "fault": each.trial.name,
        "rating": f"{outcome.rating}{expected}",
        "noticed": _noticed(outcome),
        "reaction": ", ".join(outcome.modes) or "-",
        "lost for": _seconds(outcome.lost_s) if outcome.lost_s else "-",
        "recovered": _recovered(outcome),
        "worst": outcome.worst,
        "why": f"{outcome.why}{seeds}",
    }


def print_rows(console: Console, trials: Sequence[TrialRows]) -> None:
    """Print a table of trials, and how many have each rating."""
    table = Table(box=None, pad_edge=False)
    for each in trials:
        shown = cells(each)
        if not table.columns:
            for heading in shown:
                table.add_column(heading)
        texts = [Text(visible(text)) for text in shown.values()]
        texts[1].stylize(STYLES[each.worst.outcome.rating])
        table.add_row(*texts)
    console.print(table)
    told = ", ".join(f"{n} {rating}" for rating, n in counts(trials).items())
    console.print(f"{len(trials)} faults: {told}", markup=False)


def rows_dict(trials: Sequence[TrialRows]) -> list[dict[str, Any]]:
    """Return all trials, ready for JSON."""
    return [
        {
            "name": each.trial.name,
            "faults": list(each.trial.faults),
            "rating": each.worst.outcome.rating,
            "expected": each.expected,
            "too_bad": each.too_bad,
            "seeds": [
                {"seed": row.seed, **row.outcome._asdict(), "broken": row.broken}
                for row in each.rows
            ],
        }
        for each in trials
    ]


def _noticed(outcome: Outcome) -> str:
    if outcome.noticed_s is None:
        return "no"
    return f"{_seconds(outcome.noticed_s)}, {outcome.noticed.replace('_', ' ')}"


def _recovered(outcome: Outcome) -> str:
    if outcome.recovered_s is not None:
        return _seconds(outcome.recovered_s)
    return "never" if outcome.lost_s or outcome.rating == "lost" else "-"


def _seconds(time_s: float) -> str:
    digits = 1 if time_s < 100.0 else 0
    return f"{time_s:.{digits}f} s" if math.isfinite(time_s) else "never"

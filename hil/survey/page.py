"""The page of a survey of faults, for people: one file, nothing to load."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files

from jinja2 import Environment

from hil.survey.plan import Trial
from hil.survey.table import TrialRows, cells, counts

_TEMPLATE = "page.html"


def page(title: str, facts: Mapping[str, str], trials: Sequence[TrialRows]) -> str:
    """Return the page. facts: what was run, in words."""
    source = files(__package__).joinpath(_TEMPLATE).read_text(encoding="utf-8")
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return template.from_string(source).render(
        title=title,
        facts=facts,
        counts=counts(trials),
        trials=[
            {
                "cells": cells(each),
                "rating": each.worst.outcome.rating,
                "too_bad": each.too_bad,
                "toml": toml_of(each.trial),
                "rows": [cells(each._replace(worst=row, rows=(row,))) for row in each.rows],
                "seeds": [row.seed for row in each.rows],
            }
            for each in trials
        ],
    )


def toml_of(trial: Trial) -> str:
    """Return the trial's [[fault]] tables as they stand in a file of faults."""
    return "\n".join(_lines(trial))


def _lines(trial: Trial) -> Iterator[str]:
    for fault in trial.faults:
        yield "[[fault]]"
        for key, value in fault.items():
            text = str(value).replace("'", '"') if not isinstance(value, str) else f'"{value}"'
            yield f"{key} = {text}"

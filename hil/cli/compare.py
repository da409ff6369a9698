"""`hil compare`: what two recordings were made with, where they part, what that does to figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hil.cli.console import OUT, PathArgument, say, show_json
from hil.cli.options import json_option
from hil.errors import HilError, visible

if TYPE_CHECKING:
    from hil.judge import Verdict
    from hil.recording import Distance, Recording


@click.command()
@click.argument("expected", type=PathArgument)
@click.argument("recording", type=PathArgument)
@json_option
def compare(expected: Path, recording: Path, as_json: bool) -> None:
    """Compare two recordings.

    Says how rig and firmware differ, where the bits first differ, and by how much figures and
    columns differ.

    Exit status 0: the same bits in every step; 1: they differ.
    """
    from hil.cli.look import tell_same
    from hil.recording import NOT_COMPARED, Recording, differing_runs, distances, odd_columns

    a, b = Recording(expected), Recording(recording)
    for sentence in (runs := differing_runs(a, b)):
        say(sentence)
    same = tell_same(a, b)
    figures = {} if same else _figures(a, b)
    apart = [] if same else distances(a, b, exclude=(*NOT_COMPARED, *odd_columns(a, b)))
    if as_json:
        told = {"same": same, "runs": runs, "requirements": list(figures.values())}
        show_json(told | {"columns": [_column(each) for each in apart]})
    elif not same:
        _print_figures(figures)
        _print_distances(apart)
    raise click.exceptions.Exit(0 if same else 1)


def _figures(a: Recording, b: Recording) -> dict[str, dict[str, Any]]:
    """Each requirement's figure in both runs, by its name; nothing where a run holds no rig."""
    from hil import judge
    from hil.rig import rig_of

    figures: dict[str, dict[str, Any]] = {}
    try:
        for side, recording in (("a", a), ("b", b)):
            for verdict in judge.evaluate(rig_of(recording), [recording]):
                of_both = {"name": verdict.name, "unit": verdict.unit, "a": None, "b": None}
                figures.setdefault(verdict.name, of_both)[side] = _told(verdict)
    except HilError as error:
        say(f"figures are not compared: {error}")
        return {}
    return figures


def _told(verdict: Verdict) -> dict[str, Any]:
    value = verdict.value if math.isfinite(verdict.value) else None
    return {"value": value, "limit": verdict.limit, "met": verdict.met, "judged": verdict.judged}


def _column(distance: Distance) -> dict[str, Any]:
    largest = distance.largest if math.isfinite(distance.largest) else None
    return {**distance._asdict(), "largest": largest, "unit": _unit(distance.column)}


def _unit(column: str) -> str:
    from hil.judge.requirements import column_unit

    return column_unit(column)


def _print_figures(figures: dict[str, dict[str, Any]]) -> None:
    rows = [
        (each["name"], _figure(each["a"], each["unit"]), _figure(each["b"], each["unit"]))
        for each in figures.values()
    ]
    _print_table(("requirement", "expected", "recording"), rows)


def _figure(told: dict[str, Any] | None, unit: str) -> str:
    if told is None:
        return "no such requirement"
    if told["value"] is None:
        return "not judged" if not told["judged"] else "never"
    return f"{told['value']:.6g} {unit}".rstrip() + ("" if told["met"] else ", missed")


def _print_distances(distances: list[Distance]) -> None:
    rows = [
        (
            each.column,
            f"{each.largest:.3g} {_unit(each.column)}".rstrip()
            if math.isfinite(each.largest)
            else "a number in one only",
            f"{each.time_s:.6g} s",
            str(each.steps),
        )
        for each in distances
    ]
    _print_table(("column", "differs by at most", "at", "in steps"), rows)


def _print_table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    table = Table(box=None, pad_edge=False)
    for i, head in enumerate(heads):
        table.add_column(head, justify="right" if i else "left")
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    OUT.print(table)

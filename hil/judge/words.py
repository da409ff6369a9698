"""Verdicts in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hil.judge.basis import Basis, basis_words, share_words
from hil.judge.figures import Figure
from hil.judge.requirements import ColumnRequirement, Limit, PointingRequirement

OfFigure = PointingRequirement | ColumnRequirement


class Worst(NamedTuple):
    """The largest value of some runs, in the limit's unit."""

    value: float
    time_s: float
    recording: Path


def figure_words(
    requirement: OfFigure, within: bool, value: float, figures: Sequence[Figure], basis: Basis
) -> str:
    """Return what was found, where, and on how much that rests."""
    limit = requirement.stated_limit
    found, most = _apart(value, limit.value)
    relation = "is within" if within else "exceeds"
    begin_s = min(float(figure.series.time_s.min()) for figure in figures)
    end_s = max(float(figure.series.time_s.max()) for figure in figures)
    return (
        f"{requirement.name}: {_what(requirement)} of {found} {limit.unit} {relation} "
        f"{most} {limit.unit} ({_share(requirement)}, {begin_s:g} s to {end_s:g} s "
        f"of {basis_words(basis)})"
    ).replace("  ", " ")


def worst_words(worst: Worst, limit: Limit) -> str:
    """Return how large it was at its largest, and when."""
    peak = "not known" if math.isinf(worst.value) else f"{worst.value:.4g} {limit.unit}".rstrip()
    return f"worst {peak} at {worst.time_s:.6g} s in {worst.recording}"


def too_little_words(basis: Basis, least: float) -> str:
    """Return that more of the phase was to be judged; "" if it was enough."""
    if basis.judged_share >= least:
        return ""
    judged = share_words(basis.judged_share)
    return f"missed: {judged} of the phase was judged and at least {share_words(least)} is asked"


def _what(requirement: OfFigure) -> str:
    if isinstance(requirement, PointingRequirement):
        return f"{requirement.index} ({requirement.axis})"
    part = requirement.part
    return requirement.column + (f"[{part}]" if isinstance(part, int) else f" ({part})")


def _share(requirement: OfFigure) -> str:
    if requirement.interpretation is None:
        return "always"
    return f"{100 * requirement.probability:.6g} % {requirement.interpretation}"


def _apart(value: float, limit: float) -> tuple[str, str]:
    """Return both with as few digits, four at least, as show that they differ."""
    for digits in range(4, 18):
        texts = f"{value:.{digits}g}", f"{limit:.{digits}g}"
        if texts[0] != texts[1] or value == limit:
            break
    return texts

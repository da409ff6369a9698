"""Verdicts on figures in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hil.judge.amounts import amount, apart
from hil.judge.basis import Basis, basis_words, share_words
from hil.judge.cones import ConeRequirement
from hil.judge.coverage import CoverageRequirement
from hil.judge.figure import Figure
from hil.judge.requirements import ColumnRequirement, PointingRequirement

OfFigure = PointingRequirement | ColumnRequirement | ConeRequirement | CoverageRequirement


# ---- figures -------------------------------------------------------------------------------------


def figure_words(
    requirement: OfFigure, value: float, figures: Sequence[Figure], basis: Basis, caveat: str
) -> str:
    """Return what was found, where, on how much that rests, and what to know besides."""
    limit = requirement.stated_limit
    begin_s = min(figure.begin_s for figure in figures)
    end_s = max(figure.end_s for figure in figures)
    of = f"({_share(requirement)}, {begin_s:g} s to {end_s:g} s of {basis_words(basis)})"
    if math.isinf(value):
        found = _unknown_words(requirement, figures)
    else:
        reached, allowed = apart(value, limit.value, limit.unit)
        relation = "is within" if limit.holds(value) else "exceeds"
        found = f"of {reached} {relation} {allowed}"
    worst = max(figures, key=lambda figure: figure.worst.value)
    parts = [
        f"{requirement.name}: {_what(requirement)} {found} {of}",
        _worst_words(worst, requirement),
        worst.remark,
        _too_little_words(basis, requirement.judged_share_min or 0.0),
        caveat,
    ]
    return "; ".join(filter(None, parts))


def reached_words(
    requirement: OfFigure, value: float, figures: Sequence[Figure]
) -> tuple[str, str]:
    """Return the value, or in what share of the time it is not known, and the limit."""
    limit = requirement.stated_limit
    if math.isfinite(value):
        return apart(value, limit.value, limit.unit)
    share = max(figure.share_unknown for figure in figures)
    return f"not known in {share_words(share)}", amount(limit.value, limit.unit)


def _unknown_words(requirement: OfFigure, figures: Sequence[Figure]) -> str:
    """Return in what share of the time nothing is known, and how it is in the rest."""
    limit = requirement.stated_limit
    least_known = max(figures, key=lambda figure: figure.share_unknown)
    share = share_words(least_known.share_unknown)
    words = f"is not known in {share} of the time"
    if requirement.probability < 1.0:
        words += f" ({share_words(1.0 - requirement.probability)} may exceed the limit)"
    known = least_known.tail.quantile_of_known() / limit.unit_si
    if math.isnan(known):
        return f"{words}, limit {amount(limit.value, limit.unit)}"
    reached, allowed = apart(known, limit.value, limit.unit)
    return f"{words}, and where it is known {reached}, limit {allowed}"


def _worst_words(figure: Figure, requirement: OfFigure) -> str:
    """Return how large it was at its largest, and when."""
    limit, worst, path = requirement.stated_limit, figure.worst, figure.member.recording
    if math.isfinite(worst.value):
        peak = amount(worst.value / limit.unit_si, limit.unit)
        return f"worst {peak} at {worst.time_s:.6g} s in {path}"
    words = f"not known at {worst.time_s:.6g} s in {path}"
    if not math.isfinite(figure.known.value):
        return words
    peak = amount(figure.known.value / limit.unit_si, limit.unit)
    return f"{words}; worst known {peak} at {figure.known.time_s:.6g} s"


def _too_little_words(basis: Basis, least: float) -> str:
    """Return that more of the phase was to be judged; "" if it was enough."""
    if basis.judged_share >= least:
        return ""
    judged = share_words(basis.judged_share)
    return f"missed: {judged} of the phase was judged and at least {share_words(least)} is asked"


def _what(requirement: OfFigure) -> str:
    if isinstance(requirement, ConeRequirement | CoverageRequirement):
        return requirement.words
    if isinstance(requirement, PointingRequirement):
        return f"{requirement.index} ({requirement.axis})"
    part = requirement.part
    return requirement.column + (f"[{part}]" if isinstance(part, int) else f" ({part})")


def _share(requirement: OfFigure) -> str:
    if requirement.interpretation is None:
        return "always"
    return f"{100 * requirement.probability:.6g} % {requirement.interpretation}"

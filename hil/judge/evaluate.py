"""From requirements and recordings to verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from hil.errors import HilError
from hil.judge.basis import Basis, among_runs, basis_of, caveat_words
from hil.judge.figures import Figure, column_figure, pointing_figure
from hil.judge.link import evaluate_link
from hil.judge.moments import judged_by_moment
from hil.judge.pointing import Ground, at_probability
from hil.judge.requirements import (
    Allowed,
    ColumnRequirement,
    ModeRequirement,
    Requirement,
)
from hil.judge.verdict import Verdict, not_judged
from hil.judge.words import OfFigure, Worst, figure_words, too_little_words, worst_words
from hil.recording import Recording


class Judged(Protocol):
    """A rig, as far as judging goes."""

    @property
    def requirement(self) -> tuple[Requirement, ...]:
        """What a run must hold."""

    @property
    def allowed(self) -> Allowed:
        """What trouble a run's line may have."""

    @property
    def ground(self) -> Ground:
        """Where its places are."""


def evaluate(rig: Judged, recordings: Sequence[Recording]) -> list[Verdict]:
    """Judge every requirement of a rig, then the line, on one or many runs of it.

    recordings: taken one after the other, so that a sequence may read each as it is asked for it.
    """
    verdicts = [evaluate_requirement(each, recordings, rig.ground) for each in rig.requirement]
    return [*verdicts, evaluate_link(rig.allowed, recordings)]


def evaluate_requirement(
    requirement: Requirement, recordings: Sequence[Recording], ground: Ground | None = None
) -> Verdict:
    """Judge one requirement; what cannot be judged is never met.

    ground: the rig's places, for a requirement that names one.
    """
    try:
        if isinstance(requirement, ModeRequirement):
            return judged_by_moment(requirement, recordings, ground)
        if isinstance(requirement, ColumnRequirement) and requirement.by_s is not None:
            return judged_by_moment(requirement, recordings, ground)
        return _judged_by_figure(requirement, recordings, ground)
    except HilError as error:
        limit = requirement.stated_limit
        return not_judged(requirement.name, error, recordings[0].path, limit.value, limit.unit)


def _judged_by_figure(
    requirement: OfFigure, recordings: Sequence[Recording], ground: Ground | None
) -> Verdict:
    limit = requirement.stated_limit
    figures = [_figure(requirement, recording, ground) for recording in recordings]
    figure = _at_probability(requirement, figures) / limit.unit_si
    worst, remark = _worst(figures, limit.unit_si)
    basis, within = _basis(requirement, figures), figure <= limit.value
    too_little = too_little_words(basis, requirement.judged_share_min or 0.0)
    met = within and not too_little
    caveat = caveat_words(basis, requirement.probability) if met else ""
    sentence = figure_words(requirement, within, figure, figures, basis)
    parts = [sentence, worst_words(worst, limit), remark, too_little, caveat]
    return Verdict(
        requirement.name,
        met,
        figure,
        limit.value,
        limit.unit,
        worst.time_s,
        "; ".join(filter(None, parts)),
        worst.recording,
        basis=basis,
        caveat=caveat,
    )


def _basis(requirement: OfFigure, figures: Sequence[Figure]) -> Basis:
    limit = requirement.stated_limit
    return among_runs(
        basis_of([figure.member for figure in figures]),
        [figure.series.value / limit.unit_si for figure in figures],
        limit.value,
        requirement.probability,
        requirement.interpretation,
    )


def _figure(requirement: OfFigure, recording: Recording, ground: Ground | None) -> Figure:
    """Return what a requirement judges of one run, in SI units."""
    if isinstance(requirement, ColumnRequirement):
        return column_figure(requirement, recording, ground)
    return pointing_figure(requirement, recording, ground)


def _at_probability(requirement: OfFigure, figures: Sequence[Figure]) -> float:
    # At probability 1 every interpretation is the largest value.
    interpretation = requirement.interpretation or "temporal"
    values = [figure.series.value for figure in figures]
    return at_probability(values, requirement.probability, interpretation)


def _worst(figures: Sequence[Figure], unit_si: float) -> tuple[Worst, str]:
    """Return the largest value of all runs, and what is to be remarked on its run."""
    peaks = []
    for series, member, remark in figures:
        known = np.where(np.isnan(series.value), np.inf, series.value)
        at = int(np.argmax(known))
        peak = Worst(float(known[at]) / unit_si, float(series.time_s[at]), member.recording)
        peaks.append((peak, remark))
    return max(peaks, key=lambda each: each[0].value)

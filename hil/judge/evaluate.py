"""From requirements and recordings to verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hil.errors import HilError
from hil.judge.alerts import AlertRequirement, FalseAlertRequirement
from hil.judge.allowed import Allowed
from hil.judge.basis import among_runs, basis_of, caveat_words
from hil.judge.cones import ConeRequirement
from hil.judge.coverage import CoverageRequirement
from hil.judge.delivered import Delivered, delivery_verdict
from hil.judge.detected import Detected
from hil.judge.detection_words import detection_verdict
from hil.judge.detections import SightRequirement
from hil.judge.events import EventRequirement, NoEventRequirement
from hil.judge.figure import Figure
from hil.judge.in_force import named_in
from hil.judge.link import link_verdict, trouble_of
from hil.judge.moments import Moment
from hil.judge.pointing import REPRODUCIBILITY, Ground, Tail, at_probability
from hil.judge.reactions import Told
from hil.judge.reducers import Reduced
from hil.judge.reproducibility import reproduced
from hil.judge.requirements import ModeRequirement, PointingRequirement, Requirement, judged_limit
from hil.judge.run import Judged, Judgement, judge_run
from hil.judge.sentences import OfFigure, figure_words, reached_words
from hil.judge.since import moment_verdict, no_event_verdict
from hil.judge.verdict import LINK, Verdict, not_judged
from hil.recording import Recording


def evaluate(rig: Judged, recordings: Sequence[Recording]) -> list[Verdict]:
    """Judge every requirement of a rig, then the line, on one or many runs of it.

    recordings: each is read once, one after the other, so that a sequence may open each as it is
    asked for it. The memory that this takes does not grow with their length.
    """
    return _evaluated(rig, lambda: recordings)


def evaluate_files(rig: Judged, paths: Sequence[Path]) -> list[Verdict]:
    """Judge recordings by their paths; each is opened when its turn comes, and closed after it."""
    return _evaluated(rig, lambda: map(Recording, paths))


def _evaluated(rig: Judged, opened: Callable[[], Iterable[Recording]]) -> list[Verdict]:
    judgements: list[Judgement] = []
    steps = sum(map(len, opened())) if _is_mixed(rig) else 0
    for recording in opened():
        judgements.append(judge_run(rig, recording, steps))
        _pool(rig, judgements)
    return verdicts(rig, judgements)


def _is_mixed(rig: Judged) -> bool:
    """Return whether the values of all runs are one set for any requirement."""
    return any(getattr(each, "interpretation", None) == "mixed" for each in rig.requirement)


def _pool(rig: Judged, judgements: Sequence[Judgement]) -> None:
    """Put the values of the last run to those before, where all runs' values are one set."""
    for place, requirement in enumerate(rig.requirement):
        of_all, last = (each.requirements[place] for each in (judgements[0], judgements[-1]))
        if not isinstance(of_all, Figure) or not isinstance(last, Figure) or last is of_all:
            continue
        if getattr(requirement, "interpretation", None) == "mixed":
            of_all.tail.join(last.tail)
            last.tail = of_all.tail


def verdicts(rig: Judged, judgements: Sequence[Judgement]) -> list[Verdict]:
    """Return the verdicts on all requirements and the line, from what some runs came to."""
    found = [
        _verdict(requirement, [(each.requirements[place], each.path) for each in judgements])
        for place, requirement in enumerate(rig.requirement)
    ]
    faults = [(each.path, each.faults) for each in judgements]
    return [*named_in(found, faults), _link(rig.allowed, judgements)]


@dataclass(frozen=True)
class _OneRequirement:
    """A rig of one requirement."""

    requirement: tuple[Requirement, ...]
    ground: Ground | None
    allowed: Allowed = field(default_factory=Allowed)


def evaluate_requirement(
    requirement: Requirement, recordings: Sequence[Recording], ground: Ground | None = None
) -> Verdict:
    """Judge one requirement; what cannot be judged is never met.

    ground: the rig's places, for a requirement that names one.
    """
    rig = _OneRequirement((requirement,), ground)
    return evaluate(rig, recordings)[0]


def _verdict(requirement: Requirement, found: Sequence[tuple[Reduced | HilError, Path]]) -> Verdict:
    limit, name = judged_limit(requirement), requirement.name
    reduced: list[Reduced] = []
    for each, path in found:
        if isinstance(each, HilError):
            return not_judged(name, each, path, limit.value, limit.unit)
        reduced.append(each)
    try:
        return _judged(requirement, reduced)
    except HilError as error:
        return not_judged(name, error, found[0][1], limit.value, limit.unit)


def _judged(requirement: Requirement, reduced: Sequence[Reduced]) -> Verdict:
    if isinstance(requirement, NoEventRequirement):
        return no_event_verdict(requirement, [each for each in reduced if isinstance(each, Told)])
    if isinstance(requirement, AlertRequirement | FalseAlertRequirement):
        found = [each for each in reduced if isinstance(each, Delivered)]
        return delivery_verdict(requirement, found)
    if isinstance(requirement, SightRequirement):
        return detection_verdict(requirement, [e for e in reduced if isinstance(e, Detected)])
    moments = [each for each in reduced if isinstance(each, Moment)]
    if isinstance(requirement, ModeRequirement | EventRequirement) or moments:
        assert not isinstance(
            requirement, PointingRequirement | ConeRequirement | CoverageRequirement
        )
        return moment_verdict(requirement, moments)
    figures = [each for each in reduced if isinstance(each, Figure)]
    if isinstance(requirement, PointingRequirement) and requirement.index in REPRODUCIBILITY:
        reproduced(requirement, figures)
    return _of_figures(requirement, figures)


def _of_figures(requirement: OfFigure, figures: Sequence[Figure]) -> Verdict:
    limit = requirement.stated_limit
    value = _at_probability(requirement, figures) / limit.unit_si
    basis = among_runs(
        basis_of([figure.member for figure in figures]),
        [figure.share_above for figure in figures],
        requirement.probability,
        requirement.interpretation,
        requirement.confidence,
    )
    enough = basis.judged_share >= (requirement.judged_share_min or 0.0)
    met = limit.holds(value) and enough
    worst = max(figures, key=lambda figure: figure.worst.value)
    caveat = caveat_words(basis, requirement.probability) if met else ""
    reached, allowed = reached_words(requirement, value, figures)
    return Verdict(
        requirement.name,
        met,
        value,
        limit.value,
        limit.unit,
        worst.worst.time_s,
        figure_words(requirement, value, figures, basis, caveat),
        worst.member.recording,
        basis=basis,
        caveat=caveat,
        reached=reached,
        allowed=allowed,
    )


def _at_probability(requirement: OfFigure, figures: Sequence[Figure]) -> float:
    """Return the value at the requirement's probability; see at_probability."""
    interpretation = requirement.interpretation or "temporal"  # at 1 they are all the same
    if interpretation == "temporal":
        return max(figure.tail.quantile() for figure in figures)
    if interpretation == "ensemble":
        worst = [[figure.worst.value] for figure in figures]
        return at_probability(worst, requirement.probability, "mixed")
    tails = list({id(figure.tail): figure.tail for figure in figures}.values())
    if len(tails) == 1:
        return tails[0].quantile()
    joined = Tail(requirement.probability, sum(tail.count for tail in tails))
    for tail in tails:
        joined.join(tail)
    return joined.quantile()


def _link(allowed: Allowed, judgements: Sequence[Judgement]) -> Verdict:
    try:
        troubles, counts = [], []
        for each in judgements:
            if isinstance(each.link, HilError):
                raise each.link
            counts.append(each.link)
            troubles.append((trouble_of(allowed, each.link, str(each.path)), each.path))
    except HilError as error:
        return not_judged(LINK, error, judgements[0].path, 0.0, "")
    return link_verdict(troubles, counts)

"""What reduces a run to what each kind of requirement judges."""

from __future__ import annotations

from hil.judge.alerts import AlertRequirement, FalseAlertRequirement
from hil.judge.cones import ConeRequirement
from hil.judge.coverage import CoverageRequirement
from hil.judge.covered import CoverageFigure
from hil.judge.delivered import Delivered, DeliveryFigure
from hil.judge.detected import Detected, DetectionFigure
from hil.judge.detections import SightRequirement
from hil.judge.events import EventRequirement, NoEventRequirement
from hil.judge.figure import Figure
from hil.judge.figures import ColumnFigure, ConeFigure
from hil.judge.moments import Moment, MomentFigure
from hil.judge.pointingfigure import PointingFigure
from hil.judge.reactions import EventFigure, NoEventFigure, ReactionFigure, Told
from hil.judge.requirements import ModeRequirement, Requirement

Reduced = Figure | Moment | Told | Delivered | Detected
Reducer = (
    PointingFigure
    | ColumnFigure
    | ConeFigure
    | CoverageFigure
    | MomentFigure
    | ReactionFigure
    | EventFigure
    | NoEventFigure
    | DeliveryFigure
    | DetectionFigure
)


def figure_of(requirement: Requirement) -> type[Reducer]:
    """Return what reduces a run to what a requirement judges, but for pointing."""
    if isinstance(requirement, EventRequirement):
        return EventFigure
    if isinstance(requirement, NoEventRequirement):
        return NoEventFigure
    if isinstance(requirement, AlertRequirement | FalseAlertRequirement):
        return DeliveryFigure
    if isinstance(requirement, SightRequirement):
        return DetectionFigure
    if isinstance(requirement, ConeRequirement):
        return ConeFigure
    if isinstance(requirement, CoverageRequirement):
        return CoverageFigure
    if isinstance(requirement, ModeRequirement) or getattr(requirement, "by_s", None) is not None:
        return MomentFigure if requirement.fault is None else ReactionFigure
    return ColumnFigure

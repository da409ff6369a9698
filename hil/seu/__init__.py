"""An atlas of a flight software's memory: what each of its bits does to the run when it flips."""

from hil.seu.atlas import Atlas, Flip, drawn, survey
from hil.seu.outcome import KINDS, Outcome
from hil.seu.plan import Plan

__all__ = ["KINDS", "Atlas", "Flip", "Outcome", "Plan", "drawn", "survey"]

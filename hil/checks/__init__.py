"""Judging recordings: each requirement of a rig, and the health of the line, as a verdict."""

from hil.checks.basis import Basis, share_words
from hil.checks.errors import CheckError
from hil.checks.evaluate import Judged, evaluate, evaluate_requirement
from hil.checks.figures import error_of
from hil.checks.link import counters, evaluate_link, told_troubles
from hil.checks.phases import stretches
from hil.checks.verdict import LINK, Verdict

__all__ = [
    "LINK",
    "Basis",
    "CheckError",
    "Judged",
    "Verdict",
    "counters",
    "error_of",
    "evaluate",
    "evaluate_link",
    "evaluate_requirement",
    "share_words",
    "stretches",
    "told_troubles",
]

"""Judging recordings: each requirement of a rig, and the health of the line, as a verdict."""

from hil.errors import CheckError
from hil.judge.basis import Basis, share_words
from hil.judge.evaluate import Judged, evaluate, evaluate_requirement
from hil.judge.figures import error_of
from hil.judge.link import counters, evaluate_link, told_troubles
from hil.judge.phases import stretches
from hil.judge.verdict import LINK, Verdict

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

"""Judging recordings: each requirement of a rig, and the health of the line, as a verdict."""

from hil.errors import CheckError
from hil.judge.basis import Basis, share_words
from hil.judge.described import described, run_of
from hil.judge.evaluate import evaluate, evaluate_files, evaluate_requirement, verdicts
from hil.judge.in_force import faults_of
from hil.judge.link import LinkCounts, counters, evaluate_link, link_counts, told_troubles
from hil.judge.occurrences import InForce
from hil.judge.phases import Phase, Run, only_time_decides
from hil.judge.pointingfigure import PointingFigure
from hil.judge.run import (
    Judged,
    Judgement,
    RunJudge,
    Standing,
    judge_run,
    stretches,
)
from hil.judge.steps import StepErrors, error_of, same_vectors
from hil.judge.verdict import LINK, Verdict

__all__ = [
    "LINK",
    "Basis",
    "CheckError",
    "InForce",
    "Judged",
    "Judgement",
    "LinkCounts",
    "Phase",
    "PointingFigure",
    "Run",
    "RunJudge",
    "Standing",
    "StepErrors",
    "Verdict",
    "counters",
    "described",
    "error_of",
    "evaluate",
    "evaluate_files",
    "evaluate_link",
    "evaluate_requirement",
    "faults_of",
    "judge_run",
    "link_counts",
    "only_time_decides",
    "run_of",
    "same_vectors",
    "share_words",
    "stretches",
    "told_troubles",
    "verdicts",
]

"""Every fault that a rig's devices can have, one at a time or in pairs, and what came of each."""

from hil.survey.fly import Flight, Row, fly, healthy
from hil.survey.outcome import Outcome, goal_of
from hil.survey.page import page
from hil.survey.plan import Plan, Trial, plan_of
from hil.survey.pool import surveyed
from hil.survey.table import print_rows, rows_dict

__all__ = [
    "Flight",
    "Outcome",
    "Plan",
    "Row",
    "Trial",
    "fly",
    "goal_of",
    "healthy",
    "page",
    "plan_of",
    "print_rows",
    "rows_dict",
    "surveyed",
]

"""The loop: truth and devices on one side, the OBC on the other, a recording of both."""

from hil.bench.fleet import run_fleet
from hil.bench.loop import Bench
from hil.bench.member import Member
from hil.bench.result import STAGES, Result
from hil.bench.specification import RunSpecification
from hil.bench.start import run, run_together

__all__ = [
    "STAGES",
    "Bench",
    "Member",
    "Result",
    "RunSpecification",
    "run",
    "run_fleet",
    "run_together",
]

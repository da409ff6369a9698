"""The phasing test: before a loop is closed, every axis of every device is checked for its sign."""

from hil.phasing.judge import NOT_PHASED, Finding, judge
from hil.phasing.lines import phase_on_lines
from hil.phasing.run import PhaseError, phase
from hil.phasing.table import print_findings

__all__ = [
    "NOT_PHASED",
    "Finding",
    "PhaseError",
    "judge",
    "phase",
    "phase_on_lines",
    "print_findings",
]

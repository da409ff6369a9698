"""The phasing test: before a loop is closed, every axis of every device is checked for its sign."""

from hil.phasing.judge import Finding, judge
from hil.phasing.run import PhaseError, phase
from hil.phasing.table import print_findings

__all__ = ["Finding", "PhaseError", "judge", "phase", "print_findings"]

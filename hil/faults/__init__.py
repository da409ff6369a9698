"""What can fail on the bench, when, and how: devices between truth and wire, and the line."""

from hil.faults.injector import Injector
from hil.faults.kind import FaultKind
from hil.faults.kinds import KINDS
from hil.faults.model import Fault

__all__ = ["KINDS", "Fault", "FaultKind", "Injector"]

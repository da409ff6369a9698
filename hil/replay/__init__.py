"""Recorded octets go to an OBC again, without physics, and its answers are compared."""

from hil.replay.answers import Difference
from hil.replay.run import Outcome, replay

__all__ = ["Difference", "Outcome", "replay"]

"""What a kind of fault is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

OWN_LINE, ON_LINE = "device's line", "device on a line"


@dataclass(frozen=True)
class FaultKind:
    """A kind of fault.

    on: what can have it: sensor, wheel, rod, thruster, line, obc, a device's
    own line, a device on one. needs, may: its keys; one of may
    must be given. can: keys that may be left out. make: what makes it happen, of a Fault. example:
    a table without name and time. moment: whether it happens at once, and no duration is needed.
    """

    name: str
    on: tuple[str, ...]
    what: str
    make: Any
    example: str
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    can: tuple[str, ...] = ()
    moment: bool = False

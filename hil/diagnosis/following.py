"""Those who follow a kind of device from one step to the next."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Protocol

from hil.diagnosis.cells import Cells
from hil.diagnosis.dipoles import Dipoles
from hil.diagnosis.finding import Finding
from hil.diagnosis.followers import Rods, Tachometers
from hil.diagnosis.impulses import Impulses
from hil.judge.rows import Rows
from hil.rig import Rig


class Follower(Protocol):
    """Who follows one kind of device from one step to the next."""

    @property
    def columns(self) -> Set[str]:
        """The columns that it reads."""

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong."""


def followers_of(rig: Rig) -> Iterator[Follower]:
    """Yield those who follow the devices that a rig has."""
    craft = rig.spacecraft
    if craft.wheel:
        yield Tachometers(rig)
    if craft.rod:
        yield Rods(rig)
        yield Dipoles(rig)
    if craft.tables("coarse_sun_sensor"):
        yield Cells(rig)
    if craft.thruster:
        yield Impulses(rig)

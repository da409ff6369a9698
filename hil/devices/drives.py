"""What the drives of every kind of actuator do: take commands, let time pass, act on the truth."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from numpy.typing import ArrayLike

from hil.physics.vectors import FloatArray


class Fired(Protocol):
    """The truth, as far as what acts at one instant goes."""

    def fire(self, on_time_s: ArrayLike) -> None:
        """Open the thrusters' valves now."""


class Drives(ABC):
    """The drives of all actuators of one kind.

    ``rejected`` counts values that were no command. ``held``: what the truth is advanced with, by
    the name that Truth.advance has for it; arrays that are refreshed in place. ``follows_slowly``:
    whether that changes between commands, so that each of the truth's steps needs its own.
    """

    rejected: int
    follows_slowly: bool = False
    moves: bool = True
    """Whether anything changes while time passes, so that ``move`` is to be called."""

    def look(self, truth_of: Callable[[str], FloatArray]) -> None:  # noqa: B027
        """Be shown the truth, by columns, for what a drive measures itself."""

    @property
    def held(self) -> Mapping[str, FloatArray]:
        """Nothing, for what acts at the instant of its command only."""
        return {}

    @abstractmethod
    def command(self, values: Sequence[float]) -> FloatArray:
        """Take a command of at least as many values as there are devices; return what follows."""

    def act(self, values: Sequence[float], truth: Fired) -> None:  # noqa: ARG002
        """Take a command at this instant of the truth."""
        self.command(values)

    def move(self, duration_s: float) -> object:  # noqa: ARG002
        """Let a time pass, over which the truth is then advanced."""
        return None

"""Faults of the OBC itself: it restarts, stands still, has no power, or its clock is wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from hil.faults.model import Fault
from hil.obc.place import Cause, Line, Obc

OBC = "obc"
DOWN = ("obc_down", "the OBC is silent because faults have it so")
UP = ("obc_up", "the OBC is to answer again")
"""Events around the steps whose missing replies are no trouble of the line."""
RESET = "obc_reset"
"""The event of a reset; its code is the `Cause`."""
RESTARTS = (RESET, "obc_on")
"""Events after which the OBC has booted."""
_WITH_FAULTS = ("library", "posix", "qemu", "qemu-fast")


class Tell(Protocol):
    """Takes the name of an event, a sentence, and its code if it has one."""

    def __call__(self, name: str, words: str, code: int = 0) -> None:
        """Take one."""


def refused(faults: Sequence[Fault], obc: Obc) -> Iterator[str]:
    """Yield a sentence about each fault of the OBC that cannot happen in its place."""
    for fault in faults:
        if fault.device == OBC and fault.kind not in obc.can:
            able = ", ".join(sorted(obc.can)) or "nothing"
            others = ", ".join(each for each in _WITH_FAULTS if each != obc.name)
            yield (
                f'[[fault]] "{fault.name}": kind {fault.kind} cannot be done on {obc.name}, where '
                f"the OBC can have {able}; use --obc with one of {others}"
            )


class ObcFault:
    """A fault of the OBC; does nothing by itself.

    down: whether it neither takes nor sends anything while this is active. spent: whether it is
    over before its time, until it may come again. restarts: how often it made the OBC boot so far.
    """

    down = False
    misfit = ""
    """Why it cannot happen to this OBC, if it cannot."""

    def __init__(
        self,
        fault: Fault,
        obc: Obc,
        step_s: float,
        tell: Tell,
        source: np.random.Generator | None = None,  # noqa: ARG002
    ) -> None:
        """Without effect until it begins. tell: takes events."""
        self.active, self.spent, self.restarts = False, False, 0
        self._fault, self._obc, self._step_s, self._tell = fault, obc, step_s, tell

    def begin(self) -> None:
        """It begins, before a step's samples are taken."""

    def step(self) -> None:
        """It is in force at a step; after `begin` at the first."""

    def end(self) -> None:
        """It ends, before a step's samples are taken."""

    def _reset(self, why: str, cause: Cause = Cause.PIN) -> None:
        self._obc.reset(cause)
        self.restarts += 1
        self._tell(RESET, f"the OBC was reset: {why}", cause)


class Reset(ObcFault):
    """A warm reset, held for the fault's duration if it has one."""

    def begin(self) -> None:
        self.down = self._fault.duration_s is not None
        if self.down:
            self._obc.halt()
        else:
            self._reset(self._fault.name)
            self.spent = True

    def end(self) -> None:
        if self.down:
            self._reset(self._fault.name)


class PowerOff(ObcFault):
    """No power; when it is back the OBC boots."""

    down = True

    def begin(self) -> None:
        self._obc.power_off()
        self._tell("obc_off", f"the OBC has no power: {self._fault.name}")

    def end(self) -> None:
        self._obc.power_on()
        self.restarts += 1
        self._tell("obc_on", f"the OBC has power again: {self._fault.name}")


class Hang(ObcFault):
    """It stands still until the fault ends, or its watchdog bites."""

    down = True

    def begin(self) -> None:
        self._stood, self.down = 0, True
        self._obc.halt()

    def step(self) -> None:
        watchdog_s = self._fault.watchdog_s
        if watchdog_s is None or self.spent:
            return
        if self._stood >= math.ceil(watchdog_s / self._step_s - 1e-9):
            why = f"its watchdog ended {self._fault.name} after {watchdog_s:g} s"
            self._reset(why, Cause.WATCHDOG)
            self.spent, self.down = True, False
        self._stood += 1

    def end(self) -> None:
        if not self.spent:
            self._obc.go_on()


class ClockFault(ObcFault):
    """The OBC's clock is ahead of the truth."""

    ahead_s = 0.0

    def begin(self) -> None:
        self._since = 0

    def step(self) -> None:
        self.ahead_s = self._ahead_s(self._since * self._step_s)
        self._since += 1

    def end(self) -> None:
        self.ahead_s = 0.0

    def _ahead_s(self, since_s: float) -> float:
        raise NotImplementedError


class ClockDrift(ClockFault):
    """It runs too fast, or too slow."""

    def _ahead_s(self, since_s: float) -> float:
        return 1e-6 * (self._fault.ppm or 0.0) * since_s


class ClockJump(ClockFault):
    """It jumps."""

    def _ahead_s(self, since_s: float) -> float:  # noqa: ARG002
        return self._fault.offset_s or 0.0


class ObcLine:
    """An OBC's line that is dead while the OBC is: what is sent then is lost, and nothing comes."""

    def __init__(self, line: Line, faults: Sequence[ObcFault]) -> None:
        self._line, self._faults = line, faults

    @property
    def dead(self) -> bool:
        """Whether the OBC stands still or has no power."""
        return any(fault.active and fault.down for fault in self._faults)

    def write(self, data: bytes, deadline_s: float) -> bool:
        """Send, or lose."""
        return self.dead or self._line.write(data, deadline_s)

    def read(self, deadline_s: float) -> bytes:
        """Return what has arrived; empty at once while the OBC is down."""
        return b"" if self.dead else self._line.read(deadline_s)

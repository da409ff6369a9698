"""What every place a firmware can live offers to the bench."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import IntEnum
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

from hil.errors import ObcError, RigError
from hil.obc.memory import Memory
from hil.obc.printed import Printed

if sys.platform == "win32":
    Channel = Any  # devices' own lines are for Linux and macOS
elif TYPE_CHECKING:
    from hil.obc.channel import Channel


class LineGoneError(ObcError):
    """The line went away, as a pulled cable's does: what it led to may still run."""


CLOCK_FAULTS = frozenset({"clock_drift", "clock_jump"})
_RESTARTS = frozenset({"reset", "power_off", "hang"})
_PROCESSES = sys.platform == "linux"  # where another process can be looked into
FAULTS = CLOCK_FAULTS | (_RESTARTS | {"bit_flip", "bit_flips"} if _PROCESSES else frozenset())
"""The kinds of faults of the OBC itself; `hil.faults.kinds` says what they are."""
IN_PROCESS_FAULTS = FAULTS | _RESTARTS
"""Those of an OBC in the bench's own process."""


PATIENT_S = 1e6
"""How long is waited for an OBC that a debugger may stop."""


def standing_words(attach: str) -> str:
    """Return what a user reads of an OBC that stands still; attach: what `debug` returned."""
    return (
        f"the OBC stands still. Attach with\n  {attach}\nand have it go on (continue): simulated "
        "time waits at a breakpoint for as long as it takes"
    )


class Cause(IntEnum):
    """Why an OBC boots, as it would read it from its reset controller; restart.h has the same."""

    POWER = 1
    PIN = 2
    WATCHDOG = 3


class Line(Protocol):
    """A line to an OBC: octets out and in. Faults of a line are wrapped around one.

    Deadlines are instants of time.monotonic().
    """

    def write(self, data: bytes, deadline_s: float) -> bool:
        """Send all of `data`; whether the OBC took it before the deadline.

        Raises ObcError when the OBC is gone.
        """

    def read(self, deadline_s: float) -> bytes:
        """What has arrived, at least one octet; empty when nothing has until the deadline.

        Empty at once where nothing can come any more before something is written. Raises ObcError,
        saying how it ended, when the OBC is gone and all it sent has been read.
        """


class LineTo(NamedTuple):
    """A device's own line as a place needs to know it.

    usart, port: what it leads to, where that matters.
    """

    name: str
    baud: int
    usart: int | None = None
    port: str | None = None
    bits: int = 8
    parity: str = "N"
    stop: int = 1


class PinTo(NamedTuple):
    """A pin of the board that the bench watches: a PWM channel of a timer, or a port's pin.

    timer, channel: as ST numbers them. pin: 16 times the port's number (A is 0) and the pin's.
    edges: each edge is watched, in the place of the part of the time that it is high.
    """

    timer: int = 0
    channel: int = 0
    pin: int = 0
    edges: bool = False


def octet_ns(line: LineTo) -> int:
    """Return how long an octet takes on a line."""
    length = 1 + line.bits + (line.parity != "N") + line.stop
    return round(length * 1e9 / line.baud)


def refuse_wire(place: str, *, wire: bool) -> None:
    """Raise RigError for a rig with a line of the bench's own where there can be none."""
    if wire:
        raise RigError(
            f"{place} is for flight software without a line to the bench: give [obc] wire = "
            "false, or run on another place"
        )


class Obc(ABC):
    """An open line to an on-board computer; use as a context manager.

    `name` is what the user asked for, `description` says what runs there.
    """

    name: str
    description: str
    baud: int | None = None
    """Bits a second of the line; None where it has no rate of its own."""
    adapter_s: float = 0.0
    """For how long the line's adapter may hold received bytes back."""
    send_ahead: bool = False
    """Whether octets take so long that a step's first frame should go while others are made."""
    answers_at_once: bool = False
    """Whether all of an answer is there when a write returns."""
    can_be_called: bool = False
    """Whether compiled code can call it: it has an ``entry``."""
    may_be_booting: bool = False
    """Whether a boot loader may be at work when its line is opened."""
    when_silent: str = "is the board powered, its firmware flashed, RX and TX not swapped?"
    """What to look for where nobody answers."""
    instruction_ns: int | None = None
    """What the firmware's own clock gains an instruction; None where it measures time."""

    printed: Printed | None = None
    """What it prints beside its line; None where it has nowhere to print to."""
    can: frozenset[str] = CLOCK_FAULTS
    """The kinds of faults of the OBC itself that can be done here."""

    channels: Sequence[Channel] = ()
    """Devices' own lines, in the order of the rig."""
    epoch_unix_ns: int = 0
    """ns since 1970 at the run's start, of one whose time the bench hands out."""
    death_fd: int = -1
    """Becomes readable when the program that runs the firmware ends; -1 where there is none."""

    @property
    def dropped(self) -> int:
        """Octets of devices' own lines that the OBC had no room for."""
        return sum(channel.dropped for channel in self.channels)

    def obituary(self) -> str:
        """Return how the program that runs the firmware ended."""
        return f"{self.description} is gone"

    @abstractmethod
    def write(self, data: bytes, deadline_s: float) -> bool:
        """As of a Line."""

    @abstractmethod
    def read(self, deadline_s: float) -> bytes:
        """As of a Line."""

    @property
    def entry(self) -> tuple[int, int]:
        """The addresses of what answers as hil_obc_exchange does and of what that is given first.

        They hold until it boots anew.
        """
        raise self._unable()

    def taken(self, size: int) -> int:
        """Return how many octets were taken in the last call, of so many."""
        return size

    def answered(self, reply: bytes) -> None:  # noqa: ARG002  it cannot be called
        """Take what it answered to a call, as what is to be read next."""
        raise self._unable()

    def reopen(self) -> bool:
        """Try once to open a line anew that went away; whether it is back."""
        return False

    def halt(self) -> None:
        """Have the OBC stand still where it is, after the answer that it is at."""
        raise self._unable()

    def go_on(self) -> None:
        """Have it go on after `halt`."""
        raise self._unable()

    def power_off(self) -> None:
        """Take its power away: what it remembers is lost, but for its non-volatile memory."""
        raise self._unable()

    def power_on(self) -> None:
        """Have it boot after `power_off`; returns when it listens."""
        raise self._unable()

    def memory(self) -> Memory:
        """Return what it remembers: valid until it boots anew."""
        raise self._unable()

    def debug(self) -> str:
        """Have it stand still until a debugger has it go on; return what to type to attach one."""
        raise ObcError(f"no debugger can stop {self.description}: use --obc posix or --obc qemu")

    def await_debugger(self) -> None:  # noqa: B027  most are stopped, and go on when they are told
        """Wait for the debugger where `debug` stops nothing: who asks has printed how to attach."""

    def reset(self, cause: Cause = Cause.PIN) -> None:  # noqa: ARG002
        """Have it boot: memory that its startup code leaves alone survives where it can."""
        raise self._unable()

    def _unable(self) -> ObcError:
        return ObcError(f"{self.description} cannot be stopped or restarted from here")

    @abstractmethod
    def close(self) -> None:
        """Stop whatever was started for this line and free it; safe to call twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

"""Signals that end the bench as Ctrl-C does: OBC stopped, recording closed."""

import signal
from types import FrameType
from typing import NoReturn

_hung_up = False


class _Interrupted(KeyboardInterrupt):
    """A signal that ends the bench.

    A class of its own: once KeyboardInterrupt itself has left code that was run from text (as when
    a dataclass is made), `python -m` kills itself with SIGINT in place of its exit status.
    """


def _interrupt(number: int, _: FrameType | None) -> NoReturn:
    global _hung_up
    name = signal.Signals(number).name
    if name == "SIGHUP":
        _hung_up = True
        signal.signal(number, signal.SIG_IGN)  # it comes twice, from the shell and the kernel
    raise _Interrupted(name)


def interrupt_on_terminate() -> None:
    """End on SIGTERM."""
    signal.signal(signal.SIGTERM, _interrupt)


def interrupt_on_hangup() -> None:
    """End when the terminal goes away, unless this was started by nohup."""
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)


def in_words(interrupt: KeyboardInterrupt) -> str:
    """Return "interrupted", and by which signal unless it was Ctrl-C."""
    return f"interrupted by {interrupt}" if interrupt.args else "interrupted"


def hung_up() -> bool:
    """Whether the terminal went away, so that printing fails."""
    return _hung_up

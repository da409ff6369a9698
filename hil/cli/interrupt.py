"""Signals that end the bench as Ctrl-C does: OBC stopped, recording closed."""

import _thread
import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_hung_up = False


class _Interrupted(KeyboardInterrupt):
    """A signal that ends the bench.

    A class of its own: once KeyboardInterrupt itself has left code that was run from text (as when
    a dataclass is made), `python -m` kills itself with SIGINT in place of its exit status.
    """


_AGAIN_AFTER_S = 0.01
_last: KeyboardInterrupt | None = None
_again: threading.Timer | None = None
_hook_before = sys.unraisablehook


def _interrupt(number: int, _: FrameType | None) -> NoReturn:
    global _hung_up, _last
    name = signal.Signals(number).name
    if name == "SIGHUP":
        _hung_up = True
        signal.signal(number, signal.SIG_IGN)  # it comes twice, from the shell and the kernel
    _last = _Interrupted(name)
    raise _last


def interrupt_on_signals() -> None:
    """End on SIGTERM, and when the terminal goes away, unless this was started by nohup."""
    global _hook_before, _last
    _last = None
    signal.signal(signal.SIGTERM, _interrupt)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)
    if sys.unraisablehook is not _raise_again:
        _hook_before, sys.unraisablehook = sys.unraisablehook, _raise_again


def _raise_again(unraisable: "UnraisableHookArgs") -> None:
    """Have a signal come again that came in code whose exceptions go nowhere.

    Callbacks from C are such code, as those of a compiler, and finalizers.
    """
    global _last, _again
    error = unraisable.exc_value
    if not isinstance(error, KeyboardInterrupt):
        _hook_before(unraisable)
        return
    _last = error
    number = signal.Signals[str(error)] if isinstance(error, _Interrupted) else signal.SIGINT
    if number != signal.SIGINT:
        signal.signal(number, _interrupt)
    # Not from here: what is raised in this function is lost, too.
    _again = threading.Timer(_AGAIN_AFTER_S, _send, [number])
    _again.daemon = True
    _again.start()


def _send(number: signal.Signals) -> None:
    if sys.platform == "win32":
        _thread.interrupt_main(number)
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, number)


def interrupted() -> KeyboardInterrupt | None:
    """Return the signal that came last, if any: what fails afterwards may fail because of it.

    It does not come again.
    """
    if _again is not None:
        _again.cancel()
    return _last


def in_words(interrupt: KeyboardInterrupt) -> str:
    """Return "interrupted", and by which signal unless it was Ctrl-C."""
    return f"interrupted by {interrupt}" if interrupt.args else "interrupted"


def hung_up() -> bool:
    """Whether the terminal went away, so that printing fails."""
    return _hung_up

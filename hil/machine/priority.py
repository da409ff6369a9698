"""What the operating system can do for punctual steps, where it allows it."""

import contextlib
import ctypes
import gc
import os
import sys
from collections.abc import Iterator

_FIFO_PRIORITY = 50
_MCL_CURRENT_AND_FUTURE = 3


@contextlib.contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Keep the collector out of a loop that makes no cycles: it would only make a step late."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def raise_priority() -> list[str]:
    """Ask for SCHED_FIFO and locked memory; returns a sentence for each, granted or not."""
    return [_schedule_first_in_first_out(), _lock_memory()]


def _schedule_first_in_first_out() -> str:
    if sys.platform != "linux":
        return f"no SCHED_FIFO on {sys.platform}"
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(_FIFO_PRIORITY))
    except PermissionError:
        return "no SCHED_FIFO: not permitted (root, CAP_SYS_NICE or an rtprio limit is needed)"
    return f"SCHED_FIFO at priority {_FIFO_PRIORITY}"


def _lock_memory() -> str:
    if sys.platform != "linux":
        return f"memory not locked on {sys.platform}"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mlockall(_MCL_CURRENT_AND_FUTURE):
        return f"memory not locked: {os.strerror(ctypes.get_errno())} (see `ulimit -l`)"
    return "memory locked"

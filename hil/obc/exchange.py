"""Compiled: a step's frames into a descriptor and the answer out of it, as one call."""

from __future__ import annotations

from typing import Any

import numba
from numba import carray, types  # type: ignore[attr-defined]

from hil.link.messages import COMMAND
from hil.link.packet import CRC_OCTETS, HEADER_OCTETS
from hil.native.calls import exchange_at

PATIENCE_ms = 50  # what takes longer is left to the session
_LAST = HEADER_OCTETS + COMMAND.size + CRC_OCTETS + 1  # octets of an answer's last frame, stuffed
_POLLIN, _POLLOUT = 1, 4  # of <poll.h>, the same on Linux and macOS
# What the function is given first, words: C's write, poll and read, the line's descriptor, and
# what poll is to be told; back come the octets that were taken of those to be sent.
WRITE, POLL, READ, FD, ASKED, ASKED_AT, TAKEN = range(7)
WORDS = 7
_compiled: Any = numba.njit(cache=True)
_word: Any = types.int64
_pointer_to: Any = types.CPointer
_exchanging: Any = numba.cfunc(
    _word(_pointer_to(_word), _word, _word, _pointer_to(types.uint8), _word), cache=True
)


@_compiled
def ready(words, events, patience_ms):  # type: ignore[no-untyped-def]
    """Wait until the line can be read or written; one who is interrupted waits no longer."""
    words[ASKED] = words[FD] | events << 32
    told = exchange_at(words[POLL], words[ASKED_AT], 1, patience_ms, 0, 0) & 0xFFFFFFFF
    return told == 1 and (words[ASKED] >> 48) & events != 0


@_compiled
def is_whole(reply, size):  # type: ignore[no-untyped-def]
    """Return whether an answer ends with what looks like a command's frame."""
    if size <= _LAST or reply[size - 1] != 0:
        return False
    for i in range(size - 1 - _LAST, size - 1):
        if reply[i] == 0:
            return False
    return size == _LAST + 1 or reply[size - 2 - _LAST] == 0


@_exchanging
def exchange(words_at, sent, size, reply_at, capacity):  # type: ignore[no-untyped-def]
    """Answer as hil_obc_exchange does; when something has come before, nobody is asked."""
    words, reply = carray(words_at, (WORDS,)), carray(reply_at, (capacity,))
    words[TAKEN] = 0
    if ready(words, _POLLIN, 0):
        return 0
    while words[TAKEN] < size:
        at = words[TAKEN]
        taken = exchange_at(words[WRITE], words[FD], sent + at, size - at, 0, 0)
        if taken > 0:
            words[TAKEN] = at + taken
        elif not ready(words, _POLLOUT, PATIENCE_ms):
            return 0
    told = 0
    while told < capacity and not is_whole(reply, told) and ready(words, _POLLIN, PATIENCE_ms):
        at = reply.ctypes.data + told
        came = exchange_at(words[READ], words[FD], at, capacity - told, 0, 0)
        if came <= 0:
            break
        told += came
    return told

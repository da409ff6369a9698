"""An OBC over a line as a function that compiled code calls, as the library is one."""

from __future__ import annotations

import ctypes

import numpy as np

from hil.obc.exchange import ASKED, ASKED_AT, FD, POLL, READ, TAKEN, WORDS, WRITE, exchange


class Called:
    """Calls the OBC at a descriptor; whatever is unusual is left to whoever reads the line."""

    def __init__(self, fd: int) -> None:
        self._words = np.zeros(WORDS, np.int64)
        for place, name in ((WRITE, "write"), (POLL, "poll"), (READ, "read")):
            found = getattr(ctypes.CDLL(None), name)
            self._words[place] = ctypes.cast(found, ctypes.c_void_p).value or 0
        self._words[FD] = fd
        self._words[ASKED_AT] = self._words.ctypes.data + 8 * ASKED

    @property
    def entry(self) -> tuple[int, int]:
        """The addresses of the function and of what it is given first."""
        return int(exchange.address), int(self._words.ctypes.data)

    @property
    def taken(self) -> int:
        """How many octets of those to be sent the line took in the last call."""
        return int(self._words[TAKEN])

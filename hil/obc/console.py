"""A board's second port: what its firmware prints there is kept and shown as a program's words."""

from __future__ import annotations

import os
import threading
import time
from types import TracebackType

from hil.errors import ObcError, RigError
from hil.obc.names import is_port
from hil.obc.place import Obc
from hil.obc.port import PortObc
from hil.obc.printed import Printed

_LOOK_S = 0.1
_ENDING_S = 2.0


class Console:
    """Listens to a port until it is closed. Open it before the board's line: that may boot it.

    Raises LinkError when the port cannot be opened, RigError for the line's own.
    """

    def __init__(self, port: str, baud: int, line: str) -> None:
        if os.path.realpath(port) == os.path.realpath(line):
            raise RigError(
                f"[obc] console = {port!r} is the port of the line itself: name the port that the "
                "board prints to, or leave the key out"
            )
        self.printed = Printed()
        self._name, self._port = port, PortObc(port, baud)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def tells_of(self, obc: Obc) -> None:
        """Let what is heard be what this OBC prints."""
        obc.printed = self.printed

    def _listen(self) -> None:
        """Take what comes; at the end, all that has come by then."""
        ending, heard = False, b""
        while not ending or heard:
            ending = ending or self._closing.is_set()
            try:
                heard = self._port.read(time.monotonic() + (0.0 if ending else _LOOK_S))
            except ObcError as error:  # a console that is pulled out ends no run
                self.printed.take(f"\n(console: {error})\n".encode())
                return
            if heard:
                self.printed.take(heard)

    def __enter__(self) -> Console:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._thread.join(_ENDING_S)
        self._port.close()


def console_of(place: str, port: str | None, baud: int) -> Console | None:
    """Return the console of a board at a port; None where none is named, or no board is there."""
    return Console(port, baud, place) if port and is_port(place) else None

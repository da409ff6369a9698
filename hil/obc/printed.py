"""What a program prints: taken off its hands as it comes, kept up to a limit, shown if wanted."""

from __future__ import annotations

import codecs
import os
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from hil.errors import visible

MOST_OCTETS = 16 << 20
"""How much of what is printed is kept; the last lines are known beyond it."""
_EARLY_OCTETS = 64 << 10
_READ_SIZE = 65_536
_LINES_KNOWN = 5
_LINE_MOST = 2000
_ENDING_S = 1.0

Show = Callable[[str], None]


class Printed:
    """Everything that a program prints, one run of it after the other.

    It never has to wait: what is printed is read at once, by a thread of its own.
    """

    def __init__(self) -> None:
        self._file: Path | None = None
        self._show: Show | None = None
        self._early = bytearray()
        self._written = 0
        self._lines: deque[str] = deque(maxlen=_LINES_KNOWN)
        self._line = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def follow(self, read_fd: int) -> None:
        """Take all that comes from a program that was started just now; closes the descriptor."""
        self._thread = threading.Thread(target=self._take_all, args=(read_fd,), daemon=True)
        self._thread.start()

    def keep(self, file: Path, show: Show | None = None) -> None:
        """Write what is and was printed to a file, made when there is something; show its lines.

        A file of that name, of an earlier run, is removed.
        """
        file.unlink(missing_ok=True)
        with self._lock:
            self._file, self._show = file, show
            early, self._early = bytes(self._early), bytearray()
            if early:
                self._write(early)
                self._tell(early)

    @property
    def kept(self) -> Path | None:
        """The file with what was printed; None when nothing was."""
        return self._file if self._written else None

    def last_lines(self) -> str:
        """The last lines of a program that has ended, in one."""
        self.end()
        with self._lock:
            rest = [self._line] if self._line else []
            return " | ".join([*self._lines, *rest][-_LINES_KNOWN:])

    def end(self) -> None:
        """Wait until all is read that a program printed before it ended."""
        if self._thread is not None:
            self._thread.join(_ENDING_S)

    def take(self, data: bytes) -> None:
        """Take what was heard from elsewhere than a program."""
        with self._lock:
            self._take(data)

    # -- the thread --------------------------------------------------------------------------------

    def _take_all(self, read_fd: int) -> None:
        try:
            while data := os.read(read_fd, _READ_SIZE):
                with self._lock:
                    self._take(data)
        finally:
            os.close(read_fd)

    def _take(self, data: bytes) -> None:
        if self._file is None:
            self._early += data[: max(0, _EARLY_OCTETS - len(self._early))]
            self._split(data, None)
        else:
            self._write(data)
            self._tell(data)

    def _tell(self, data: bytes) -> None:
        self._split(data, self._show)

    def _split(self, data: bytes, show: Show | None) -> None:
        *whole, self._line = (self._line + self._decoder.decode(data)).split("\n")
        self._line = self._line[-_LINE_MOST:]
        for line in whole:
            shown = visible(line.rstrip("\r")[:_LINE_MOST])
            self._lines.append(shown)
            if show is not None:
                show(shown)

    def _write(self, data: bytes) -> None:
        room = MOST_OCTETS - self._written
        if self._file is None or room <= 0:
            return
        try:
            with self._file.open("ab") as file:
                file.write(data[:room])
                if len(data) >= room:
                    file.write(b"\n(more was printed than is kept)\n")
        except OSError:  # a full disk must not stop the program
            return
        self._written += len(data)

"""Locks between the benches of one user, let go by the system however a bench ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from hil.machine.cache import cache_folder

_MODE = 0o600


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait until no other bench holds the lock of this file, and hold it meanwhile."""
    with FileLock(path, mode=_MODE):
        yield


class Lease:
    """One of several things that only one bench may use at a time, taken without waiting."""

    def __init__(self, name: str) -> None:
        """name: of the thing, fit for a file's name."""
        folder = cache_folder() / "locks"
        folder.mkdir(mode=0o700, exist_ok=True)
        self._lock = FileLock(folder / f"{name}.lock", mode=_MODE, timeout=0)

    def take(self) -> bool:
        """Return whether it was free and is now this bench's."""
        try:
            self._lock.acquire()
        except Timeout:
            return False
        return True

    def release(self) -> None:
        """Let another bench have it; safe to call twice."""
        self._lock.release()

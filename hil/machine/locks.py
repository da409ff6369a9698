"""Locks between the benches of one user, let go by the system however a bench ends."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from hil.machine.cache import cache_folder

_MODE = 0o600


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait until no other bench holds the lock of this file, and hold it meanwhile."""
    with FileLock(path, mode=_MODE):
        yield


def port_lock(port: str) -> AbstractContextManager[None]:
    """Return a lock that is waited for by whoever is to have a serial port next."""
    name = hashlib.sha256(os.path.realpath(port).encode()).hexdigest()[:16]
    return locked(_folder() / f"port-{name}.lock")


def _folder() -> Path:
    folder = cache_folder() / "locks"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


class Lease:
    """One of several things that only one bench may use at a time, taken without waiting."""

    def __init__(self, name: str) -> None:
        """name: of the thing, fit for a file's name."""
        self._lock = FileLock(_folder() / f"{name}.lock", mode=_MODE, timeout=0)

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

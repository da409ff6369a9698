"""Workers: processes of this machine, or those of a dask cluster."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryDirectory
from typing import Any

from hil.errors import HilError, RigError
from hil.machine.cores import usable_cores

_LOST_MOST = 5  # workers that a run may lose before it counts as failed: then it is the cause
_CONNECT_S, _CLOSE_S = 20, 5
_SETTINGS = {
    "distributed.scheduler.allowed-failures": _LOST_MOST,
    "distributed.worker.daemon": True,
    "distributed.comm.timeouts.connect": f"{_CONNECT_S}s",
    "distributed.admin.tick.limit": "10 minutes",  # a busy machine is no news
    "distributed.admin.tick.interval": "1s",  # of every 20 ms: nobody looks at it
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.scheduler.work-stealing": False,  # no worker has more than it works at
    "distributed.scheduler.worker-saturation": 1.1,
    "distributed.worker.profile.enabled": False,  # it takes memory with every run, and time
    "distributed.scheduler.dashboard.status.task-stream-length": 0,
}


@contextmanager
def cluster(workers: int | None, scheduler: str | None) -> Iterator[Any]:
    """Have a dask client: of processes on this machine, by default one a core, or of a cluster.

    scheduler: its address, such as tcp://host:8786. Raises RigError when dask is not there, and
    HilError when nobody answers at the address.
    """
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        raise RigError("a campaign's runs go through dask: pip install 'hil[campaign]'") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with dask.config.set(_SETTINGS):
        if scheduler is not None:
            with _connected(Client, scheduler) as client:
                yield client
            return
        with _folder():
            own = None
            try:
                with _signals_wait():
                    own = LocalCluster(  # type: ignore[no-untyped-call]
                        n_workers=workers or len(usable_cores()),
                        threads_per_worker=1,
                        processes=True,
                        dashboard_address="127.0.0.1:0",
                        memory_limit=None,
                        silence_logs=logging.CRITICAL,
                    )
                with Client(own) as client:  # type: ignore[no-untyped-call]
                    yield client
            finally:
                if own is not None:
                    with suppress(TimeoutError):  # what is left ends with this process
                        own.close(timeout=_CLOSE_S)


@contextmanager
def _folder() -> Iterator[None]:
    """Have workers keep what they keep for a while in a folder that goes with them."""
    import dask

    with (
        TemporaryDirectory(prefix="hil-dask-", ignore_cleanup_errors=True) as folder,
        dask.config.set({"temporary-directory": folder}),
    ):
        yield


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Have signals wait until workers are there: half a cluster cannot be closed.

    Workers do not hear Ctrl-C, which a terminal sends to all: they are told.
    """
    if threading.current_thread() is not threading.main_thread() or sys.platform == "win32":
        yield
        return
    came: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _: came.append(number))
        for number in (signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # which workers inherit
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        for each in came[:1]:
            signal.raise_signal(each)


def _connected(client: Any, scheduler: str) -> Any:
    try:
        return client(scheduler, timeout=_CONNECT_S)
    except (OSError, ValueError) as error:
        raise HilError(
            f"--scheduler {scheduler}: no dask scheduler answers there ({error}); start one with "
            "dask scheduler, and workers with dask worker ADDRESS --nthreads 1"
        ) from None

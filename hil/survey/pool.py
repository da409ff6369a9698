"""Trials on several processes: what dies is a row, and what is done is kept."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, as_completed
from concurrent.futures import TimeoutError as TimedOut
from typing import Any

from pebble import ProcessExpired, ProcessPool

from hil.survey.fly import Flight, Row, died, fly

_WAIT_s = 600.0


def surveyed(flights: Iterable[Flight], workers: int, wait_s: float = _WAIT_s) -> Iterator[Row]:
    """Make runs, so many at a time, each in a process of its own; yield a row as each is done.

    wait_s: of the wall clock; a run that takes longer hangs and is ended. A worker that dies, as by
    a fault of the firmware in ``library``, is a row like any other. Closed early, it ends them all.
    """
    context: Any = multiprocessing.get_context("spawn")  # nothing of this process's threads
    pool = ProcessPool(max_workers=workers, initializer=_leave_interrupts_alone, context=context)
    waiting: dict[Future[Row], Flight] = {
        pool.schedule(fly, args=[flight], timeout=wait_s): flight for flight in flights
    }
    try:
        for done in as_completed(waiting):
            yield _row(waiting[done], done, wait_s)
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _row(flight: Flight, done: Future[Row], wait_s: float) -> Row:
    trial, seed = flight.trial, flight.rig.seed
    try:
        return done.result()
    except ProcessExpired as error:
        how = f"signal {-error.exitcode}" if error.exitcode < 0 else f"status {error.exitcode}"
        return Row(trial, seed, died(f"the process of the run died with {how}"))
    except TimedOut:
        return Row(trial, seed, died(f"no end after {wait_s:g} s of the wall clock"))
    except Exception as error:
        return Row(trial, seed, died(f"a fault of the bench: {error!r}"), broken=True)


def _leave_interrupts_alone() -> None:
    """Ctrl-C goes to all processes of a terminal; the bench ends its workers itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

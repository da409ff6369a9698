"""A USB serial adapter in Python: a pseudo-terminal for the bench, a UART, and a board behind it.

What a real one does to a bench's bytes: each takes its time on the line, received ones are held
back until a packet is full or a timer runs out, opening the port may reset the board, which then
prints whatever it prints and hears nothing until it has started, and the cable can be pulled and
plugged in again.

A pseudo-terminal has no DTR. Its being opened is the edge: the system raises DTR when it opens a
port.
"""

import contextlib
import os
import select
import subprocess
import threading
import time
import tty
from collections import deque
from collections.abc import Callable
from pathlib import Path

from fake_obc import FakeObc

PACKET_OCTETS = 62
"""What fits into one full-speed USB packet of an FTDI adapter, beside its two octets of status."""


class FakeBoard:
    """A board with a FakeObc in it; `reset` starts it anew."""

    fd: int | None = None

    def __init__(self, make: Callable[[], FakeObc] = FakeObc) -> None:
        self._make = make
        self.obc = make()
        self.resets = 0

    def reset(self) -> None:
        self.obc = self._make()
        self.resets += 1

    def write(self, data: bytes) -> None:
        self.obc.write(data)

    def read(self) -> bytes:
        return self.obc.read(0.0)

    def close(self) -> None:
        pass


class ProcessBoard:
    """A board with a host process in it, the reference firmware's obc-posix."""

    def __init__(self, program: Path) -> None:
        self._program = program
        self._start()

    def _start(self) -> None:
        self.fd, slave = os.openpty()
        tty.setraw(slave)
        self._process = subprocess.Popen([self._program, os.ttyname(slave)])
        self._slave = slave  # held open, so that the line is there before and after the process

    def reset(self) -> None:
        self.close()
        self._start()

    def write(self, data: bytes) -> None:
        os.write(self.fd, data)

    def read(self) -> bytes:
        return os.read(self.fd, 4096)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._slave)
        os.close(self.fd)


class Wire:
    """One direction of a UART: an octet takes ten bits' time, and none overtakes another."""

    def __init__(self, baud: int) -> None:
        self._octet_s = 10.0 / baud
        self._free_s = 0.0
        self._under_way: deque[tuple[float, bytes]] = deque()

    def put(self, data: bytes, now_s: float) -> None:
        for start in range(0, len(data), PACKET_OCTETS):
            piece = data[start : start + PACKET_OCTETS]
            self._free_s = max(now_s, self._free_s) + len(piece) * self._octet_s
            self._under_way.append((self._free_s, piece))

    def take(self, now_s: float) -> bytes:
        """What has come out of the far end by now."""
        out = b""
        while self._under_way and self._under_way[0][0] <= now_s:
            out += self._under_way.popleft()[1]
        return out

    def due_s(self) -> float:
        """When the next octets come out."""
        return self._under_way[0][0] if self._under_way else float("inf")


class LatencyTimer:
    """Holds received octets back until a packet is full or the oldest has waited long enough."""

    def __init__(self, latency_s: float) -> None:
        self._latency_s = latency_s
        self._held = b""
        self._until_s = float("inf")

    def put(self, data: bytes, now_s: float) -> None:
        if data and not self._held:
            self._until_s = now_s + self._latency_s
        self._held += data

    def take(self, now_s: float) -> bytes:
        full = len(self._held) - len(self._held) % PACKET_OCTETS
        n = len(self._held) if now_s >= self._until_s else full
        out, self._held = self._held[:n], self._held[n:]
        if out:
            self._until_s = now_s + self._latency_s if self._held else float("inf")
        return out

    def due_s(self) -> float:
        return self._until_s


class FakeAdapter:
    """The adapter and its cable; use as a context manager.

    port: the path to open. baud: of the UART. latency_s: the adapter's timer. resets_on_open: the
    board's reset hangs on DTR. boot_octets: how much of what it is told a board misses while it
    starts, so that a start takes as long as the bench's patience and no clock; garbage: what it
    prints at the end of that.
    """

    def __init__(
        self,
        port: Path,
        board: FakeBoard | ProcessBoard,
        *,
        baud: int = 3_000_000,
        latency_s: float = 0.0,
        resets_on_open: bool = False,
        garbage: bytes = b"",
        boot_octets: int = 0,
    ) -> None:
        self.port, self.board = port, board
        self._baud, self._latency_s = baud, latency_s
        self.resets_on_open, self.garbage, self.boot_octets = resets_on_open, garbage, boot_octets
        self._booting_octets = 0
        self._master: int | None = None
        self._wake_read, self._wake_write = os.pipe()
        self._lock = threading.RLock()
        self._ended = False
        self.replug()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    # -- the cable -----------------------------------------------------------------------------

    def replug(self, *, power_cycled: bool = False) -> None:
        """Plug the cable in: the port is there again, under the same name."""
        with self._lock:
            self._to_board, self._from_board = Wire(self._baud), Wire(self._baud)
            self._timer = LatencyTimer(self._latency_s)
            if power_cycled:
                self._start_board()
            self._master, slave = os.openpty()
            tty.setraw(slave)
            self.port.symlink_to(os.ttyname(slave))
            os.close(slave)  # from now on a hang-up is seen while nobody has the port open
            self._is_open = False
        os.write(self._wake_write, b"!")

    def unplug(self) -> None:
        """Pull the cable: the port hangs up and its name is gone; what was under way is lost."""
        with self._lock:
            if self._master is not None:
                self.port.unlink()
                os.close(self._master)
                self._master = None
        os.write(self._wake_write, b"!")  # a select on it would keep it open

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._ended = True
        os.write(self._wake_write, b"!")
        self._thread.join()
        self.unplug()
        self.board.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    # -- the adapter's own clockwork -----------------------------------------------------------

    def _run(self) -> None:
        poll_s = 0.0
        while not self._ended:
            self._await_bytes(poll_s)
            with self._lock, contextlib.suppress(OSError):
                poll_s = self._turn(time.monotonic())

    def _await_bytes(self, patience_s: float) -> None:
        sources = [self._wake_read]
        sources += [fd for fd in (self.board.fd, self._open_master()) if fd is not None]
        try:
            ready = select.select(sources, [], [], patience_s)[0]
        except (OSError, ValueError):  # the cable was pulled just now
            return
        if self._wake_read in ready:
            os.read(self._wake_read, 64)

    def _open_master(self) -> int | None:
        # While nobody has it open a pseudo-terminal is always ready: it is looked at in turns.
        return self._master if self._is_open else None

    def _turn(self, now_s: float) -> float:
        """Move all bytes that are due; returns for how long nothing else will be."""
        self._look_at_dtr()
        if _readable(self._master) and self._is_open:
            self._to_board.put(os.read(self._master, 4096), now_s)
        self._tell_board(self._to_board.take(now_s), now_s)
        if self.board.fd is None or _readable(self.board.fd):
            self._from_board.put(self.board.read(), now_s)
        self._timer.put(self._from_board.take(now_s), now_s)
        if (data := self._timer.take(now_s)) and self._master is not None:
            os.write(self._master, data)
        due_s = min(self._to_board.due_s(), self._from_board.due_s(), self._timer.due_s())
        return max(0.0, min(_LOOK_EVERY_S, due_s - now_s))

    def _look_at_dtr(self) -> None:
        was_open, self._is_open = self._is_open, self._master is not None and _opened(self._master)
        if self._is_open and not was_open and self.resets_on_open:
            self._start_board()

    def _start_board(self) -> None:
        self.board.reset()
        self._from_board = Wire(self._baud)
        self._booting_octets = self.boot_octets

    def _tell_board(self, data: bytes, now_s: float) -> None:
        missed = min(len(data), self._booting_octets)
        self._booting_octets -= missed
        if missed and not self._booting_octets:
            self._from_board.put(self.garbage, now_s)
        if data[missed:]:
            self.board.write(data[missed:])


_LOOK_EVERY_S = 0.002


def _readable(fd: int | None) -> bool:
    return fd is not None and bool(select.select([fd], [], [], 0.0)[0])


def _opened(master: int) -> bool:
    poll = select.poll()
    poll.register(master, 0)
    return not any(event & select.POLLHUP for _, event in poll.poll(0))

"""`posix-lines`: a host program with a clock of its own, in lockstep: it is given the bench's."""

import sys

assert sys.platform != "win32"  # before what is not there on Windows

import array
import fcntl
import os
import platform
import select
import struct
import termios
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from hil.errors import ObcError
from hil.machine.plugin import clock_shim
from hil.obc.channel import Channel
from hil.obc.place import FAULTS, Cause, LineTo, octet_ns, refuse_wire
from hil.obc.posix import PosixObc
from hil.obc.process import Child

_TOLD, _GIVEN = struct.Struct("<qqq"), struct.Struct("<qqq")
_NEVER = (1 << 63) - 1
_REST_S = 30.0
"""For how long a program may compute before it is taken for one that never waits."""
_ROOM = 4095  # octets that a terminal keeps unread
_THERE_S, _READ = 0.2, 65_536
Burst = tuple[int, int, bytes]


class PosixLinesObc(PosixObc):
    """A process that sees serial lines and a clock, and neither is of this machine.

    Time stands still while it computes, so that the same octets go both ways in every run.
    """

    name = "posix-lines"
    can = FAULTS - {"clock_drift", "clock_jump"}

    def __init__(self, program: Path, lines: Sequence[LineTo], *, wire: bool) -> None:
        """Start `program`; raises RigError for a rig with a line of the bench's own."""
        refuse_wire(self.name, wire=wire)
        if platform.system() != "Linux":
            raise ObcError("posix-lines needs Linux: run on posix in real time")
        self._shim, self._octet_ns = clock_shim(), [octet_ns(line) for line in lines]
        self._halted = False
        self._free_ns, self._to_come = [0] * len(lines), [deque[tuple[int, bytes]]() for _ in lines]
        super().__init__(program, lines, wire=False)
        self.description = f"host process {program} (by the bench's clock)"
        self._masters, self._mark = list(self.channels), os.urandom(12).hex().encode()
        pipes = [os.pipe() for _ in lines]
        self._said_fds = [write_fd for _, write_fd in pipes]
        self.channels = [
            Channel(read_fd, line.name) for (read_fd, _), line in zip(pipes, lines, strict=True)
        ]

    def _start(self, cause: Cause) -> None:
        theirs_in, self._go_fd = os.pipe()
        self._told_fd, theirs_out = os.pipe()
        self._theirs = (theirs_in, theirs_out)
        try:
            super()._start(cause)
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self._now_ns, self._wake_ns, self._wrote = 0, 0, False
        try:
            self._hear()
        except BaseException:
            self._stop()
            raise

    def _run(self, arguments: Sequence[str], *fds: int) -> Child:
        preload = ":".join(filter(None, (str(self._shim), os.environ.get("LD_PRELOAD"))))
        theirs_in, theirs_out = self._theirs
        clock = f"{theirs_in},{theirs_out},{os.getpid()}"
        self._told |= {"LD_PRELOAD": preload, "HIL_CLOCK": clock}
        return super()._run(arguments, *fds, *self._theirs)

    # -- time --------------------------------------------------------------------------------------

    def run_until(self, end_ns: int, bursts: Sequence[Burst]) -> None:
        """Let the program run up to a time, and give it these octets meanwhile."""
        for begin_ns, line, data in bursts:
            carried_ns = max(begin_ns, self._free_ns[line]) + len(data) * self._octet_ns[line]
            self._free_ns[line] = carried_ns
            self._to_come[line].append((carried_ns, data))
        if self._halted or not self._open:
            return
        while (at_ns := min(max(self._wake_ns, self._now_ns), self._next_ns())) < end_ns:
            self._deliver(at_ns)
            self._go(at_ns, min(end_ns, self._next_ns()))
        if self._wrote:
            self._wrote = False
            self._take()

    def _next_ns(self) -> int:
        """When octets are there next."""
        return min((queue[0][0] for queue in self._to_come if queue), default=_NEVER)

    def _go(self, now_ns: int, limit_ns: int) -> None:
        try:
            os.write(self._go_fd, _GIVEN.pack(now_ns, limit_ns, self.epoch_unix_ns))
        except OSError as error:
            raise ObcError(self._child.obituary()) from error
        self._hear()

    def _hear(self) -> None:
        """Wait until the program waits for something: that takes none of its time."""
        if not select.select([self._told_fd], [], [], _REST_S)[0]:
            raise ObcError(
                f"{self._child.program} (pid {self._child.pid}) did not wait for anything within "
                f"{_REST_S:g} s: the bench's clock is for a program of one thread that is linked "
                "dynamically and waits by poll, select, read or a sleep; run others on posix in "
                "real time"
            )
        told = os.read(self._told_fd, _TOLD.size)
        if len(told) < _TOLD.size:
            raise ObcError(self._child.obituary())
        now_ns, self._wake_ns, wrote = _TOLD.unpack(told)
        self._wrote |= bool(wrote)
        self._now_ns = max(self._now_ns, now_ns)

    # -- octets ------------------------------------------------------------------------------------

    def _deliver(self, now_ns: int) -> None:
        for queue, master, far in zip(self._to_come, self._masters, self._ends.far, strict=True):
            data = b""
            while queue and queue[0][0] <= now_ns:
                data += queue.popleft()[1]
            if data:
                there = _unread(far)
                taken = data[: _ROOM - there]
                master.dropped += len(data) - len(taken)
                master.write(taken)
                _await(far, there + len(taken))

    def _take(self) -> None:
        """Pass on what the program has said.

        A terminal hands octets on in its own time. Ours behind the program's tells where they end.
        """
        for far, master, said_fd in zip(self._ends.far, self._masters, self._said_fds, strict=True):
            os.write(far, self._mark)
            said = b""
            while not said.endswith(self._mark):
                select.select([master.fd], [], [])
                said += os.read(master.fd, _READ)
            if len(said) > len(self._mark):
                os.write(said_fd, said[: -len(self._mark)])

    @property
    def dropped(self) -> int:
        return sum(master.dropped for master in self._masters)

    # -- faults ------------------------------------------------------------------------------------

    def halt(self) -> None:
        self._halted = True  # it waits for time

    def go_on(self) -> None:
        self._halted = False

    def power_off(self) -> None:
        self._halted = False
        for queue in self._to_come:
            queue.clear()
        super().power_off()

    def _stop(self) -> None:
        if self._open:
            for fd in (self._go_fd, self._told_fd):
                os.close(fd)
        super()._stop()

    def close(self) -> None:
        super().close()
        for channel in self._masters:
            channel.close()
        while self._said_fds:
            os.close(self._said_fds.pop())
        for channel in self.channels:
            channel.close()


def _unread(fd: int) -> int:
    """Return how many octets lie unread at a terminal."""
    number = array.array("i", [0])
    fcntl.ioctl(fd, termios.FIONREAD, number)
    return number[0]


def _await(fd: int, octets: int) -> None:
    """Wait until a terminal has handed octets on; one that waits for ends of lines says less."""
    until_s = time.monotonic() + _THERE_S
    while _unread(fd) < octets and time.monotonic() < until_s:
        pass

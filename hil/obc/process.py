"""A child process that cannot outlive the bench, and a line of file descriptors to it."""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from hil.errors import ObcError
from hil.machine.cores import usable_cores
from hil.machine.locks import Lease
from hil.obc.printed import Printed

assert sys.platform != "win32"  # hil.obc.places says so in words

_PR_SET_PDEATHSIG = 1
_PR_SET_PTRACER = 0x59616D61  # where Yama lets only parents attach a debugger
_ANY = ctypes.c_ulong(-1)
_READ_SIZE = 4096
_DYING_S = 2.0
_RESTING_S = 5.0
_RESTING_TRY_S = 2e-4
_TRACER_TRY_S = 0.02


class Child:
    """A started program, killed when the bench ends in whatever way (Linux; elsewhere at exit)."""

    def __init__(
        self,
        arguments: Sequence[str],
        pass_fds: Sequence[int] = (),
        core: int | None = None,
        printed: Printed | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start it; environment: what is added to the bench's own."""
        self.program = Path(arguments[0]).name
        self.death_fd = -1
        self._printed = printed or Printed()
        printed_fd, output = os.pipe()
        try:
            with _signals_held_back() as before:
                self._process = subprocess.Popen(
                    arguments,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    pass_fds=pass_fds,
                    env=None if environment is None else {**os.environ, **environment},
                    start_new_session=True,
                    preexec_fn=_die_with_parent(core, before),
                )
        except OSError as error:
            os.close(printed_fd)
            raise ObcError(f"cannot start {arguments[0]}: {error.strerror}") from error
        except BaseException:  # a signal came meanwhile
            os.close(printed_fd)
            if hasattr(self, "_process"):
                self.kill()
            raise
        finally:
            os.close(output)
        self._printed.follow(printed_fd)  # not before: a fork beside a thread is not safe
        self.pid = self._process.pid
        self.death_fd = os.pidfd_open(self.pid) if hasattr(os, "pidfd_open") else -1

    def obituary(self) -> str:
        """How the program ended, with the last lines it printed."""
        try:
            status = self._process.wait(_DYING_S)
        except subprocess.TimeoutExpired:
            return f"{self.program} (pid {self.pid}) closed its line but did not end"
        how = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        said = self._printed.last_lines()
        return f"{self.program} (pid {self.pid}) ended with {how}" + (f": {said}" if said else "")

    # -- faults ------------------------------------------------------------------------------------

    def come_to_rest(self) -> None:
        """Wait until all of its threads wait: it has done all that it was asked for.

        What is done to it then comes at the same instruction in every run. Raises ObcError when it
        never rests.
        """
        if not self._comes_to("STt"):
            raise ObcError(
                f"{self.program} (pid {self.pid}) does not wait for its line between two steps, "
                f"not within {_RESTING_S:g} s: a fault of it would hit it anywhere"
            )

    def _comes_to(self, states: str) -> bool:
        """Wait until all threads are in one of these states, up to a limit."""
        until_s = time.monotonic() + _RESTING_S
        while not (there := self._are(states)) and time.monotonic() < until_s:
            time.sleep(_RESTING_TRY_S)
        return there

    def _are(self, states: str) -> bool:
        """Whether all threads sleep (S) or are stopped (T, t); proc(5), "/proc/pid/stat"."""
        try:
            stats = [each.read_text() for each in Path(f"/proc/{self.pid}/task").glob("*/stat")]
        except OSError:  # a thread ended meanwhile
            return False
        return all(stat.rpartition(")")[2].split()[0] in states for stat in stats)

    def halt(self) -> None:
        """Have it stand still, at rest."""
        self.come_to_rest()
        self.stop()

    def stop(self) -> None:
        """Have it stand still, wherever it is."""
        self._process.send_signal(signal.SIGSTOP)
        self._comes_to("Tt")

    def await_tracer(self) -> None:
        """Wait until a debugger is attached; raises ObcError when the program ends meanwhile."""
        status = Path(f"/proc/{self.pid}/status")
        while self._process.poll() is None:
            if "TracerPid:\t0\n" not in status.read_text():
                return
            time.sleep(_TRACER_TRY_S)
        raise ObcError(self.obituary())

    def go_on(self) -> None:
        """Have it go on after `halt`."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End the program now; safe to call twice."""
        if self.death_fd >= 0:
            os.close(self.death_fd)
            self.death_fd = -1
        self._process.kill()
        self._process.wait()
        self._printed.end()


@contextmanager
def _signals_held_back() -> Iterator[set[signal.Signals]]:
    """Deliver signals after a fork: Python drops what their handlers raise in the midst of one.

    Yields those that were held back before.
    """
    ends = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = {signal.Signals(each) for each in signal.pthread_sigmask(signal.SIG_BLOCK, ends)}
    try:
        yield before
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _die_with_parent(core: int | None, held_back: set[signal.Signals]) -> Callable[[], None]:
    # Everything that can fail or allocate is done before the fork; the child makes a few calls.
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    parent = os.getpid()

    def before_exec() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, held_back)
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            libc.prctl(_PR_SET_PTRACER, _ANY)
            if os.getppid() != parent:
                os._exit(127)
            if sys.platform == "linux" and core is not None:
                os.sched_setaffinity(0, {core})

    return before_exec


class CoreLease:
    """A processor core kept for one emulator: the first that no other bench of this user holds.

    An emulated USART hands every byte from thread to thread; on one core that is twice as fast.
    """

    def __init__(self) -> None:
        self.core: int | None = None
        self._lease: Lease | None = None
        if not hasattr(os, "sched_getaffinity"):
            return
        cores = usable_cores()[::-1]
        for core in cores:
            lease = Lease(f"core-{core}")
            if lease.take():
                self.core, self._lease = core, lease
                return
        self.core = cores[os.getpid() % len(cores)]

    def release(self) -> None:
        """Let another bench have the core."""
        if self._lease is not None:
            self._lease.release()
            self._lease = None


class DescriptorLine:
    """Bytes over file descriptors, with an eye on the process at the other end; as of a Line."""

    def __init__(self, read_fd: int, write_fd: int, child: Child) -> None:
        self._read_fd, self._write_fd, self._child = read_fd, write_fd, child
        os.set_blocking(write_fd, False)
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(read_fd, select.POLLIN)
        self._writable.register(write_fd, select.POLLOUT)
        if child.death_fd >= 0:
            self._readable.register(child.death_fd, select.POLLIN)
            self._writable.register(child.death_fd, select.POLLIN)

    @property
    def fd(self) -> int:
        """What is written to."""
        return self._write_fd

    def write(self, data: bytes, deadline_s: float) -> bool:
        """Send all; raises ObcError with the obituary when nobody listens any more."""
        while True:
            try:
                data = data[os.write(self._write_fd, data) :]
            except BlockingIOError:
                pass
            except OSError as error:
                raise ObcError(self._child.obituary()) from error
            if not data:
                return True
            ready = self._writable.poll(_left_ms(deadline_s))
            if not ready:
                return False
            if all(fd != self._write_fd for fd, _ in ready):
                raise ObcError(self._child.obituary())

    def read(self, deadline_s: float) -> bytes:
        """What has arrived by then; raises ObcError when the child is gone."""
        ready = self._readable.poll(_left_ms(deadline_s))
        if not ready:
            return b""
        for fd, event in ready:
            if fd == self._read_fd and event & select.POLLIN:
                return self._read_some()
        raise ObcError(self._child.obituary())

    def _read_some(self) -> bytes:
        try:
            data = os.read(self._read_fd, _READ_SIZE)
        except OSError as error:
            raise ObcError(self._child.obituary()) from error
        if not data:
            raise ObcError(self._child.obituary())
        return data

    def close(self) -> None:
        """Close both directions."""
        for fd in {self._read_fd, self._write_fd}:
            os.close(fd)


def _left_ms(deadline_s: float) -> float:
    return max(0.0, (deadline_s - time.monotonic()) * 1000.0)

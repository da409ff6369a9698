"""`posix`: the firmware as a host process on a pseudo-terminal."""

import sys

assert sys.platform != "win32"  # before what is not there on Windows

import os
import tempfile
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hil.obc.channel import Ends, pseudo_terminal
from hil.obc.memory import Memory, flip_octet, loaded_at
from hil.obc.place import FAULTS, Cause, LineTo, Obc
from hil.obc.printed import Printed
from hil.obc.process import Child, DescriptorLine
from hil.obc.symbols import first_address, variables

if TYPE_CHECKING:
    from hil.obc.called import Called


class PosixObc(Obc):
    """A child process that sees a serial line; fit for debuggers and sanitizers."""

    name = "posix"
    can = FAULTS
    when_silent = "does the program talk on the line whose path is its first argument?"

    def __init__(self, program: Path, lines: Sequence[LineTo] = (), *, wire: bool = True) -> None:
        """Start `program`; raises ObcError when that fails.

        Its arguments are the bench's own line, if there is one (wire), and NAME=PATH for each of
        the devices' lines. The environment names a file for what it keeps over a restart, empty at
        first and gone with this, and says why it boots: HIL_STORE, HIL_RESET_CAUSE.
        """
        self.description = f"host process {program}"
        self._program, self._wire, self.printed = program, wire, Printed()
        self.can_be_called = wire
        names = [line.name for line in lines]
        self._ends = Ends(names, pseudo_terminal)
        self.channels = self._ends.channels
        far = map(os.ttyname, self._ends.far)
        self._named = [f"{name}={path}" for name, path in zip(names, far, strict=True)]
        self._store = tempfile.TemporaryFile(prefix="hil-store-")  # noqa: SIM115  as long as this
        try:
            self._start(Cause.POWER)
        except BaseException:
            self._store.close()
            self._ends.close()
            raise

    def _start(self, cause: Cause) -> None:
        self._told = {
            "HIL_STORE": f"/dev/fd/{self._store.fileno()}",
            "HIL_RESET_CAUSE": str(int(cause)),
        }
        if self._wire:
            self._start_wired()
        else:
            self._child = self._run([str(self._program), *self._named])
        self.pid, self.death_fd = self._child.pid, self._child.death_fd
        self._open = True

    def _start_wired(self) -> None:
        master, slave = pseudo_terminal()
        try:
            arguments = [str(self._program), f"/dev/fd/{slave}", *self._named]
            self._child = self._run(arguments, slave)
        except BaseException:
            os.close(master)
            raise
        finally:
            os.close(slave)
        self._line = DescriptorLine(master, master, self._child)
        self._called: Called | None = None
        self._kept = deque[bytes]()

    def _run(self, arguments: Sequence[str], *fds: int) -> Child:
        fds = (*fds, self._store.fileno())
        return Child(arguments, pass_fds=fds, printed=self.printed, environment=self._told)

    def obituary(self) -> str:
        return self._child.obituary()

    def write(self, data: bytes, deadline_s: float) -> bool:
        return self._line.write(data, deadline_s)

    def read(self, deadline_s: float) -> bytes:
        return self._kept.popleft() if self._kept else self._line.read(deadline_s)

    @property
    def entry(self) -> tuple[int, int]:
        if self._called is None:
            from hil.obc.called import Called  # compiled code, which not every run needs

            self._called = Called(self._line.fd)
        return self._called.entry

    def taken(self, size: int) -> int:
        return size if self._called is None else self._called.taken

    def answered(self, reply: bytes) -> None:
        if reply:
            self._kept.append(reply)

    def halt(self) -> None:
        self._child.halt()

    def go_on(self) -> None:
        self._child.go_on()

    def debug(self) -> str:
        self._child.come_to_rest()  # and nothing is sent to it: it stands without being stopped
        return f"gdb -p {self.pid}"

    def await_debugger(self) -> None:
        self._child.await_tracer()

    def memory(self) -> Memory:
        file, pid, child = self._program.resolve(), self.pid, self._child

        def flip(address: int, mask: int) -> None:
            child.come_to_rest()
            flip_octet(pid, address + loaded_at(pid, file) - first_address(file), mask)

        return Memory(variables(file), flip)

    def power_off(self) -> None:
        self._child.come_to_rest()
        self._stop()
        self._ends.forget()

    def power_on(self) -> None:
        self._start(Cause.POWER)

    def reset(self, cause: Cause = Cause.PIN) -> None:
        self.power_off()
        self._start(cause)

    def _stop(self) -> None:
        if self._open:
            self._open, self.death_fd = False, -1
            if self._wire:
                self._line.close()
            self._child.kill()

    def close(self) -> None:
        self._stop()
        self._store.close()
        self._ends.close()

"""`posix`: the firmware as a host process on a pseudo-terminal."""

import sys

assert sys.platform != "win32"  # before what is not there on Windows

import os
import tty
from pathlib import Path

from hil.obc.memory import Memory, flip_octet, loaded_at
from hil.obc.place import FAULTS, Obc
from hil.obc.process import Child, DescriptorLine
from hil.obc.symbols import first_address, variables


class PosixObc(Obc):
    """A child process that sees a serial line; fit for debuggers and sanitizers."""

    name = "posix"
    can = FAULTS
    when_silent = "does the program talk on the line whose path is its first argument?"

    def __init__(self, program: Path) -> None:
        """Start `program`; raises ObcError when that fails."""
        self.description = f"host process {program}"
        self._program = program
        self._start()

    def _start(self) -> None:
        master, slave = os.openpty()
        # Raw before anybody listens: a cooked line would eat control bytes.
        tty.setraw(slave)
        try:
            self._child = Child([str(self._program), f"/dev/fd/{slave}"], pass_fds=(slave,))
        except BaseException:
            os.close(master)
            raise
        finally:
            os.close(slave)
        self._line = DescriptorLine(master, master, self._child)
        self.pid = self._child.pid
        self._open = True

    def write(self, data: bytes, deadline_s: float) -> bool:
        return self._line.write(data, deadline_s)

    def read(self, deadline_s: float) -> bytes:
        return self._line.read(deadline_s)

    def halt(self) -> None:
        self._child.halt()

    def go_on(self) -> None:
        self._child.go_on()

    def memory(self) -> Memory:
        file, pid, child = self._program.resolve(), self.pid, self._child

        def flip(address: int, mask: int) -> None:
            child.come_to_rest()
            flip_octet(pid, address + loaded_at(pid, file) - first_address(file), mask)

        return Memory(variables(file), flip)

    def power_off(self) -> None:
        self._child.come_to_rest()
        self.close()

    def power_on(self) -> None:
        self._start()

    def reset(self) -> None:
        self.power_off()
        self.power_on()

    def close(self) -> None:
        if self._open:
            self._open = False
            self._line.close()
            self._child.kill()

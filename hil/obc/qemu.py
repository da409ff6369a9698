"""`qemu` and `qemu-fast`: the STM32F405 firmware on Debian's emulated Netduino Plus 2."""

import os
import shutil
import socket
from abc import abstractmethod
from pathlib import Path

from hil.errors import ObcError
from hil.obc.place import Obc
from hil.obc.process import Child, CoreLease, DescriptorLine

EMULATOR = "qemu-system-arm"
MACHINE = "netduinoplus2"
# 2**5 ns an instruction: a fixed rate makes the firmware's own clock repeat bit for bit, and
# an instruction of more than five of its ticks (168 MHz) lets it count them one by one.
_INSTRUCTION_SHIFT = 5


def emulator() -> str:
    """The emulator's path; raises ObcError with the cure when it is not installed."""
    found = shutil.which(EMULATOR)
    if found is None:
        raise ObcError(
            f"{EMULATOR} is not installed: run `hil doctor --install qemu`, or choose another OBC "
            "with --obc library or --obc posix"
        )
    return found


class _QemuObc(Obc):
    """An emulator pinned to one core of its own."""

    when_silent = "is it a firmware for this board, and for this line of its?"
    _child: Child
    _line: DescriptorLine

    def __init__(self, elf: Path) -> None:
        self._elf = elf
        self._emulator = emulator()
        self._lease = CoreLease()
        self._open = False
        try:
            self._start()
        except BaseException:
            self._lease.release()
            raise
        self._open = True

    @property
    def pid(self) -> int:
        """Process number of the emulator."""
        return self._child.pid

    @abstractmethod
    def _start(self) -> None:
        """Start the emulator and open the line to it."""

    def _arguments(self, *line: str) -> list[str]:
        board = [self._emulator, "-M", MACHINE, "-nodefaults", "-display", "none"]
        return [*board, "-kernel", str(self._elf), *line]

    def write(self, data: bytes, deadline_s: float) -> bool:
        return self._line.write(data, deadline_s)

    def read(self, deadline_s: float) -> bytes:
        return self._line.read(deadline_s)

    def close(self) -> None:
        if self._open:
            self._open = False
            self._line.close()
            self._child.kill()
            self._lease.release()


class QemuObc(_QemuObc):
    """The ELF that flies, on the emulated USART with its driver and interrupts."""

    name = "qemu"
    send_ahead = True

    def __init__(self, elf: Path) -> None:
        """Start the board with `elf`; raises ObcError when that fails."""
        self.description = f"emulated STM32F405 ({MACHINE}, USART) with {elf}"
        super().__init__(elf)

    def _start(self) -> None:
        # A socket pair has no path to collide and no moment in which bytes could be lost.
        mine, board = socket.socketpair()
        serial = f"socket,id=line,fd={board.fileno()}"
        try:
            self._child = Child(
                self._arguments("-chardev", serial, "-serial", "chardev:line"),
                pass_fds=(board.fileno(),),
                core=self._lease.core,
            )
        finally:
            board.close()
        fd = mine.detach()
        self._line = DescriptorLine(fd, fd, self._child)


class QemuFastObc(_QemuObc):
    """The same core and board with instruction-counted time, on blocking semihosting."""

    name = "qemu-fast"
    instruction_ns = 1 << _INSTRUCTION_SHIFT

    def __init__(self, elf: Path) -> None:
        """Start the board with `elf`; raises ObcError when that fails."""
        self.description = f"emulated STM32F405 ({MACHINE}, instruction-counted) with {elf}"
        super().__init__(elf)

    def _start(self) -> None:
        # Plain pipes, opened by the board through /dev/fd: nothing in the file system to clean up,
        # and both ends see the other's death as end of file.
        board_reads, write_fd = os.pipe()
        read_fd, board_writes = os.pipe()
        try:
            self._child = self._boot(board_reads, board_writes)
        except BaseException:
            os.close(write_fd)
            os.close(read_fd)
            raise
        finally:
            os.close(board_reads)
            os.close(board_writes)
        self._line = DescriptorLine(read_fd, write_fd, self._child)

    def _boot(self, board_reads: int, board_writes: int) -> Child:
        files = f"arg=/dev/fd/{board_reads},arg=/dev/fd/{board_writes}"
        semihosting = f"enable=on,target=native,arg=obc,{files}"
        clock = f"shift={_INSTRUCTION_SHIFT},sleep=off"
        return Child(
            self._arguments("-semihosting-config", semihosting, "-icount", clock),
            pass_fds=(board_reads, board_writes),
            core=self._lease.core,
        )

"""`qemu` and `qemu-fast`: the STM32F405 firmware on Debian's emulated Netduino Plus 2."""

import sys

assert sys.platform != "win32"  # before what is not there on Windows

import os
import shlex
import shutil
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path

from hil.errors import ObcError
from hil.obc.board import (
    RAM_BEGIN,
    RAM_OCTETS,
    KeptMemory,
    Monitor,
    free_port,
    kept_ram,
    ram_at,
    ram_file,
    ram_of,
    stub,
)
from hil.obc.channel import Ends, serial_arguments, socket_pair
from hil.obc.memory import Memory, flip_octet
from hil.obc.names import USUAL_MACHINE
from hil.obc.place import FAULTS, Cause, LineTo, Obc
from hil.obc.printed import Printed
from hil.obc.process import Child, CoreLease, DescriptorLine
from hil.obc.symbols import variables

EMULATOR = "qemu-system-arm"
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

    can = FAULTS
    machine = USUAL_MACHINE
    when_silent = "is it a firmware for this board, and for this line of its?"
    _child: Child
    _line: DescriptorLine

    def __init__(self, elf: Path) -> None:
        self._elf, self._kept = elf, KeptMemory(elf)
        self._ram = bytearray(RAM_OCTETS)  # what is left of it without power
        self._emulator, self.printed = emulator(), Printed()
        self._lease = CoreLease()
        self._open = False
        try:
            self._start()
        except BaseException:
            self._lease.release()
            raise
        self._open = self._powered = True

    @property
    def pid(self) -> int:
        """Process number of the emulator."""
        return self._child.pid

    @abstractmethod
    def _start(self, ram_fd: int | None = None) -> None:
        """Start the emulator and open the line to it; ram_fd: a file that its RAM begins with."""

    def _arguments(self, ram_fd: int | None, *line: str) -> list[str]:
        board = [self._emulator, "-M", self.machine, "-nodefaults", "-display", "none"]
        ram = [] if ram_fd is None else ["-device", kept_ram(ram_fd)]
        return [*board, "-kernel", str(self._elf), *ram, *line]

    # -- faults ------------------------------------------------------------------------------------

    def halt(self) -> None:
        self._child.halt()

    def go_on(self) -> None:
        self._child.go_on()

    def _gdb(self, port: int) -> str:
        return f"gdb-multiarch -ex 'target remote localhost:{port}' {shlex.quote(str(self._elf))}"

    def memory(self) -> Memory:
        child = self._child

        def flip(address: int, mask: int) -> None:
            child.come_to_rest()
            flip_octet(child.pid, address + ram_at(child.pid) - RAM_BEGIN, mask)

        return Memory(variables(self._elf), flip)

    def power_off(self) -> None:
        self._child.come_to_rest()
        self._ram = self._kept.flash(ram_of(self._child.pid))
        self._stop()

    def power_on(self) -> None:
        self._boot_with(self._ram, Cause.POWER)

    def reset(self, cause: Cause = Cause.PIN) -> None:
        self._child.come_to_rest()
        ram = ram_of(self._child.pid)
        self._stop()
        self._boot_with(ram, cause)

    def _boot_with(self, ram: bytearray, cause: Cause) -> None:
        self._kept.tell(ram, cause)
        with ram_file(ram) as ram_fd:
            self._boot_again(ram_fd)

    def _boot_again(self, ram_fd: int | None) -> None:
        self._start(ram_fd)
        self._powered = True

    def _stop(self) -> None:
        self._powered, self.death_fd = False, -1
        self._line.close()
        self._child.kill()

    def write(self, data: bytes, deadline_s: float) -> bool:
        return self._line.write(data, deadline_s)

    def read(self, deadline_s: float) -> bytes:
        return self._line.read(deadline_s)

    def close(self) -> None:
        if self._open:
            self._open = False
            if self._powered:
                self._stop()
            self._lease.release()


class QemuObc(_QemuObc):
    """The ELF that flies, on the emulated USART with its driver and interrupts."""

    name = "qemu"
    send_ahead = True

    def __init__(self, elf: Path, lines: Sequence[LineTo] = (), *, wire: bool = True) -> None:
        """Start the board with `elf`; raises ObcError when that fails.

        lines: devices' own, to its USARTs. wire: whether USART 1 is the bench's own line.
        """
        self.description = f"emulated STM32F405 ({self.machine}, USART) with {elf}"
        self._ends = Ends([line.name for line in lines], socket_pair)
        self._wire, self.channels = wire, self._ends.channels
        try:
            self._serial = serial_arguments(lines, self._ends.far, wire=wire)
            super().__init__(elf)
        except BaseException:
            self._ends.close()
            raise

    def _start(self, ram_fd: int | None = None) -> None:
        # A socket pair has no path to collide and no moment in which bytes could be lost.
        mine, board = socket_pair()
        own = ["-chardev", f"socket,id=line,fd={board}", "-serial", "chardev:line"]
        monitor = Monitor()
        try:
            fds = (board, *self._ends.far, *monitor.pass_fds, *([] if ram_fd is None else [ram_fd]))
            line = (*(own if self._wire else ()), *self._serial, *monitor.arguments)
            arguments = self._arguments(ram_fd, *line)
            core = self._lease.core
            self._child = Child(arguments, pass_fds=fds, core=core, printed=self.printed)
        except BaseException:
            os.close(mine)
            raise
        finally:
            os.close(board)
            monitor.opened()
        self._line = DescriptorLine(mine, mine, self._child)
        self._monitor, self.death_fd = monitor, self._child.death_fd

    def obituary(self) -> str:
        return self._child.obituary()

    def debug(self) -> str:
        self._monitor.await_usart()
        self._child.come_to_rest()
        return self._gdb(self._monitor.stop_for_gdb())

    def close(self) -> None:
        super().close()
        self._ends.close()

    def _boot_again(self, ram_fd: int | None) -> None:
        super()._boot_again(ram_fd)
        if self._wire:
            self._await_listening()  # it drops what comes before

    def _await_listening(self) -> None:
        self._monitor.await_usart()

    def _stop(self) -> None:
        super()._stop()
        self._monitor.close()
        self._ends.forget()


class QemuFastObc(_QemuObc):
    """The same core and board with instruction-counted time, on blocking semihosting."""

    name = "qemu-fast"
    instruction_ns = 1 << _INSTRUCTION_SHIFT

    def __init__(self, elf: Path) -> None:
        """Start the board with `elf`; raises ObcError when that fails."""
        self.description = f"emulated STM32F405 ({self.machine}, instruction-counted) with {elf}"
        self._written, self._stub = False, list[str]()
        super().__init__(elf)

    def _start(self, ram_fd: int | None = None) -> None:
        # Plain pipes, opened by the board through /dev/fd: nothing in the file system to clean up,
        # and both ends see the other's death as end of file.
        board_reads, write_fd = os.pipe()
        read_fd, board_writes = os.pipe()
        try:
            self._child = self._boot(board_reads, board_writes, ram_fd)
        except BaseException:
            os.close(write_fd)
            os.close(read_fd)
            raise
        finally:
            os.close(board_reads)
            os.close(board_writes)
        self._line = DescriptorLine(read_fd, write_fd, self._child)

    def debug(self) -> str:
        """As of an Obc, before the first octet: one that waits for its line stops for nobody."""
        if self._written:
            raise ObcError(
                "qemu-fast waits for its line inside the emulator, where no debugger can stop it: "
                "use --obc qemu or --obc posix, which give the same bits"
            )
        port = free_port()
        self._stub = ["-S", "-gdb", stub(port)]
        self._stop()
        self._boot_again(None)
        self._stub = []
        return self._gdb(port)

    def write(self, data: bytes, deadline_s: float) -> bool:
        self._written = True
        return super().write(data, deadline_s)

    def _boot(self, board_reads: int, board_writes: int, ram_fd: int | None) -> Child:
        files = f"arg=/dev/fd/{board_reads},arg=/dev/fd/{board_writes}"
        semihosting = f"enable=on,target=native,arg=obc,{files}"
        clock = f"shift={_INSTRUCTION_SHIFT},sleep=off"
        return Child(
            self._arguments(
                ram_fd, "-semihosting-config", semihosting, "-icount", clock, *self._stub
            ),
            pass_fds=(board_reads, board_writes, *([] if ram_fd is None else [ram_fd])),
            core=self._lease.core,
            printed=self.printed,
        )

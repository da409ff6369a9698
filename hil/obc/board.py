"""The emulated board from outside: its RAM in the emulator's process, its registers by QMP."""

from __future__ import annotations

import json
import mmap
import os
import re
import socket
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hil.errors import ObcError
from hil.obc.place import Cause
from hil.obc.symbols import whole_variable

RAM_BEGIN, RAM_OCTETS = 0x2000_0000, 0x30_000  # as QEMU's model of the STM32F405 has it
_CAUSE_MARK = 0x4553_0000  # as origin.c has it
_USART1_CR1 = 0x4001_100C
_LISTENS = (1 << 13) | (1 << 2)  # UE and RE (RM0090, 30.6.4)
_BOOT_S = 5.0
_TRY_S = 1e-3
_QMP_S = 5.0


def ram_at(pid: int) -> int:
    """Return where the board's RAM lies in an emulator's memory."""
    found = list(rams_in(Path(f"/proc/{pid}/maps").read_text()))
    if len(found) != 1:
        raise ObcError(f"the RAM of the emulated board is not found in process {pid}")
    return found[0]


def rams_in(maps: str) -> Iterator[int]:
    """Yield where a process's mappings of the RAM's size begin that one guard page follows.

    The C library's heap of a thread may be as large; what follows it is reserved up to 64 MiB.
    """
    lines = [line.split()[:5] for line in maps.splitlines()]
    spans = [tuple(int(part, 16) for part in line[0].split("-")) for line in lines]
    for at, (begin, end) in enumerate(spans[:-1]):
        is_ram = end - begin == RAM_OCTETS and (lines[at][1], lines[at][4]) == ("rw-p", "0")
        guarded = spans[at + 1] == (end, end + mmap.PAGESIZE) and lines[at + 1][1] == "---p"
        if is_ram and guarded:
            yield begin


def ram_of(pid: int) -> bytearray:
    """Return a copy of the board's RAM."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        memory.seek(ram_at(pid))
        return bytearray(memory.read(RAM_OCTETS))


@contextmanager
def ram_file(ram: bytes | bytearray) -> Iterator[int]:
    """Write what a board's RAM is to begin with into a file without a name; its descriptor."""
    if sys.platform != "linux":
        raise ObcError(f"the memory of another process cannot be read on {sys.platform}")
    fd = os.memfd_create("ram")
    try:
        os.write(fd, ram)
        yield fd
    finally:
        os.close(fd)


class KeptMemory:
    """What the emulated board lacks and the bench does for it: flash that takes data, reset flags.

    The firmware keeps in a variable `emulated_flash` what it would keep in flash, and finds in
    `told_reset_cause` why it boots. A firmware without them keeps nothing over a loss of power.
    """

    def __init__(self, elf: Path) -> None:
        self._elf = elf

    def flash(self, ram: bytearray) -> bytearray:
        """Return a RAM in which all but that is lost."""
        found = whole_variable(self._elf, "emulated_flash")
        left = bytearray(len(ram))
        if found is not None:
            part = slice(found.address - RAM_BEGIN, found.address - RAM_BEGIN + found.size)
            left[part] = ram[part]
        return left

    def tell(self, ram: bytearray, cause: Cause) -> None:
        """Write why it boots into its RAM."""
        found = whole_variable(self._elf, "told_reset_cause")
        if found is not None:
            struct.pack_into("<I", ram, found.address - RAM_BEGIN, _CAUSE_MARK | cause)


def kept_ram(fd: int) -> str:
    """Return the device that has a board's RAM begin as a file is."""
    return f"loader,file=/dev/fd/{fd},addr={RAM_BEGIN:#x},force-raw=on"


def free_port() -> int:
    """Return a TCP port of this machine that nobody has."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def stub(port: int) -> str:
    """Return where the emulator is to have its debug stub."""
    return f"tcp:127.0.0.1:{port}"


class Monitor:
    """The emulator's monitor (QMP) on a socket pair; asked while the firmware runs."""

    def __init__(self) -> None:
        """Make the pair; `opened` is to be called when the emulator has its end."""
        self._mine, self._emulators = socket.socketpair()
        self._mine.settimeout(_QMP_S)
        fd = self._emulators.fileno()
        self.pass_fds = (fd,)
        chardev = f"socket,id=monitor,fd={fd}"
        self.arguments = ("-chardev", chardev, "-mon", "chardev=monitor,mode=control")
        self._answers = self._mine.makefile("rb")
        self._ready = False

    def opened(self) -> None:
        """Close the emulator's end here."""
        self._emulators.close()

    def await_usart(self) -> None:
        """Wait until the firmware has its receiver on; raises ObcError when it never has."""
        until_s = time.monotonic() + _BOOT_S
        while self._register(_USART1_CR1) & _LISTENS != _LISTENS:
            if time.monotonic() > until_s:
                raise ObcError(f"the firmware did not switch on its USART within {_BOOT_S:g} s")
            time.sleep(_TRY_S)

    def stop_for_gdb(self) -> int:
        """Stop the board and open its debug stub; return the stub's port on this machine."""
        self._ask("stop", {})
        port = free_port()
        told = self._ask("human-monitor-command", {"command-line": f"gdbserver {stub(port)}"})
        if "error" in told.lower():
            raise ObcError(f"the emulator opens no debug stub: {told.strip()}")
        return port

    def _register(self, address: int) -> int:
        told = self._ask("human-monitor-command", {"command-line": f"xp /1xw {address:#x}"})
        match = re.search(r"0x([0-9a-f]{8})\s*$", told.strip())
        return int(match[1], 16) if match else 0

    def _ask(self, command: str, arguments: dict[str, str]) -> str:
        """Ask, and return the answer as text."""
        if not self._ready:
            self._ready = True
            self._answers.readline()  # its greeting
            self._command("qmp_capabilities", {})
        return self._command(command, arguments)

    def _command(self, command: str, arguments: dict[str, str]) -> str:
        request = {"execute": command, "arguments": arguments}
        self._mine.sendall(json.dumps(request).encode() + b"\n")
        while line := self._answers.readline():
            told = json.loads(line)
            if "return" in told or "error" in told:
                return str(told.get("return", ""))
        raise ObcError("the emulator closed its monitor")

    def close(self) -> None:
        """Close this end; safe to call twice."""
        self._answers.close()
        self._mine.close()

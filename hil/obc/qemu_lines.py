"""`qemu-lines`: an image that knows no bench, in lockstep: a plugin stops the emulator's time."""

import sys

assert sys.platform != "win32"  # before what is not there on Windows

import os
import struct
from collections.abc import Sequence
from pathlib import Path

from hil.errors import LinkError, ObcError
from hil.machine.plugin import lockstep_plugin
from hil.obc.place import LineTo, PinTo, octet_ns, refuse_wire
from hil.obc.process import Child
from hil.obc.qemu import QemuObc

_SHIFT = 3  # 2^3 ns an instruction: 125 million a second, as a core of 168 MHz with wait states
_FIRST_NS = 1000
_GO, _BURST, _EDGE = struct.Struct("<qII"), struct.Struct("<qII"), struct.Struct("<qII")

Burst = tuple[int, int, bytes]
"""When octets begin to go over a line, in ns; the line's number; the octets."""
Edge = tuple[int, int, int]
"""When a pin is driven, in ns; the pin, as of PinTo; its level."""


class QemuLinesObc(QemuObc):
    """The emulated board with instruction-counted time that the bench hands out in slices.

    ``no_room``: octets that a USART had no room for, as a receiver's overrun loses them.
    ``watchdog_resets``: how often the board's watchdog has reset it.
    ``outputs``: of each pin that is watched, which part of the last slice it was high; of a timer's
    channel, which part of its turns it is high.
    ``edges``: of the pins whose edges are watched, those of the last slice.
    """

    name = "qemu-lines"
    can = frozenset[str]()

    def __init__(
        self, elf: Path, lines: Sequence[LineTo], *, wire: bool, pins: Sequence[PinTo] = ()
    ) -> None:
        """Start the board with `elf`; raises RigError for a rig with a line of the bench's own.

        Raises ObcError when the emulator lacks what the plugin needs.
        """
        refuse_wire(self.name, wire=wire)
        self._plugin, self._lines, self.no_room = lockstep_plugin(), lines, 0
        outputs = sum(not pin.edges for pin in pins)
        self._pins, self._report = pins, struct.Struct(f"<qIII4x{outputs}d")
        self.watchdog_resets, self.outputs, self.edges = 0, [0.0] * outputs, list[Edge]()
        super().__init__(elf, lines, wire=False)
        self.description = f"emulated STM32F405 (netduinoplus2, time in slices) with {elf}"

    def _start(self, ram_fd: int | None = None) -> None:
        theirs_in, self._go_fd = os.pipe()
        self._report_fd, theirs_out = os.pipe()
        told = "".join(f",line=usart{each.usart}:{octet_ns(each)}" for each in self._lines)
        for pin in self._pins:
            how = f"edge={pin.pin}" if pin.edges else f"mean={pin.pin}"
            told += f",duty={pin.timer}:{pin.channel}" if pin.timer else f",{how}"
        plugin = f"file={self._plugin},in={theirs_in},out={theirs_out},first={_FIRST_NS}{told}"
        clock = ["-icount", f"shift={_SHIFT},sleep=off", "-plugin", plugin]
        try:
            self._child = Child(
                self._arguments(ram_fd, *self._serial, *clock),
                pass_fds=(*self._ends.far, theirs_in, theirs_out),
                core=self._lease.core,
            )
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self.death_fd = self._child.death_fd
        self._take_report()

    @property
    def dropped(self) -> int:
        return self.no_room

    def run_until(self, end_ns: int, bursts: Sequence[Burst], edges: Sequence[Edge] = ()) -> None:
        """Let the board run up to a time, and give it these octets and edges meanwhile."""
        told = [_GO.pack(end_ns, len(bursts), len(edges))]
        for begin_ns, line, data in bursts:
            told += (_BURST.pack(begin_ns, line, len(data)), data)
        told += (_EDGE.pack(*edge) for edge in edges)
        try:
            os.write(self._go_fd, b"".join(told))
        except OSError as error:
            raise ObcError(self._child.obituary()) from error
        self._take_report()

    def _take_report(self) -> None:
        report = self._report.unpack(self._taken(self._report.size))
        _, self.no_room, self.watchdog_resets, edges, *self.outputs = report
        self.edges = list(_EDGE.iter_unpack(self._taken(_EDGE.size * edges))) if edges else []

    def _taken(self, size: int) -> bytes:
        taken = b""
        while len(taken) < size:
            piece = os.read(self._report_fd, size - len(taken))
            if not piece:
                raise self._lacking(self._child.obituary())
            taken += piece
        return taken

    def _lacking(self, obituary: str) -> LinkError:
        if "undefined symbol" in obituary or "plugin" in obituary:
            obituary += "; the plugin is for QEMU 7.2: run on qemu in real time"
        return ObcError(obituary)

    def _stop(self) -> None:
        self._powered, self.death_fd = False, -1
        for fd in (self._go_fd, self._report_fd):
            os.close(fd)
        self._child.kill()

"""`qemu` on a machine of the emulator's that a rig names: a firmware of one's own runs there."""

import sys

assert sys.platform != "win32"  # before what is not there on Windows

from pathlib import Path

from hil.errors import ObcError, RigError
from hil.obc.machines import refuse_unfit_machine
from hil.obc.memory import Memory
from hil.obc.names import USUAL_MACHINE
from hil.obc.place import CLOCK_FAULTS, Cause
from hil.obc.qemu import QemuObc, emulator


class MachineObc(QemuObc):
    """A machine of which the bench knows its first serial port, and neither RAM nor registers.

    A restart is a start with empty memory, and octets wait for it as its UART has them wait.
    """

    can = CLOCK_FAULTS | {"reset", "power_off", "hang"}
    when_silent = (
        "is it a firmware for this machine, at its addresses, and is its line the machine's first "
        "serial port?"
    )

    def __init__(self, elf: Path | None, machine: str) -> None:
        """Start a machine with `elf`; raises RigError for one that it cannot run."""
        if elf is None:
            raise RigError(
                f'[obc] machine = "{machine}": the project\'s own firmware is built for '
                f"{USUAL_MACHINE}: give --firmware with an ELF for {machine}"
            )
        refuse_unfit_machine(emulator(), machine, elf)
        self.machine = machine
        super().__init__(elf.resolve())
        self.description = (
            f"emulated {machine} (first serial port; its memory is lost at a reset, and no bit of "
            f"it can be flipped) with {elf}"
        )

    def _await_listening(self) -> None:
        """Wait for nothing: where its UART says that it listens is not known."""

    def halt(self) -> None:
        self._child.stop()  # a firmware that polls its UART is never at rest

    def memory(self) -> Memory:
        raise ObcError(
            f"where {self.machine} has its RAM is not known: no bit of it can be flipped"
        )

    def power_off(self) -> None:
        self._stop()

    def power_on(self) -> None:
        self._boot_again(None)

    def reset(self, cause: Cause = Cause.PIN) -> None:  # noqa: ARG002  nothing tells it there
        self._stop()
        self._boot_again(None)

    def debug(self) -> str:
        return self._gdb(self._monitor.stop_for_gdb())

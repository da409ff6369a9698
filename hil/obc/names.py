"""The table of places that the bench starts by itself; nothing here opens one.

A new place is a file with its class and a row here.
"""

from typing import NamedTuple

PORTS = "ports"
"""A board that devices' own lines lead to, and no line of the bench."""


USUAL_MACHINE, USUAL_CORE = "netduinoplus2", "M4"
"""The emulated board that the project's own firmware is built for, and its Cortex."""


class Place(NamedTuple):
    """One place: the file that it runs and the class that starts it."""

    image: str
    """The project's own build that it runs, by its name in hil.machine.build."""
    runs: str
    """The kind of file: library (shared), program (of this machine) or board (an ARM ELF file)."""
    opened_by: str
    """module:class."""
    lines: bool = False
    """Whether devices' own lines can lead to it."""
    lines_only: bool = False
    """Whether they are all that leads to it, in lockstep."""
    watches_pins: bool = False


TABLE = {
    "library": Place("library", "library", "hil.obc.library:LibraryObc"),
    "posix": Place("posix", "program", "hil.obc.posix:PosixObc", lines=True),
    "qemu": Place("qemu", "board", "hil.obc.qemu:QemuObc", lines=True),
    "qemu-fast": Place("qemu-fast", "board", "hil.obc.qemu:QemuFastObc"),
    "posix-lines": Place(
        "posix", "program", "hil.obc.posix_lines:PosixLinesObc", lines=True, lines_only=True
    ),
    "qemu-lines": Place(
        "qemu",
        "board",
        "hil.obc.qemu_lines:QemuLinesObc",
        lines=True,
        lines_only=True,
        watches_pins=True,
    ),
}
PLACES = tuple(TABLE)
LINES_ONLY = tuple(name for name, place in TABLE.items() if place.lines_only)
"""A host program and the emulated board with devices' own lines only, in lockstep."""


def is_port(name: str) -> bool:
    """Return whether a name is that of a port or a pyserial URL."""
    return "/" in name or name.upper().startswith("COM")

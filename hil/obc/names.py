"""What the places are called; nothing here opens one."""

from hil.machine.build import ARTIFACTS

LINES_ONLY = ("posix-lines", "qemu-lines")
"""A host program and the emulated board with devices' own lines only, in lockstep."""
PLACES = (*ARTIFACTS, *LINES_ONLY)
PORTS = "ports"
"""A board that devices' own lines lead to, and no line of the bench."""


def is_port(name: str) -> bool:
    """Return whether a name is that of a port or a pyserial URL."""
    return "/" in name or name.upper().startswith("COM")

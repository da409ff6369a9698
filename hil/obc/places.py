"""Opens any of the places an OBC can live by the name a user gives."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from hil.errors import RigError
from hil.machine.build import ARTIFACTS, build
from hil.obc.image import refuse_unfit
from hil.obc.library import LibraryObc
from hil.obc.names import LINES_ONLY, PLACES, PORTS, is_port
from hil.obc.place import LineTo, Obc, PinTo
from hil.obc.port import PortObc


def open_obc(
    name: str,
    baud: int = 921_600,
    firmware: Path | None = None,
    compiler: str | None = None,
    lines: Sequence[LineTo] = (),
    pins: Sequence[PinTo] = (),
    *,
    wire: bool = True,
) -> Obc:
    """The OBC called `name`: library, posix, qemu, qemu-fast, a port's path or a pyserial URL.

    `firmware` is a file to run instead of building the project's own. lines: devices' own.
    pins: of the emulated board that are watched; other places have none. wire:
    whether there is the bench's line; a board without it is called `ports`. Never falls back from
    one place to another. Raises RigError for a name that is none of these, ObcError and LinkError
    when the place cannot be opened.
    """
    if lines or name in (PORTS, *LINES_ONLY):
        return _with_lines(name, baud, firmware, compiler, lines, pins, wire=wire)
    if name not in ARTIFACTS:
        if not is_port(name):
            raise RigError(
                f"--obc {name}: expected one of {', '.join(PLACES)}, or a port such as "
                "/dev/ttyACM0 or socket://host:port"
            )
        return PortObc(name, baud)
    start = LibraryObc if name == "library" else _starter(name)
    if firmware is None:
        return start(build(name, compiler))
    refuse_unfit(name, firmware)
    return start(firmware.resolve())


def _with_lines(
    name: str,
    baud: int,
    firmware: Path | None,
    compiler: str | None,
    lines: Sequence[LineTo],
    pins: Sequence[PinTo],
    *,
    wire: bool,
) -> Obc:
    """As open_obc, of a place that devices' own lines lead to."""
    if name not in ("library", "qemu-fast") and sys.platform != "win32":
        from hil.obc.boards import BoardObc, WiredBoardObc
        from hil.obc.posix import PosixObc
        from hil.obc.posix_lines import PosixLinesObc
        from hil.obc.qemu import QemuObc, emulator
        from hil.obc.qemu_lines import QemuLinesObc

        if name == PORTS:
            return BoardObc(lines, wire=wire)
        if name not in PLACES:
            return WiredBoardObc(name, baud, lines, wire=wire)
        board = name.removesuffix("-lines")
        if board == "qemu":
            emulator()
        if firmware is not None:
            refuse_unfit(board, firmware)
        image = build(board, compiler, drivers=not wire) if firmware is None else firmware.resolve()
        if name == "qemu-lines":
            return QemuLinesObc(image, lines, wire=wire, pins=pins)
        started: dict[str, type[PosixObc | QemuObc]] = {
            "posix": PosixObc,
            "posix-lines": PosixLinesObc,
            "qemu": QemuObc,
        }
        return started[name](image, lines, wire=wire)
    raise RigError(
        f"the rig has [[line]] tables, and {name} has no lines: run it on posix, qemu or a "
        "board, on Linux or macOS"
    )


def _starter(name: str) -> Callable[[Path], Obc]:
    """Return what starts a place that is a process of its own, with all that it needs at hand."""
    if sys.platform != "win32":
        from hil.obc.posix import PosixObc
        from hil.obc.qemu import QemuFastObc, QemuObc, emulator

        if name.startswith("qemu"):
            emulator()  # says that it is missing before anything is built for it
        return {"posix": PosixObc, "qemu": QemuObc, "qemu-fast": QemuFastObc}[name]
    raise RigError(
        f"--obc {name} needs pseudo-terminals and inherited pipes, which Windows does not have: "
        "use --obc library or a port, or run the bench in WSL"
    )

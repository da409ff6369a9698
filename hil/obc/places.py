"""Opens any of the places an OBC can live by the name a user gives."""

from collections.abc import Callable
from pathlib import Path

from hil.errors import RigError
from hil.machine.build import ARTIFACTS, build
from hil.obc.image import refuse_unfit
from hil.obc.library import LibraryObc
from hil.obc.place import Obc
from hil.obc.port import PortObc
from hil.obc.posix import PosixObc
from hil.obc.qemu import QemuFastObc, QemuObc, emulator

PLACES = tuple(ARTIFACTS)


def open_obc(
    name: str, baud: int = 921_600, firmware: Path | None = None, compiler: str | None = None
) -> Obc:
    """The OBC called `name`: library, posix, qemu, qemu-fast, a port's path or a pyserial URL.

    `firmware` is a file to run instead of building the project's own. Never falls back from one
    place to another. Raises RigError for a name that is none of these, ObcError and LinkError when
    the place cannot be opened.
    """
    if name not in ARTIFACTS:
        if "/" not in name and not name.upper().startswith("COM"):
            raise RigError(
                f"--obc {name}: expected one of {', '.join(PLACES)}, or a port such as "
                "/dev/ttyACM0 or socket://host:port"
            )
        return PortObc(name, baud)
    if name.startswith("qemu"):
        emulator()  # says that it is missing before anything is built for it
    if firmware is None:
        return _START[name](build(name, compiler))
    refuse_unfit(name, firmware)
    return _START[name](firmware.resolve())


_START: dict[str, Callable[[Path], Obc]] = {
    "library": LibraryObc,
    "posix": PosixObc,
    "qemu": QemuObc,
    "qemu-fast": QemuFastObc,
}

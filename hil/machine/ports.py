"""The serial ports of this machine: what is plugged into each, and whether one may open it."""

import getpass
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table
from rich.text import Text
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

_SYSFS = Path("/sys/class/tty")
_ST, _FTDI = 0x0483, 0x0403
_ST_LINKS = {0x374A, 0x374B, 0x374D, 0x374E, 0x374F, 0x3752, 0x3753, 0x3754, 0x3755, 0x3757}
"""Products with a virtual COM port, as in OpenOCD's interface/stlink.cfg and st-link's udev rules;
0x3744 and 0x3748 are ST-LINKs without one."""
_ADAPTERS = {0x10C4: "CP210x adapter", 0x1A86: "CH340 adapter", 0x067B: "PL2303 adapter"}
_READY = "ok"
_HEADINGS = ("port", "what", "description", "maker", "USB id", "serial number", "access")


@dataclass(frozen=True)
class Port:
    """One serial port.

    kind: what it looks like, or nothing. latency_ms: for how long an FTDI adapter holds received
    bytes back; the bench asks it for 1 ms. access: "ok", or what keeps this user from opening it
    and what to do.
    """

    device: str
    kind: str
    description: str
    manufacturer: str | None
    product: str | None
    vid: int | None
    pid: int | None
    serial_number: str | None
    latency_ms: int | None
    access: str

    @property
    def usable(self) -> bool:
        """Whether this user may open it."""
        return self.access == _READY


def ports(sysfs: Path = _SYSFS) -> list[Port]:
    """All serial ports of this machine, by name."""
    return [_port(found, sysfs) for found in sorted(list_ports.comports())]


def _port(found: ListPortInfo, sysfs: Path) -> Port:
    return Port(
        device=found.device,
        kind=_kind(found),
        description=found.description,
        manufacturer=found.manufacturer,
        product=found.product,
        vid=found.vid,
        pid=found.pid,
        serial_number=found.serial_number,
        latency_ms=_latency_ms(found.device, sysfs),
        access=may_open(found.device),
    )


def _kind(found: ListPortInfo) -> str:
    if found.vid == _ST and found.pid in _ST_LINKS:
        return "ST-LINK VCP"
    if found.vid == _FTDI:
        return "FTDI adapter"
    if found.vid in _ADAPTERS:
        return _ADAPTERS[found.vid]
    return "CDC" if listens_to_dtr(found.device) else ""


def listens_to_dtr(port: str) -> bool:
    """Whether this is USB's own serial class (CDC ACM), whose DTR means that somebody listens."""
    return Path(os.path.realpath(port)).name.startswith(("ttyACM", "cu.usbmodem", "tty.usbmodem"))


def latency_s(port: str, sysfs: Path = _SYSFS) -> float:
    """For how long the port's adapter may hold received bytes back, in seconds."""
    return (_latency_ms(port, sysfs) or 0) / 1e3


def _latency_ms(port: str, sysfs: Path) -> int | None:
    # A link such as /dev/serial/by-id/... leads to the name that the system knows.
    try:
        timer = sysfs / Path(os.path.realpath(port)).name / "device" / "latency_timer"
        return int(timer.read_text())
    except (OSError, ValueError):
        return None


def same_device(port: str) -> Callable[[], str | None]:
    """Return what finds the device that is at a port now, under whatever name it comes back.

    It is known by its USB identity, serial number and interface. What is returned finds None for a
    device without a serial number, and while it is not plugged in.
    """
    here = next((each for each in list_ports.comports() if _is_at(each, port)), None)
    if here is None or not here.serial_number:
        return lambda: None
    known = _identity(here)
    return lambda: next(
        (str(each.device) for each in list_ports.comports() if _identity(each) == known), None
    )


def _identity(found: ListPortInfo) -> tuple[object, ...]:
    interface = (found.location or "").partition(":")[2]  # of a device with several ports
    return (found.vid, found.pid, found.serial_number, interface)


def _is_at(found: ListPortInfo, port: str) -> bool:
    return os.path.realpath(str(found.device)) == os.path.realpath(port)


def holders(port: str, proc: Path = Path("/proc")) -> str:
    """Return which programs have a port open, as the end of a sentence; nothing if none is seen.

    A system tells a user of that user's programs only, root of all.
    """
    found = sorted({f"{name} (pid {pid})" for pid, name in _holders(os.path.realpath(port), proc)})
    return f": {', '.join(found)}" if found else ""


def _holders(device: str, proc: Path) -> Iterator[tuple[str, str]]:
    for entry in proc.glob("[0-9]*/fd/*"):
        try:
            if str(entry.readlink()) == device and entry.parts[-3] != str(os.getpid()):
                yield entry.parts[-3], (entry.parents[1] / "comm").read_text().strip()
        except OSError:  # it ended meanwhile, or is another user's
            continue


def may_open(device: str) -> str:
    """`ok`, or what keeps this user from opening a device and what to do."""
    if os.access(device, os.R_OK | os.W_OK):
        return _READY
    if sys.platform == "win32":
        return "permission denied"
    import grp

    try:
        group = grp.getgrgid(Path(device).stat().st_gid)
    except (OSError, KeyError):
        return "permission denied"
    if getpass.getuser() in group.gr_mem:
        return f"permission denied: log in again, its group {group.gr_name} is new to you"
    return f"permission denied: `sudo adduser $USER {group.gr_name}`, then log in again"


# ---- for people and for programs -----------------------------------------------------------------

_NONE_HERE = (
    "no serial ports here: is the board plugged in, is its cable a data cable, and (in a virtual "
    "machine or a container) is the device passed through?"
)


def as_dicts(found: Sequence[Port]) -> list[dict[str, object]]:
    """Ports ready for JSON; what is not known is null."""
    return [asdict(port) | {"usable": port.usable} for port in found]


def table(found: Sequence[Port]) -> Table:
    """Return the ports as a table, one a row."""
    shown = Table(*_HEADINGS, box=None, pad_edge=False, header_style="")
    for port in found:
        shown.add_row(*map(Text, _cells(port)))  # as text: a device's own words are no markup
    return shown


def _cells(port: Port) -> tuple[str, ...]:
    usb = "" if port.vid is None else f"{port.vid:04x}:{port.pid or 0:04x}"
    access = _READY if port.usable else "denied"
    words = (port.description, port.manufacturer or "", usb, port.serial_number or "", access)
    return (port.device, _what(port), *words)


def _what(port: Port) -> str:
    return port.kind + ("" if port.latency_ms is None else f", holds back {port.latency_ms} ms")


def hints(found: Sequence[Port]) -> list[str]:
    """What to do when there is no port, and about those that this user may not open."""
    if not found:
        return [_NONE_HERE]
    return [f"{port.device}: {port.access}" for port in found if not port.usable]

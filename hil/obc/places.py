"""Opens any of the places an OBC can live by the name a user gives."""

import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from hil.errors import RigError
from hil.machine.build import build
from hil.obc.image import refuse_unfit
from hil.obc.machines import refuse_other_core
from hil.obc.names import PLACES, PORTS, TABLE, USUAL_CORE, USUAL_MACHINE, Place, is_port
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
    machine: str = USUAL_MACHINE,
) -> Obc:
    """The OBC called `name`: one of the table's places, a port's path or a pyserial URL.

    `firmware` is a file to run instead of building the project's own. lines: devices' own.
    pins: of the emulated board that are watched; other places have none. wire:
    whether there is the bench's line; a board without it is called `ports`. machine: the emulator's
    machine that an emulated board is. Never falls back from one place to another. Raises RigError
    for a name that is none of these, ObcError and LinkError when the place cannot be opened.
    """
    place = TABLE.get(name)
    if place is None:
        return _board(name, baud, lines, wire=wire)
    with_lines = bool(lines) or place.lines_only
    if with_lines and (not place.lines or sys.platform == "win32"):
        raise _no_lines(name)
    start = _opener(name, place)
    if machine != USUAL_MACHINE and place.runs == "board":
        if with_lines or name != "qemu":
            raise _one_machine(name, machine, with_lines=with_lines)
        return _on_machine(machine, firmware)
    if firmware is None:
        image = build(place.image, compiler, drivers=with_lines and not wire)
    else:
        refuse_unfit(place.image, firmware)
        if place.runs == "board":
            refuse_other_core(USUAL_MACHINE, USUAL_CORE, firmware)
        image = firmware.resolve()
    if not with_lines:
        return start(image)
    return start(image, lines, wire=wire, **({"pins": pins} if place.watches_pins else {}))


def _board(name: str, baud: int, lines: Sequence[LineTo], *, wire: bool) -> Obc:
    """Open a board: on the bench's own line, on devices' own lines, or on both."""
    if name != PORTS and not is_port(name):
        raise RigError(
            f"--obc {name}: expected one of {', '.join(PLACES)}, or a port such as "
            "/dev/ttyACM0 or socket://host:port"
        )
    if not lines and name != PORTS:
        return PortObc(name, baud)
    if sys.platform != "win32":
        from hil.obc.boards import BoardObc, WiredBoardObc

        if name == PORTS:
            return BoardObc(lines, wire=wire)
        return WiredBoardObc(name, baud, lines, wire=wire)
    raise _no_lines(name)


def _no_lines(name: str) -> RigError:
    return RigError(
        f"the rig has [[line]] tables, and {name} has no lines: run it on posix, qemu or a "
        "board, on Linux or macOS"
    )


def _on_machine(machine: str, firmware: Path | None) -> Obc:
    """Open a machine of the emulator's that the project has no firmware for."""
    if sys.platform != "win32":
        from hil.obc.qemu_machine import MachineObc

        return MachineObc(firmware, machine)
    raise RigError("the emulator is for Linux and macOS")


def _one_machine(name: str, machine: str, *, with_lines: bool) -> RigError:
    what = "[[line]] tables lead" if with_lines else f"--obc {name} leads"
    return RigError(
        f'[obc] machine = "{machine}": {what} to {USUAL_MACHINE} only. Use --obc qemu with the '
        "bench's own line, or leave the key out"
    )


def _opener(name: str, place: Place) -> Callable[..., Obc]:
    """Return the class that starts a place, with all that it needs at hand.

    Only this place's module is imported: some exist on POSIX systems only.
    """
    if sys.platform != "win32" or name == "library":
        _need_emulator(place)
        module, _, kind = place.opened_by.partition(":")
        found: Callable[..., Obc] = getattr(importlib.import_module(module), kind)
        return found
    raise RigError(
        f"--obc {name} needs pseudo-terminals and inherited pipes, which Windows does not "
        "have: use --obc library or a port, or run the bench in WSL"
    )


def _need_emulator(place: Place) -> None:
    """Raise ObcError where the emulator is missing, before anything is built for it."""
    if sys.platform != "win32" and place.runs == "board":
        from hil.obc.qemu import emulator

        emulator()

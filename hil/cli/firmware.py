"""`hil firmware`: build the firmware, write it into a board, list the boards."""

from __future__ import annotations

from pathlib import Path

import click

from hil.cli.console import OUT, WIDE, PathArgument, say
from hil.errors import RigError

_BOARD = click.option(
    "--board",
    metavar="NAME|FILE",
    help="A board of `hil firmware boards`, or a TOML file that describes one.",
)


@click.group()
def firmware() -> None:
    """Build the firmware, or write it into a board."""


@firmware.command("build")
@click.argument("places", nargs=-1)
@click.option("--compiler", metavar="NAME", help="cc, gcc, clang, arm-none-eabi-gcc or zig.")
@_BOARD
def firmware_build(places: tuple[str, ...], compiler: str | None, board: str | None) -> None:
    """Build the firmware for PLACES: library, posix, qemu, qemu-fast; without PLACES, for all.

    With --board, build it for that board alone.
    """
    from hil.machine import build

    if board is not None:
        if places:
            raise RigError(f"hil firmware build: either --board or {', '.join(places)}")
        path, line = _built_for(board, compiler)
        _show(board, path)
        OUT.print(f"  line: {line}", markup=False)
        return
    for place in places or tuple(build.ARTIFACTS):
        if place not in build.ARTIFACTS:
            raise RigError(f"hil firmware build {place}: expected {', '.join(build.ARTIFACTS)}")
        _show(place, build.build(place, compiler))


def _built_for(board: str, compiler: str | None = None) -> tuple[Path, str]:
    """Return the ELF file for a board, and where the bench's line is on it."""
    from hil.machine import boards, build

    wanted = boards.board(board)
    return build.build("qemu", compiler, options=wanted.options), wanted.line


def _show(what: str, path: Path) -> None:
    from hil.machine import build

    OUT.print(f"{what}: {path}", markup=False)
    for line in build.sizes(path):
        OUT.print(f"  {line}", markup=False)


@firmware.command("flash")
@click.option("--with", "name", metavar="NAME", help="openocd, st-flash or dfu-util.")
@click.option(
    "--elf",
    type=PathArgument,
    metavar="FILE",
    help="Flash this file instead of building the project's own; st-flash and dfu-util take the "
    ".bin beside it.",
)
@_BOARD
def firmware_flash(name: str | None, elf: Path | None, board: str | None) -> None:
    """Write the firmware into an STM32F4 board with whichever programmer is installed.

    Without --board it is for an STM32F405 whose line is USART1.
    """
    from hil.machine import boards, build, flash

    wanted = None if board is None else boards.board(board)
    tool = flash.programmer(name, suitable=() if wanted is None else wanted.programmers)
    options = () if wanted is None else wanted.options
    image = elf or build.build("qemu", options=options)  # the emulated board's is the real one's
    flash.flash(image, tool, say)
    OUT.print(f"flashed {image} with {tool.name}", markup=False)
    if wanted is not None:
        OUT.print(f"line: {wanted.line}", markup=False)


@firmware.command("boards")
@click.option("--sources", is_flag=True, help="Say where each board's figures are from.")
def firmware_boards(sources: bool) -> None:
    """List the boards that the firmware is built for."""
    from hil.machine import boards

    found = boards.boards()
    WIDE.print(boards.table(found.values()))
    for board in found.values() if sources else ():
        OUT.print(f"\n{board.name}: {board.title}", markup=False)
        for source in board.sources:
            OUT.print(f"  {source}", markup=False)


@firmware.command("library")
@click.argument("file", type=PathArgument, default="hil_link.zip")
def firmware_library(file: Path) -> None:
    """Write the link as a ZIP library for the Arduino IDE and PlatformIO."""
    from hil import __version__
    from hil.machine import library

    library.write(file, __version__)
    OUT.print(f"wrote {file}", markup=False)

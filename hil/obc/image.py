"""What a firmware's file is, and so in which places it can run."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from hil.errors import RigError
from hil.obc.names import TABLE

DEFAULT_PLACE = "library" if sys.platform == "win32" else "posix"
"""Where the project's own firmware runs when no place is named: apart from the bench's process,
where that can be done."""

_BOARD = "EM_ARM"
_MACHINES = {"x86_64": "EM_X86_64", "aarch64": "EM_AARCH64", "arm64": "EM_AARCH64"}
_SPOKEN = {
    "EM_ARM": "ARM",
    "EM_AARCH64": "64-bit ARM",
    "EM_X86_64": "x86-64",
    "EM_386": "x86",
    "EM_RISCV": "RISC-V",
    "EM_XTENSA": "Xtensa",
    "EM_AVR": "AVR",
    "EM_PPC": "PowerPC",
}
_WANTED = {
    "library": "a shared library (.so) built for this machine",
    "program": "a program built for this machine",
    "board": "an ARM .elf built for the STM32F405",
}


class Image(NamedTuple):
    """What a file is, in words, and what runs it."""

    words: str
    kinds: Sequence[str]
    """As Place.runs: what it can be run as."""

    @property
    def places(self) -> list[str]:
        """The places that run it, where the bench's own line may lead."""
        usual = (name for name, place in TABLE.items() if not place.lines_only)
        return [name for name in usual if TABLE[name].runs in self.kinds]


def on_lines_only(place: str, *, realtime: bool) -> str:
    """Return the place that stands for another where devices' lines are all there is.

    In real time each serves them itself.
    """
    stands_for = (name for name, each in TABLE.items() if each.lines_only and each.image == place)
    return place if realtime else next(stands_for, place)


def place_for(firmware: Path | None, *, wire: bool = True, realtime: bool = False) -> str:
    """Return the place where a firmware's file runs; without a file the default.

    wire: whether the bench has a line of its own to the OBC. Raises RigError for a file that is not
    there or that no place can run.
    """
    place = DEFAULT_PLACE if firmware is None else _usual(firmware)
    return place if wire else on_lines_only(place, realtime=realtime)


def _usual(firmware: Path) -> str:
    image = image_of(firmware)
    if not image.places:
        raise RigError(
            f"no place runs {firmware}: it is {image.words}. --firmware takes "
            f"{_WANTED['library']}, {_WANTED['program']}, or {_WANTED['board']}"
        )
    return image.places[0]


def refuse_unfit(place: str, firmware: Path) -> None:
    """Raise RigError for a file that cannot run in this place, with the places that can."""
    image = image_of(firmware)
    if place in image.places:
        return
    others = " or ".join(f"--obc {each}" for each in image.places)
    cure = f"use {others}" if others else "leave --firmware out for the project's own"
    raise RigError(
        f"{place} runs {_WANTED[TABLE[place].runs]}, and {firmware} is {image.words}: {cure}"
    )


def image_of(file: Path) -> Image:
    """Return what a firmware's file is, by its content. Raises RigError when it is not there."""
    if not file.is_file():
        what = "is no file" if os.path.lexists(file) else "does not exist"
        raise RigError(f"firmware {file} {what}: build it, or correct --firmware")
    with file.open("rb") as opened:
        start = opened.read(4)
        if start[:2] == b"#!":
            return Image("a script", ("program",))
        if start != b"\x7fELF":
            return _not_elf(start)
        opened.seek(0)
        try:
            return _elf(ELFFile(opened))
        except ELFError as error:
            return Image(f"a damaged ELF file ({error})", ())


def _not_elf(start: bytes) -> Image:
    if start in (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe") and platform.system() == "Darwin":
        return Image("a program or library of this machine", ("library", "program"))
    if start[:2] == b"MZ" and platform.system() == "Windows":
        return Image("a program or library of this machine", ("library",))
    return Image("neither a program nor a library", ())


def _elf(elf: ELFFile) -> Image:
    machine, kind = elf["e_machine"], elf["e_type"]
    spoken = _SPOKEN.get(machine, str(machine).removeprefix("EM_"))
    runs_here = machine == _MACHINES.get(platform.machine())
    starts_by_itself = any(each["p_type"] == "PT_INTERP" for each in elf.iter_segments())
    if kind == "ET_REL":
        return Image(f"an object file for {spoken} that is not linked", ())
    if machine == _BOARD and kind == "ET_EXEC" and not starts_by_itself:
        return Image("an ARM ELF file", ("board",))
    if kind == "ET_DYN" and not starts_by_itself:
        return Image(f"a shared library for {spoken}", ("library",) if runs_here else ())
    return Image(f"a program for {spoken}", ("program",) if runs_here else ())

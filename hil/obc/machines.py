"""The emulator's Cortex-M machines: which there are, and which firmware each can run."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from elftools.elf.elffile import ELFFile

from hil.errors import ObcError, RigError
from hil.obc.image import image_of

_UNNAMED = {"emcraft-sf2": "M3"}  # its line in the emulator's list names no core
_CORE = re.compile(r"Cortex-(M\d+)")
_SHOWN, _ALIKE = 4, 0.6


# Tag_CPU_arch of the ABI's addendum (ARM IHI 0045, 3.3.5.2): what microcontrollers have of it.
_V7 = 10
_ARCHITECTURES = {
    11: "ARMv6-M",
    12: "ARMv6S-M",
    _V7: "ARMv7-M",
    13: "ARMv7E-M",
    16: "ARMv8-M baseline",
    17: "ARMv8-M mainline",
    21: "ARMv8.1-M mainline",
}
_V6M = ("ARMv6-M", "ARMv6S-M")
_V7M = (*_V6M, "ARMv7-M")
_V7EM = (*_V7M, "ARMv7E-M")
_V8M = (*_V7EM, "ARMv8-M baseline", "ARMv8-M mainline")
_RUNS = {
    "M0": _V6M,
    "M3": _V7M,
    "M4": _V7EM,
    "M7": _V7EM,
    "M23": (*_V6M, "ARMv8-M baseline"),
    "M33": _V8M,
    "M55": (*_V8M, "ARMv8.1-M mainline"),
}


def refuse_unfit_machine(emulator: str, machine: str, firmware: Path) -> None:
    """Raise RigError for a machine that is not there, or a firmware that it cannot run."""
    core = core_of(machine, machines(emulator))
    image = image_of(firmware)
    if "board" not in image.kinds:
        raise RigError(
            f'[obc] machine = "{machine}": it runs an ARM .elf, and {firmware} is {image.words}'
        )
    refuse_other_core(machine, core, firmware)


def refuse_other_core(machine: str, core: str, firmware: Path) -> None:
    """Raise RigError for an ARM ELF file that is built for another core than a machine's."""
    architecture = _architecture_of(firmware)
    if architecture is None or architecture in _RUNS.get(core, (architecture,)):
        return
    raise RigError(
        f'[obc] machine = "{machine}": it has a Cortex-{core}, and {firmware} is built for '
        f"{architecture}: build it with -mcpu=cortex-{core.lower()}, or name the machine that it "
        "is for"
    )


def core_of(machine: str, known: Mapping[str, str]) -> str:
    """Return a machine's core, such as "M3"; raises RigError for one that is not known."""
    if machine in known:
        return known[machine]
    near = get_close_matches(machine, known, n=_SHOWN, cutoff=_ALIKE)
    cure = f"did you mean {', '.join(near)}?" if near else f"it has {', '.join(known)}"
    raise RigError(
        f'[obc] machine = "{machine}": the emulator has no such Cortex-M machine; {cure}'
    )


@cache
def machines(emulator: str) -> Mapping[str, str]:
    """Return the emulator's machines with a Cortex-M core, by name: the core, such as "M3"."""
    try:
        listed = subprocess.run(
            [emulator, "-M", "help"], capture_output=True, text=True, check=True, timeout=60.0
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ObcError(f"{emulator} -M help lists no machines: {error}") from error
    return listed_machines(listed.stdout.splitlines())


def listed_machines(lines: Iterable[str]) -> dict[str, str]:
    """Return the machines with a Cortex-M core of an emulator's list."""
    found = {}
    for line in lines:
        name, _, about = line.partition(" ")
        core = _CORE.search(about)
        if core or name in _UNNAMED:
            found[name] = core[1] if core else _UNNAMED[name]
    return found


def _architecture_of(firmware: Path) -> str | None:
    """Return the architecture that a file's code is for; None for one that does not say it."""
    with firmware.open("rb") as opened:
        section = ELFFile(opened).get_section_by_name(".ARM.attributes")
        if section is None or not hasattr(section, "iter_subsections"):
            return None
        told = {
            each.tag: each.value
            for part in section.iter_subsections()
            for subpart in part.iter_subsubsections()
            for each in subpart.iter_attributes()
        }
    number = told.get("TAG_CPU_ARCH")
    if number is None:
        return None
    profile = chr(told.get("TAG_CPU_ARCH_PROFILE", ord("M")))
    if number == _V7 and profile != "M":
        return f"ARMv7-{profile}"
    return _ARCHITECTURES.get(number, f"another kind of ARM core (Tag_CPU_arch {number})")

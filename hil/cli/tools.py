"""The tools around a run: wire, firmware, doctor, ports."""

from __future__ import annotations

from pathlib import Path

import click

from hil.cli.console import OUT, WIDE, PathArgument, say, show_json
from hil.errors import RigError
from hil.machine.doctor import REQUIRED, USES


@click.command()
@click.option("--c", "form", flag_value="c", help="Print the C header.")
@click.option(
    "--xtce", "form", flag_value="xtce", help="Print the XTCE description for ground tools."
)
@click.option("--write", "form", flag_value="write", help="Regenerate the committed files.")
def wire(form: str | None) -> None:
    """Print the message table: for people, as a C header, or as XTCE."""
    from hil.devices.registry import built_in, registry
    from hil.link import generated

    if form == "write":
        try:
            for path in generated.write(built_in().table):
                say(f"wrote {path}")
        except FileNotFoundError as error:  # of a folder
            raise RigError(
                f"--write needs a checkout: an installed hil has no {error.filename}"
            ) from None
        except OSError as error:
            raise RigError(f"cannot write {error.filename}: {error.strerror}") from None
    else:
        click.echo(generated.FORMS[form or "text"](registry().table), nl=False)


@click.group()
def firmware() -> None:
    """Build the firmware, or write it into a board."""


@firmware.command("build")
@click.argument("places", nargs=-1)
@click.option("--compiler", metavar="NAME", help="cc, gcc, clang, arm-none-eabi-gcc or zig.")
def firmware_build(places: tuple[str, ...], compiler: str | None) -> None:
    """Build the firmware for PLACES: library, posix, qemu, qemu-fast; without PLACES, for all."""
    from hil.machine import build

    for place in places or tuple(build.ARTIFACTS):
        if place not in build.ARTIFACTS:
            raise RigError(f"hil firmware build {place}: expected {', '.join(build.ARTIFACTS)}")
        path = build.build(place, compiler)
        OUT.print(f"{place}: {path}", markup=False)
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
def firmware_flash(name: str | None, elf: Path | None) -> None:
    """Write the firmware into an STM32F405 board with whichever programmer is installed."""
    from hil.machine import build, flash

    tool = flash.programmer(name)
    image = elf or build.build("qemu")  # the emulated board's ELF is the real board's
    flash.flash(image, tool, say)
    OUT.print(f"flashed {image} with {tool.name}", markup=False)


_USES = "\n".join(f"  {use:<10} {what}" for use, what in USES.items())


@click.command(
    help="List the tools that this machine has and lacks.\n\n"
    "USES, or all of them when none is named:\n\n"
    f"\b\n{_USES}\n\n"
    "The exit status is 1 when something required is MISSING. Without USES only the needs of "
    f"{REQUIRED} are required; what else is lacking is listed, and optional."
)
@click.argument("uses", nargs=-1, metavar="[USES]...")
@click.option("--install", is_flag=True, help="Install what is missing (apt with sudo; pip).")
def doctor(uses: tuple[str, ...], install: bool) -> None:
    """Say what this machine lacks for some uses."""
    from hil.machine import doctor as checks

    if install and (lacking := checks.missing(uses)):
        checks.install(lacking, say)
    failed = False
    for need in checks.needs(uses):
        found, required = need.present(), checks.is_required(need, uses)
        failed |= required and not found
        state = "found  " if found else "MISSING" if required else "lacking"
        words = f"{need.what} ({', '.join(need.uses)}): {found or checks.remedy(need)}"
        OUT.print(f"{state} {words}", markup=False)
    raise click.exceptions.Exit(1 if failed else 0)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def ports(as_json: bool) -> None:
    """List the serial ports of this machine and the devices on them."""
    from hil.machine import ports as serial_ports

    found = serial_ports.ports()
    if as_json:
        show_json(serial_ports.as_dicts(found))
    elif found:
        # One line a port, however wide: it is searched with grep as often as it is read.
        WIDE.print(serial_ports.table(found))
    for hint in serial_ports.hints(found):
        say(hint)


@click.command()
@click.argument("kind", type=click.Choice(["rig", "spacecraft"]), default="rig")
def schema(kind: str) -> None:
    """Print the JSON Schema of rig or spacecraft files, for editors."""
    from hil.rig.schema import SCHEMAS

    show_json(SCHEMAS[kind]())

"""The tools around a run: wire, doctor, ports."""

from __future__ import annotations

import click

from hil.cli.console import OUT, WIDE, say, show_json
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

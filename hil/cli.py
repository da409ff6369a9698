"""The command line: `hil run`, `hil check`, `hil info` and the tools around them.

Exit status: 0 requirements met, 1 requirement missed, 2 rig or usage error, 3 link or OBC failed.
Figures go to standard output, everything else to standard error.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from hil import __version__
from hil.errors import HilError, RigError

if TYPE_CHECKING:
    from hil.recording import Recording

_err = Console(stderr=True, highlight=False, soft_wrap=True)
_out = Console(highlight=False, soft_wrap=True)

PathArgument = click.Path(path_type=Path)
_INTERRUPTED = 130  # what shells say of a program that ended on Ctrl-C


def _say(text: str) -> None:
    _err.print(text, markup=False)


class _Group(click.Group):
    """Turns every error that the bench can explain into one message and its exit status."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except HilError as error:
            _say(f"hil: {error}")
            raise click.exceptions.Exit(error.exit_status) from None
        except KeyboardInterrupt:
            _say("hil: interrupted")
            raise click.exceptions.Exit(_INTERRUPTED) from None
        except BrokenPipeError:
            sys.stderr.close()
            raise click.exceptions.Exit(141) from None


def _terminate(*_: object) -> NoReturn:
    raise KeyboardInterrupt


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hil")
def main() -> None:
    """Test bench that closes a CubeSat's attitude loop around its flight computer."""
    # A terminated bench ends as an interrupted one: OBC stopped, recording closed.
    signal.signal(signal.SIGTERM, _terminate)


@main.command()
@click.argument("rig", type=PathArgument)
@click.option(
    "--obc",
    default="posix",
    show_default=True,
    metavar="PLACE",
    help="library, posix, qemu, qemu-fast, or a port such as /dev/ttyACM0.",
)
@click.option("--duration", type=float, metavar="S", help="Simulated seconds instead of the rig's.")
@click.option("--seed", type=int, help="Seed instead of the rig's.")
@click.option("--out", type=PathArgument, metavar="FILE", help="Where the recording goes.")
@click.option(
    "--firmware",
    type=PathArgument,
    metavar="FILE",
    help="Run this firmware instead of building the project's own.",
)
@click.option(
    "--compiler",
    metavar="NAME",
    help="Build with this compiler: cc, gcc, clang, arm-none-eabi-gcc or zig.",
)
@click.option(
    "--against",
    type=PathArgument,
    metavar="RECORDING",
    help="Fail unless every step is the same as in this recording, bit for bit.",
)
@click.option("--plot", "live", is_flag=True, help="Show live plots beside the run.")
@click.option("--realtime", is_flag=True, help="Pace the steps by the wall clock.")
@click.option(
    "--priority", is_flag=True, help="Ask for SCHED_FIFO and locked memory, and say what came."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def run(
    rig: Path,
    obc: str,
    duration: float | None,
    seed: int | None,
    out: Path | None,
    firmware: Path | None,
    compiler: str | None,
    against: Path | None,
    live: bool,
    realtime: bool,
    priority: bool,
    as_json: bool,
) -> None:
    """Close the loop of RIG around an OBC and judge it."""
    from hil import bench, checks, summary
    from hil.priority import raise_priority
    from hil.recording import Recording
    from hil.rig import load_rig

    loaded = load_rig(rig).with_overrides(seed=seed, duration_s=duration)
    path = out or _recording_path(loaded.name, obc)
    if live:
        from hil import dashboard

        dashboard.launch(path)
    for granted in raise_priority() if priority else ():
        _say(granted)
    with _kept(path), _progress() as progress:
        result = bench.run(
            loaded,
            obc,
            path,
            firmware=firmware,
            compiler=compiler,
            realtime=realtime,
            announce=_say,
            progress=progress,
        )
    recording = Recording(result.recording)
    verdicts = checks.evaluate(loaded, [recording])
    if as_json:
        click.echo(json.dumps(summary.summary_dict(result, verdicts), indent=2))
    else:
        summary.print_summary(_out, result, verdicts)
    same = against is None or _same(Recording(against), recording)
    raise click.exceptions.Exit(0 if same and all(v.met for v in verdicts) else 1)


def _recording_path(rig: str, obc: str) -> Path:
    place = Path(obc).name.replace(":", "-")
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    return Path("recordings") / f"{rig}-{place}-{now}.mcap"


def _same(expected: Recording, recording: Recording) -> bool:
    from hil.recording import first_difference

    difference = first_difference(expected, recording)
    if difference is None:
        _say(f"same bits as {expected.path}")
        return True
    _say(f"not the same as {expected.path}: {difference}")
    return False


@contextmanager
def _kept(recording: Path) -> Iterator[None]:
    """Say where the recording lies when a run ends early."""
    try:
        yield
    except (HilError, KeyboardInterrupt):
        if recording.is_file():
            _say(f"recording so far: {recording}")
        raise


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error; hands out what the bench calls with (steps done, of how many)."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f} steps"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_err, transient=True) as bar:
        task = bar.add_task("closing the loop", total=1, rate="")

        def update(done: int, total: int) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, completed=done, total=total, rate=f"{speed:.0f}/s" if speed else "")

        yield update


@main.command()
@click.argument("rigs", nargs=-1, required=True, type=PathArgument)
def check(rigs: tuple[Path, ...]) -> None:
    """Say whether each RIG is valid, without running it."""
    from hil.rig import load_rig

    failed = 0
    for path in rigs:
        try:
            loaded = load_rig(path)
        except RigError as error:
            failed += 1
            _say(f"hil: {error}")
        else:
            _out.print(
                f"{path}: {loaded.title}: valid, {len(loaded.requirement)} requirements",
                markup=False,
            )
    raise click.exceptions.Exit(RigError.exit_status if failed else 0)


@main.command()
@click.argument("recording", type=PathArgument)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def info(recording: Path, as_json: bool) -> None:
    """Print what a RECORDING holds: rig, OBC, versions, columns, counters."""
    from hil import summary
    from hil.recording import Recording

    read = Recording(recording)
    if as_json:
        click.echo(json.dumps(summary.info_dict(read), indent=2))
    else:
        summary.print_info(_out, read)


@main.command("phase")
@click.argument("rig", type=PathArgument)
@click.option("--obc", default="posix", show_default=True, metavar="PLACE", help="As for hil run.")
@click.option("--firmware", type=PathArgument, metavar="FILE", help="As for hil run.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def phase_command(rig: Path, obc: str, firmware: Path | None, as_json: bool) -> None:
    """Check sign, axis, scale and frame of every device of RIG in open loop."""
    from hil.obc.places import open_obc
    from hil.phasing import phase, print_findings
    from hil.rig import load_rig

    loaded = load_rig(rig)
    with open_obc(obc, loaded.obc.baud, firmware) as opened:
        _say(f"{loaded.title}: phasing test on {obc}: {opened.description}")
        findings = phase(loaded, opened)
    if as_json:
        click.echo(json.dumps([each._asdict() for each in findings], indent=2))
    else:
        print_findings(_out, findings)
    raise click.exceptions.Exit(0 if all(each.verdict == "pass" for each in findings) else 1)


@main.command()
@click.argument("recording", type=PathArgument)
@click.option("--follow", is_flag=True, help="Keep up with a recording that still grows.")
@click.option("--light", is_flag=True, help="Dark on light, for print.")
def plot(recording: Path, follow: bool, light: bool) -> None:
    """Show a RECORDING as plots, whole or as it grows."""
    from hil import dashboard

    dashboard.check()
    raise click.exceptions.Exit(dashboard.show(recording, follow, "light" if light else "dark"))


@main.command()
@click.argument("expected", type=PathArgument)
@click.argument("recording", type=PathArgument)
def compare(expected: Path, recording: Path) -> None:
    """Name the first step and column in which two recordings differ, bit by bit."""
    from hil.recording import Recording

    raise click.exceptions.Exit(0 if _same(Recording(expected), Recording(recording)) else 1)


@main.command()
@click.option("--c", "form", flag_value="c", help="The C header.")
@click.option("--xtce", "form", flag_value="xtce", help="The XTCE ground description.")
@click.option("--write", "form", flag_value="write", help="Write the committed files anew.")
def wire(form: str | None) -> None:
    """Print the message table: for people, as a C header, or as XTCE."""
    from hil.link import generated

    if form == "write":
        for path in generated.write():
            _say(f"wrote {path}")
    else:
        click.echo(generated.FORMS[form or "text"](), nl=False)


@main.group()
def firmware() -> None:
    """Build the firmware."""


@firmware.command("build")
@click.argument("places", nargs=-1)
@click.option("--compiler", metavar="NAME", help="cc, gcc, clang, arm-none-eabi-gcc or zig.")
def firmware_build(places: tuple[str, ...], compiler: str | None) -> None:
    """Build the firmware of PLACES (library, posix, qemu, qemu-fast; all when none is named)."""
    from hil.obc import build

    for place in places or tuple(build.ARTIFACTS):
        if place not in build.ARTIFACTS:
            raise RigError(f"hil firmware build {place}: expected {', '.join(build.ARTIFACTS)}")
        path = build.build(place, compiler)
        _out.print(f"{place}: {path}", markup=False)
        for line in build.sizes(path):
            _out.print(f"  {line}", markup=False)


@main.command()
@click.argument("uses", nargs=-1)
@click.option("--install", is_flag=True, help="Install what is missing (apt with sudo; pip).")
def doctor(uses: tuple[str, ...], install: bool) -> None:
    """Say what this machine lacks for USES (posix, qemu, tests; all when none is named)."""
    from hil import doctor as checks

    if install and (lacking := checks.missing(uses)):
        checks.install(lacking, _say)
    for need in checks.needs(uses):
        found = need.present()
        _out.print(
            f"{'found  ' if found else 'MISSING'} {need.what} ({', '.join(need.uses)}): "
            f"{found or checks.remedy(need)}",
            markup=False,
        )
    raise click.exceptions.Exit(1 if checks.missing(uses) else 0)


@main.command()
def ports() -> None:
    """List the serial ports of this machine and what is plugged into them."""
    from serial.tools import list_ports

    found = list_ports.comports()
    for port in found:
        _out.print(
            f"{port.device}  {port.description}  {port.manufacturer or ''}".rstrip(), markup=False
        )
    if not found:
        _say("no serial ports here: is the board plugged in, and is its cable a data cable?")

"""The command line: `hil run`, `hil check`, `hil info` and the tools around them.

Exit status: 0 requirements met, 1 requirement missed or not judged, 2 rig or usage error, 3 link or
OBC failed, 4 a fault of the bench itself, 130 interrupted.
"""

import sys
from typing import Any

from hil.cli import memory_limit  # noqa: F401 - first: it asks for the memory that all others take

# isort: split
import click

from hil import __version__
from hil.cli import (
    campaign,
    compare,
    faults,
    firmware,
    judging,
    keys,
    lines,
    look,
    margins,
    phase,
    project,
    replay,
    report,
    run,
    scene,
    seu,
    tools,
    verify,
)
from hil.cli.console import drop_output, print_any_letter, print_whole, say, say_what_is_logged
from hil.cli.fault import check_folder, of_the_machine, report_fault
from hil.cli.interrupt import hung_up, in_words, interrupt_on_signals, interrupted
from hil.errors import FAULT, INTERRUPTED, HilError, RigError, visible

_PIPE_CLOSED = 141


class _Group(click.Group):
    """Turns every error that the bench can explain into one message and its exit status."""

    def __init__(self, *arguments: Any, **keys: Any) -> None:
        super().__init__(*arguments, **keys)
        self.titles: dict[str, str] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """All commands, in the order in which the help has them."""
        return list(self.commands)

    def format_commands(  # as click has it
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """Print the commands under their titles."""
        wide = max(map(len, self.commands))
        for title in dict.fromkeys(self.titles.values()):
            named = [(n, c) for n, c in self.commands.items() if self.titles.get(n) == title]
            with formatter.section(title):
                room = formatter.width - wide - 6
                formatter.write_dl([(f"{n:{wide}}", c.get_short_help_str(room)) for n, c in named])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except HilError as error:
            say(f"hil: {error}")
            raise click.exceptions.Exit(error.exit_status) from None
        except KeyboardInterrupt as interrupt:
            say(f"hil: {in_words(interrupt)}")
            raise click.exceptions.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            sys.stderr.close()
            raise click.exceptions.Exit(_PIPE_CLOSED) from None
        except click.UsageError as error:  # which quotes what was typed
            told = error.format_message()
            if (shown := visible(told, lines=True)) == told:
                raise
            raise click.UsageError(shown, error.ctx) from None
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if hung_up() and isinstance(error, OSError):  # nobody is left to tell
                raise click.exceptions.Exit(INTERRUPTED) from None
            if (signalled := interrupted()) is not None:  # what it broke off is no fault
                say(f"hil: {in_words(signalled)}")
                raise click.exceptions.Exit(INTERRUPTED) from None
            if (refused := of_the_machine(error)) is not None:
                say(f"hil: {refused}")
                drop_output()
                raise click.exceptions.Exit(RigError.exit_status) from None
            report_fault(error)
            raise click.exceptions.Exit(FAULT) from None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hil")
def main() -> None:
    """Test bench that closes a CubeSat's attitude loop around its flight computer."""
    print_whole()
    print_any_letter()
    say_what_is_logged()
    interrupt_on_signals()
    check_folder()


for _title, _commands in {
    "Run": (
        run.run,
        phase.phase_command,
        scene.scene,
        campaign.campaign,
        margins.margins_command,
        faults.faults_command,
        seu.seu_command,
        replay.replay_command,
    ),
    "Judge": (
        judging.judge_command,
        report.report_command,
        report.matrix_command,
        compare.compare,
        verify.verify_command,
    ),
    "Recordings": (look.info, look.plot, look.export, look.recover, lines.sniff),
    "Rigs": (
        project.new,
        look.check,
        keys.keys,
        project.parts,
        tools.schema,
        lines.lines_command,
        tools.wire,
    ),
    "Machine and boards": (tools.doctor, tools.ports, firmware.firmware),
}.items():
    for _command in _commands:
        main.add_command(_command)
        main.titles[_command.name or ""] = _title

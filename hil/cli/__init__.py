"""The command line: `hil run`, `hil check`, `hil info` and the tools around them.

Exit status: 0 requirements met, 1 requirement missed or not judged, 2 rig or usage error, 3 link or
OBC failed, 4 a fault of the bench itself, 130 interrupted.
"""

import sys

import click

from hil import __version__
from hil.cli import (
    campaign,
    compare,
    faults,
    judging,
    keys,
    lines,
    look,
    project,
    replay,
    report,
    run,
    seu,
    tools,
)
from hil.cli.console import say, say_what_is_logged
from hil.cli.fault import report_fault
from hil.cli.interrupt import hung_up, in_words, interrupt_on_terminate
from hil.errors import FAULT, INTERRUPTED, HilError

_PIPE_CLOSED = 141


class _Group(click.Group):
    """Turns every error that the bench can explain into one message and its exit status."""

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
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if hung_up() and isinstance(error, OSError):  # nobody is left to tell
                raise click.exceptions.Exit(INTERRUPTED) from None
            report_fault(error)
            raise click.exceptions.Exit(FAULT) from None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hil")
def main() -> None:
    """Test bench that closes a CubeSat's attitude loop around its flight computer."""
    say_what_is_logged()
    interrupt_on_terminate()


for _command in (
    run.run,
    run.phase_command,
    campaign.campaign,
    campaign.verify_command,
    judging.judge_command,
    report.report_command,
    report.matrix_command,
    faults.faults_command,
    look.check,
    look.info,
    look.plot,
    compare.compare,
    replay.replay_command,
    lines.lines_command,
    lines.sniff,
    seu.seu_command,
    look.recover,
    look.export,
    tools.wire,
    keys.keys,
    tools.firmware,
    tools.doctor,
    tools.ports,
    tools.schema,
    project.new,
    project.parts,
):
    main.add_command(_command)

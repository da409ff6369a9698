"""Errors that a user of the bench can meet, one tree:

    HilError                 anything that stops the bench                            status 3
    +-- RigError             a rig, a file or a command line that cannot be used      status 2
    +-- RecordingError       a recording that cannot be written, read or compared     status 2
    +-- CheckError           a requirement that cannot be judged                      status 2
    +-- PointingError        a pointing figure that cannot be computed                status 2
    +-- LinkError            the line between bench and OBC                           status 3
        +-- ObcError         the OBC itself                                           status 3

The message of each says what happened, where, and what to do. ``hil`` ends with its status. Any
other exception is a fault of the bench itself, status 4.
"""

FAULT = 4
INTERRUPTED = 130  # what shells say of a program that ended on Ctrl-C; on SIGTERM and SIGHUP too


def visible(text: str, *, lines: bool = False) -> str:
    """Return text from outside with what a terminal would obey, or hide, written out: ``\\x1b``.

    lines: leave ends of lines as they are.
    """
    kept = "\t\n" if lines else "\t"
    return "".join(
        each if each.isprintable() or each in kept else each.encode("unicode_escape").decode()
        for each in text
    )


class HilError(Exception):
    """Anything that stops the bench; the message alone must say what to do."""

    exit_status = 3


class RigError(HilError):
    """A rig, a file or a command line that cannot be used as it stands."""

    exit_status = 2


class RecordingError(HilError):
    """A recording that cannot be written, read or compared; the message says which and why."""

    exit_status = 2


class CheckError(HilError):
    """A requirement that cannot be judged on the recordings given."""

    exit_status = 2


class RunTooShortError(CheckError):
    """A requirement to whose time a run does not come."""


class PointingError(HilError):
    """A pointing figure that cannot be computed from what there is."""

    exit_status = 2


class DeviceError(HilError):
    """A device of an installed package that cannot be used; the message names the package."""

    exit_status = 2


class LinkError(HilError):
    """The line between bench and OBC failed: port missing, busy, silent or corrupt."""


class ObcError(LinkError):
    """The OBC itself failed: it did not start, died, or is not the one this bench talks to."""

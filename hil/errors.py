"""Errors that a user of the bench can meet; each carries the exit status that `hil` ends with."""

INTERRUPTED = 130  # what shells say of a program that ended on Ctrl-C; on SIGTERM and SIGHUP too


class HilError(Exception):
    """Anything that stops the bench; the message alone must tell what to do."""

    exit_status = 3


class RigError(HilError):
    """A rig, a recording or a command line that cannot be used as it stands."""

    exit_status = 2


class RecordingError(HilError):
    """A recording that cannot be written, read or compared; the message says which and why."""

    exit_status = 2


class PointingError(HilError):
    """A pointing figure that cannot be computed from what there is."""

    exit_status = 2


class CheckError(HilError):
    """A requirement that cannot be judged on the recordings given."""

    exit_status = 2


class LinkError(HilError):
    """The line between bench and OBC failed: port missing, busy, silent or corrupt."""


class ObcError(LinkError):
    """The OBC itself failed: it did not start, died, or is not the one this bench talks to."""

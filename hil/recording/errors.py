"""What can be wrong with a recording."""

from hil.errors import HilError


class RecordingError(HilError):
    """A recording that cannot be written, read or compared; the message says which and why."""

    exit_status = 2

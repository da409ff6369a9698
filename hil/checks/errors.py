"""What is told of a recording that cannot be judged."""

from hil.errors import HilError


class CheckError(HilError):
    """A requirement that cannot be judged on the recordings given."""

    exit_status = 2

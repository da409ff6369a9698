"""What is told of a pointing figure that cannot be had."""

from hil.errors import HilError


class PointingError(HilError):
    """A pointing figure that cannot be computed from what there is."""

    exit_status = 2

"""Whether an OBC still is the one that answered before, by the count of its commands."""

from hil.link.packet import SEQUENCE_MAX

_NARROW_MAX = 0xFF
_GAP_MOST = 0xFF  # a firmware that counts all its packets in one leaves gaps, but no longer ones


class CommandCount:
    """Follows the sequence count of an OBC's commands: 14 bits that go up by one a command.

    A count that goes back comes from an OBC that restarted, wherever in the count that is, unless
    as many commands were lost as it takes to go once around. A firmware that does not count is not
    held to it, one that counts in eight bits may go around at their end, and gaps are let pass:
    commands that never came are counted elsewhere.
    """

    def __init__(self) -> None:
        self.step = self.sequence = -1  # of the last command
        self._repeats = self._counts = self._has_gaps = self._narrow = False
        self.steady = False

    @property
    def counts(self) -> bool:
        """Whether two counts have been seen that differ, so that a restart would be noticed."""
        return self._counts

    def restarted(self, step: int, sequence: int) -> bool:
        """Take the count of the command for a step, in the order in which they come.

        Returns whether the OBC restarted since the command before.
        """
        last, unheard = self.sequence, max(0, step - self.step - 1)
        self.step, self.sequence = step, sequence
        if last < 0:
            return False
        if not self._counts and sequence == last:
            self._repeats = True
            return False
        began_anew = self._repeats and last == 0  # it does count, and had told 0 twice
        self._counts, self._repeats = True, False
        fits = not began_anew and self._continues(last, unheard, sequence)
        self.steady = fits and not self._narrow
        return not fits

    def _continues(self, last: int, unheard: int, sequence: int) -> bool:
        """Whether a count follows on the last, with so many commands lost between."""
        if self._narrow:
            fits = sequence <= _NARROW_MAX
            return fits and (sequence - last - 1) & _NARROW_MAX <= unheard
        jump = (sequence - last - 1) & SEQUENCE_MAX
        if jump <= unheard:
            return True
        if last == _NARROW_MAX and sequence == 0:
            self._narrow = True
            return True
        if sequence > last:
            self._has_gaps = True
            return True
        return self._has_gaps and jump <= _GAP_MOST

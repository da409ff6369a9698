"""Whether an OBC still is the one that answered before, by the count of its commands."""

from typing import NamedTuple

from hil.link.packet import SEQUENCE_MAX

_NARROW_MAX = 0xFF
_GAP_MOST = 0xFF  # a firmware that counts all its packets in one leaves gaps, but no longer ones


class _Heard(NamedTuple):
    step: int
    sequence: int


class CommandCount:
    """Follows the sequence count of an OBC's commands: 14 bits that go up by one a command.

    A count that goes back comes from an OBC that restarted, wherever in the count that is, unless
    as many commands were lost as it takes to go once around. A firmware that does not count is not
    held to it, one that counts in eight bits may go around at their end, and gaps are let pass:
    commands that never came are counted elsewhere.
    """

    def __init__(self) -> None:
        self._last: _Heard | None = None
        self._repeats = self._counts = self._has_gaps = self._narrow = False

    @property
    def counts(self) -> bool:
        """Whether two counts have been seen that differ, so that a restart would be noticed."""
        return self._counts

    def restarted(self, step: int, sequence: int) -> bool:
        """Take the count of the command for a step, in the order in which they come.

        Returns whether the OBC restarted since the command before.
        """
        last, self._last = self._last, _Heard(step, sequence)
        if last is None:
            return False
        if not self._counts and sequence == last.sequence:
            self._repeats = True
            return False
        self._counts = True
        if self._repeats:  # it does count: when it told the same number twice, it had begun anew
            return last.sequence == 0
        return not self._continues(last, max(0, step - last.step - 1), sequence)

    def _continues(self, last: _Heard, unheard: int, sequence: int) -> bool:
        """Whether a count follows on the last, with so many commands lost between."""
        if self._narrow:
            fits = sequence <= _NARROW_MAX
            return fits and (sequence - last.sequence - 1) & _NARROW_MAX <= unheard
        jump = (sequence - last.sequence - 1) & SEQUENCE_MAX
        if jump <= unheard:
            return True
        if last.sequence == _NARROW_MAX and sequence == 0:
            self._narrow = True
            return True
        if sequence > last.sequence:
            self._has_gaps = True
            return True
        return self._has_gaps and jump <= _GAP_MOST

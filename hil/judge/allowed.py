"""How much trouble on the line, and of the OBC, a run may have."""

from __future__ import annotations

from hil.config import Model
from hil.judge.required import Count


class Allowed(Model):
    """How many of each trouble a run may have.

    The bench counts what is COUNTED by these names; the rest the firmware tells.
    rejected_commands: values for an actuator that were no numbers, negative on-times, and on-times
    of thrusters that are not there. late_steps: that the bench itself began, or ended, when the
    next was due.
    watchdog_resets: by which housekeeping's count rose. impossible_states: such events of the
    reference flight software, whose filters begin anew then. frames_refused_by_obc: frames that
    came to it damaged, as housekeeping tells.
    """

    lost_replies: Count = 0
    late_replies: Count = 0
    stale_replies: Count = 0
    crc_errors: Count = 0
    broken_frames: Count = 0
    unexpected_frames: Count = 0
    rejected_commands: Count = 0
    late_steps: Count = 0
    watchdog_resets: Count = 0
    impossible_states: Count = 0
    frames_refused_by_obc: Count = 0


_TOLD = ("watchdog_resets", "impossible_states", "frames_refused_by_obc")
COUNTED = tuple(name for name in Allowed.model_fields if name not in _TOLD)

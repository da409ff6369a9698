"""A cable that was pulled: whether and for how long its port is waited for."""

import time
from collections.abc import Callable

from hil.obc.place import LineGoneError, Obc

PATIENCE_S = 60.0
TRY_EVERY_S = 0.1
_NO_COUNT = "the OBC has not counted two commands yet, so that a restart of it would go unseen"


class Reconnection:
    """Waits for a port that went away, up to PATIENCE_S; a driver then goes on with its session.

    The step that is interrupted is a lost reply, and the actuators keep their command meanwhile. In
    lockstep simulated time stands still until the port is back and the next step follows. In real
    time it goes on, and every step until then is a lost reply too. Whether the OBC kept its state
    is seen from its sequence counts: one that restarted meanwhile is refused as ever, and before
    the second command, or with an OBC that does not count, a port that goes away ends the run.

    say: told when the port goes and comes, by an event's kind and in words.
    """

    def __init__(self, obc: Obc, say: Callable[[str, str], None], *, realtime: bool) -> None:
        self.realtime = realtime
        self._obc, self._say = obc, say
        self._gone: LineGoneError | None = None
        self._gone_since_s = self._tried_s = 0.0

    @property
    def gone(self) -> LineGoneError | None:
        """Why there is no line at present."""
        return self._gone

    def begin(self, error: LineGoneError, *, counted: bool) -> None:
        """The line went away; raises LineGoneError when a restart of the OBC would go unseen.

        counted: whether it would not.
        """
        what, _, frames = str(error).partition("\n")
        if not counted:
            raise LineGoneError(f"{what}; {_NO_COUNT}\n{frames}")
        if self._gone is None:
            self._gone, self._gone_since_s = error, time.monotonic()
            limit = f"{PATIENCE_S:g} s at most (Ctrl-C ends the run)"
            self._say("unplugged", f"{what}; waiting for it to come back, {limit}")

    def came_back(self) -> bool:
        """Try to open the port; raises LineGoneError when it has been gone for too long."""
        now_s = time.monotonic()
        if self._gone is None or now_s - self._tried_s < TRY_EVERY_S:
            return False
        self._tried_s = now_s
        away_s = now_s - self._gone_since_s
        if self._obc.reopen():
            self._gone = None
            self._say("replugged", f"port {self._obc.name} is back after {away_s:.1f} s")
            return True
        if away_s > PATIENCE_S:
            what, _, frames = str(self._gone).partition("\n")
            raise LineGoneError(f"{what}, and was not back within {PATIENCE_S:g} s\n{frames}")
        return False

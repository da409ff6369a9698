"""A conversation that outlives its cable: the port goes away, comes back, and the run goes on."""

import contextlib
import time
from collections.abc import Callable

from hil.link.framing import Deframer
from hil.link.table import CORE_TABLE, MessageTable
from hil.obc.dialogue import Dialogue, Reply, Tap
from hil.obc.place import LineGoneError, Obc

PATIENCE_S = 60.0
_TRY_EVERY_S = 0.1
_NO_COUNT = "the OBC has not counted two commands yet, so that a restart of it would go unseen"
_SILENT = (
    "\n  nothing was heard since the port came back: did the OBC restart, maybe by being opened?"
)


class ResumingDialogue(Dialogue):
    """A dialogue that waits for a port that goes away, up to PATIENCE_S, and goes on.

    The step that is interrupted is a lost reply, and the actuators keep their command meanwhile. In
    lockstep simulated time stands still until the port is back and the next step follows. In real
    time it goes on, and every step until then is a lost reply too. `counters["replugs"]` says how
    often the port came back. Whether the OBC kept its state is seen from its sequence counts: one
    that restarted meanwhile is refused as ever, and before the second command, or with an OBC that
    does not count, a port that goes away ends the run.
    """

    def __init__(
        self,
        obc: Obc,
        tap: Tap,
        reply_timeout_s: float,
        table: MessageTable = CORE_TABLE,
        *,
        realtime: bool,
        say: Callable[[str], None],
    ) -> None:
        super().__init__(obc, tap, reply_timeout_s, table)
        self._realtime, self._say = realtime, say
        self._gone: LineGoneError | None = None
        self._gone_since_s = self._tried_s = 0.0
        self._back_since_s: float | None = None

    def step(
        self,
        step: int,
        frames: bytes,
        patience_s: float,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> Reply:
        begin_s = time.perf_counter()
        if self._gone is None or self._is_back():
            try:
                return super().step(step, frames, patience_s, meanwhile)
            except LineGoneError as error:
                self._miss(step)
                reply_s = time.perf_counter() - begin_s
                self.wait_for_line(error)
                return _unplugged(reply_s)
        self._miss(step)
        return _unplugged(time.perf_counter() - begin_s)

    def wait_for_line(self, error: LineGoneError) -> bool:
        what, _, frames = str(error).partition("\n")
        if self._command_sequence < 1:
            raise LineGoneError(f"{what}; {_NO_COUNT}\n{frames}")
        if self._gone is None:
            self._gone, self._gone_since_s = error, time.monotonic()
            limit = f"{PATIENCE_S:g} s at most (Ctrl-C ends the run)"
            self._tell("unplugged", f"{what}; waiting for it to come back, {limit}")
        while not self._is_back():
            if self._realtime:
                return False
            time.sleep(_TRY_EVERY_S)
        return True

    def _is_back(self) -> bool:
        """Whether the port is open again; raises LineGoneError when it is gone for too long."""
        assert self._gone is not None
        now_s = time.monotonic()
        if now_s - self._tried_s < _TRY_EVERY_S:
            return False
        self._tried_s = now_s
        away_s = now_s - self._gone_since_s
        if self._obc.reopen():
            self._come_back(away_s)
            return True
        if away_s > PATIENCE_S:
            what, _, frames = str(self._gone).partition("\n")
            raise LineGoneError(f"{what}, and was not back within {PATIENCE_S:g} s\n{frames}")
        return False

    def _come_back(self, away_s: float) -> None:
        self._gone = None
        self.counters["replugs"] += 1
        self._tell("replugged", f"port {self._obc.name} is back after {away_s:.1f} s")
        # Half a frame may lie at both ends: ours is dropped, the OBC's is ended by a zero.
        self._deframer = Deframer(self._table)
        self._back_since_s = self._last_heard_s = time.monotonic()
        with contextlib.suppress(LineGoneError):  # gone again: the next step will see it
            self._send(b"\0")

    def last_frames(self) -> str:
        silent = self._back_since_s is not None and self._last_heard_s <= self._back_since_s
        return super().last_frames() + (_SILENT if silent else "")

    def _send(self, data: bytes) -> None:
        if self._gone is not None:  # not to be recorded as sent
            raise self._gone
        super()._send(data)

    def _tell(self, kind: str, text: str) -> None:
        self._warn(kind, text)
        self._say(text)


def _unplugged(reply_s: float) -> Reply:
    return Reply(None, None, None, (), reply_s, unplugged=True)

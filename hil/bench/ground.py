"""What the ground tells an OBC in a run, at its time."""

import sys
from collections import deque
from collections.abc import Iterable

from hil.bench.uplink import SetMessage, send
from hil.link.clock import Clock
from hil.link.messages import SET_PARAMETER
from hil.link.session import Session
from hil.obc.driver import Driver
from hil.obc.place import LineGoneError
from hil.recording import Recorder

NEVER = sys.maxsize


class Ground:
    """Has telecommands in the order of their steps, and sends each before its step's samples.

    next_step: the step before whose samples the next word is sent.
    """

    def __init__(self, telecommands: Iterable[SetMessage]) -> None:
        self._waiting = deque(telecommands)
        self._look_ahead()

    def _look_ahead(self) -> None:
        self.next_step = self._waiting[0].step if self._waiting else NEVER

    def send(self, driver: Driver, session: Session, clock: Clock, recorder: Recorder) -> None:
        """Send what is due; what the line does not take now goes when it is back."""
        while self.next_step <= clock.step:
            if session.obc_is_down:
                lost = f"{self._next().what}: lost, the OBC is down"
                recorder.event(clock.now_ns, "ground", "telecommand", lost)
                continue
            try:
                what = send(driver, self._waiting[0])
            except LineGoneError as error:
                if not driver.wait_for_line(error):
                    return
            else:
                if self._next().message is not SET_PARAMETER:
                    recorder.event(clock.now_ns, "ground", "telecommand", what)

    def _next(self) -> SetMessage:
        told = self._waiting.popleft()
        self._look_ahead()
        return told

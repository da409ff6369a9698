"""What the ground tells an OBC in a run, at its time."""

from collections import deque
from collections.abc import Iterable

from hil.bench.uplink import SetMessage, send
from hil.link.clock import Clock
from hil.link.messages import SET_PARAMETER
from hil.link.session import Session
from hil.obc.driver import Driver
from hil.obc.place import LineGoneError
from hil.recording import Recorder


class Ground:
    """Has telecommands in the order of their steps, and sends each before its step's samples."""

    def __init__(self, telecommands: Iterable[SetMessage]) -> None:
        self._waiting = deque(telecommands)

    @property
    def next_step(self) -> int | None:
        """The step before whose samples the next word is sent; None when there is none."""
        return self._waiting[0].step if self._waiting else None

    def is_due(self, step: int) -> bool:
        """Return whether there is something to be sent now."""
        return bool(self._waiting) and self._waiting[0].step <= step

    def send(self, driver: Driver, session: Session, clock: Clock, recorder: Recorder) -> None:
        """Send what is due; what the line does not take now goes when it is back."""
        while self.is_due(clock.step):
            if session.obc_is_down:
                lost = f"{self._waiting.popleft().what}: lost, the OBC is down"
                recorder.event(clock.now_ns, "ground", "telecommand", lost)
                continue
            try:
                what = send(driver, self._waiting[0])
            except LineGoneError as error:
                if not driver.wait_for_line(error):
                    return
            else:
                told = self._waiting.popleft()
                if told.message is not SET_PARAMETER:
                    recorder.event(clock.now_ns, "ground", "telecommand", what)

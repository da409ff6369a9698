"""Drives a session over an OBC's line: writes, reads, holds every deadline, waits for a cable."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from hil.errors import LinkError, ObcError
from hil.flight.events import event_name, event_severity, event_words
from hil.link.events import RESTARTED, Acknowledged, Event, Identified, Incident, Reply, Told
from hil.link.identity import Identity
from hil.link.messages import Message
from hil.link.session import Session
from hil.obc.place import PATIENT_S, Line, LineGoneError, Obc
from hil.obc.reconnect import TRY_EVERY_S, Reconnection
from hil.obc.tap import Tap

HELLO_PATIENCE_S = 5.0
_SAID_MAX = 8
_HELLO_TRY_S = 0.5
STOPPED_LEAST_S = 0.25
"""A wait that ends so long after its deadline was no wait: the bench did not run meanwhile."""
_T = TypeVar("_T", Identified, Acknowledged)


class Driver:
    """One OBC on its line, with deadlines that hold whatever arrives.

    Deadlines are instants of `now_s`. boot_s: how long HELLO is repeated until it must have been
    answered, after quiet_s in which nothing is sent. reconnection: what waits for a line that goes
    away; without it that ends the run. line: the OBC's own, or one around it that has faults.
    frozen: whether the OBC did not take what was sent last. stopped_s: for how long the bench did
    not run in the present step although its time was over. said: the OBC's last events in words,
    those since the last setting was sent.
    """

    def __init__(
        self,
        obc: Obc,
        session: Session,
        tap: Tap,
        reply_timeout_s: float,
        *,
        boot_s: float | None = None,
        quiet_s: float = 0.0,
        reconnection: Reconnection | None = None,
        line: Line | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.session, self.frozen, self.stopped_s = session, False, 0.0
        self._clock = session.clock
        self._obc, self._line, self._tap = obc, line or obc, tap
        self._timeout_s, self._reconnection, self._now_s = reply_timeout_s, reconnection, now_s
        self._boot_s = HELLO_PATIENCE_S if boot_s is None else boot_s
        self._quiet_s = quiet_s
        self._firmware = ""
        self.said: deque[str] = deque(maxlen=_SAID_MAX)
        self._patience_s = reply_timeout_s
        self._lost: Reply | None = None  # the present step's, when there is no line

    # -- HELLO and settings ------------------------------------------------------------------------

    def hello(self, device_count: Mapping[str, int], epoch_utc: datetime | None = None) -> Identity:
        """Put the firmware back to its boot state and learn who it is.

        Raises LinkError when nobody answers, ObcError when the two do not fit together.
        """
        if self._obc.may_be_booting:
            self._listen(self._quiet_s)
        until_s = self._now_s() + self._boot_s
        while (now_s := self._now_s()) < until_s:
            self._write_all(self.session.hello(device_count, epoch_utc), until_s, self._boot_s)
            try_s = _HELLO_TRY_S if self._boot_s < PATIENT_S else PATIENT_S
            told = self._await(Identified, min(now_s + try_s, until_s))
            if told is not None:
                self._firmware = told.identity.firmware
                return told.identity
        silence = self.session.silence(self._boot_s, self._obc.when_silent)
        raise LinkError(f"{self._obc.description}: {silence}")

    def _listen(self, quiet_s: float) -> None:
        """Take what comes for so long, and send nothing: a boot loader is at work."""
        until_s = self._now_s() + quiet_s
        while self._now_s() < until_s:
            self._receive(until_s)

    def set(self, message: Message, values: Sequence[float | int], ticks: int | None = None) -> str:
        """Send one set_ message and return the OBC's answer, a word of ACK_RESULTS.

        What it said besides is in `said`. Raises LinkError when no answer comes.
        """
        until_s = self._now_s() + self._timeout_s
        self.said.clear()
        self._write_all(self.session.setting(message, values, ticks), until_s, self._timeout_s)
        told = self._await(Acknowledged, until_s)
        if told is None:
            raise LinkError(
                f"{self._obc.description}: {message.name} was not acknowledged within "
                f"{self._timeout_s:g} s{self.session.last_frames()}"
            )
        return told.result

    def _await(self, kind: type[_T], until_s: float) -> _T | None:
        """The event that is awaited, or None when it has not come until then."""
        while (events := self._receive(until_s)) is not None:
            for event in events:
                if isinstance(event, kind):
                    return event
            if self._now_s() >= until_s:
                break
        return None

    # -- steps -------------------------------------------------------------------------------------

    def begin(self, deadline_s: float, *, asked: bool = False) -> None:
        """Begin the clock's present step, whose first octet is to go out now, or has (asked)."""
        self.stopped_s, self._lost = 0.0, None
        if not (self._obc.answers_at_once or asked):
            self._drain()
        now_s = self._now_s()
        self._patience_s = deadline_s - now_s
        self.session.begin(now_s)
        if self._reconnection is not None and not self._line_is_there():
            self._lost = self.session.give_up(now_s, unplugged=True)

    def _drain(self) -> None:
        """Take what came after the last step's command: it is not of this step."""
        if self._line_is_there():
            try:
                self._receive(0.0)
            except LineGoneError as error:
                self.wait_for_line(error)

    def send(self, frames: bytes, deadline_s: float) -> None:
        """Send frames of the present step; what the OBC does not take in time is dropped."""
        if self._lost is not None:
            return
        try:
            self._write(frames, deadline_s)
        except LineGoneError as error:
            self._lose_line(error)

    def reply(self, deadline_s: float) -> Reply:
        """Wait for the present step's reply, which is lost when it has not come by the deadline.

        Raises ObcError when the OBC is gone or has restarted.
        """
        while self._lost is None:
            try:
                events = self._receive(deadline_s)
            except LineGoneError as error:
                self._lose_line(error)
                continue
            late_s = self._now_s() - deadline_s
            stopped = late_s > STOPPED_LEAST_S and not self.stopped_s
            if stopped:
                self.stopped_s = late_s
            for event in events or ():
                if isinstance(event, Reply):
                    return event
            if stopped:  # nobody looked for what the OBC did meanwhile: it gets its time once more
                deadline_s += late_s + self._patience_s
            elif late_s >= 0.0 or events is None:
                return self.session.give_up(self._now_s())
        return self._lost

    # -- the line that goes away -------------------------------------------------------------------

    def wait_for_line(self, error: LineGoneError) -> bool:
        """Whether the line is open again already; raises the error when nobody waits for it."""
        if self._reconnection is None:
            raise error
        self._reconnection.begin(error, counted=self.session.command_count.counts)
        while not self._line_is_there():
            if self._reconnection.realtime:
                return False
            time.sleep(TRY_EVERY_S)
        return True

    def _lose_line(self, error: LineGoneError) -> None:
        if self._reconnection is not None:
            self._lost = self.session.give_up(self._now_s(), unplugged=True)
        self.wait_for_line(error)

    def _line_is_there(self) -> bool:
        reconnection = self._reconnection
        if reconnection is None or reconnection.gone is None:
            return True
        if not reconnection.came_back():
            return False
        self.session.reopened(self._now_s())
        self.frozen = True  # half a frame may lie at the other end, too
        return True

    # -- bytes -------------------------------------------------------------------------------------

    def _write_all(self, data: bytes, deadline_s: float, patience_s: float) -> None:
        if self._reconnection is not None and self._reconnection.gone is not None:
            raise self._reconnection.gone  # not to be recorded as sent
        self._write(data, deadline_s)
        if self.frozen:
            raise LinkError(
                f"{self._obc.description} has taken no more bytes for {patience_s:g} s: is it "
                f"halted by a debugger, or its firmware stuck?{self.session.last_frames()}"
            )

    def _write(self, data: bytes, deadline_s: float) -> None:
        if self.frozen:
            data = b"\0" + data  # ends the frame that was cut short
        try:
            self.frozen = not self._line.write(data, deadline_s)
        except ObcError as error:
            raise type(error)(f"{error}{self.session.last_frames()}") from error
        finally:  # after the write: the OBC is at work already
            self.note_sent(data)
        if self.frozen:
            self.session.counters["frozen_writes"] += 1
            words = "the OBC took no more bytes before the deadline"
            self._tell("frozen_write", words)

    def note_sent(self, data: bytes) -> None:
        """Record and count octets that are on the line."""
        self._tap.to_obc(self._clock.now_ns, data)
        self.session.sent.append(data)
        self.session.counters["bytes_to_obc"] += len(data)

    def _receive(self, deadline_s: float) -> list[Event] | None:
        """What came by the deadline, or None when nothing did."""
        try:
            data = self._line.read(deadline_s)
        except ObcError as error:
            raise type(error)(f"{error}{self.session.last_frames()}") from error
        if not data:
            return None
        self._tap.from_obc(self._clock.now_ns, data)
        events = self.session.receive(data, self._now_s())
        for event in events:
            if isinstance(event, Told):
                self._record(event)
            elif isinstance(event, Incident):
                self._tell(event.name, event.text)
                if event.name is RESTARTED:
                    raise ObcError(f"{event.text}{self._last_words()}{self.session.last_frames()}")
        return events

    def _last_words(self) -> str:
        return f"; it last said: {'; '.join(self.said)}" if self.said else ""

    def _record(self, told: Told) -> None:
        name, words = (tell(self._firmware, told.code) for tell in (event_name, event_words))
        text = f"{words}: {told.value:g}"
        self.said.append(text)
        severity = event_severity(self._firmware, told.code)
        now_ns, code, value = self._clock.now_ns, told.code, told.value
        self._tap.event(now_ns, "obc", name, text, code=code, value=value, severity=severity)

    def _tell(self, name: str, text: str) -> None:
        self._tap.event(self._clock.now_ns, "bench", name, text, severity="warning")

"""What bench and OBC say to each other: HELLO, acknowledged settings, steps with replies."""

import math
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple, Protocol

from hil.errors import LinkError, ObcError
from hil.flight.events import event_name, event_words
from hil.link import messages as m
from hil.link.framing import Deframer, Framer
from hil.link.identity import Identity, identity_of, refuse_other_protocol, request_values
from hil.link.packet import SEQUENCE_MAX, Fault, Packet, Value
from hil.link.protocol1 import REQUEST as REQUEST_OF_PROTOCOL_1
from hil.link.protocol1 import hello_in
from hil.link.table import CORE_TABLE, MessageTable
from hil.link.words import FRAMES_SHOWN, in_words, silence_in_words
from hil.obc.place import LineGoneError, Obc

HELLO_PATIENCE_S = 5.0
_HELLO_TRY_S = 0.5
_FAULT_NAMES = {"crc": ("crc_errors", "crc_error")}  # kind of fault -> counter, event


class Tap(Protocol):
    """Who wants to see every byte of both directions, and every event."""

    def to_obc(self, data: bytes) -> None:
        """Bytes just written to the line."""

    def from_obc(self, data: bytes) -> None:
        """Bytes just read from the line."""

    def event(
        self,
        source: str,
        name: str,
        text: str = "",
        *,
        code: int = 0,
        value: float = math.nan,
        severity: str = "info",
    ) -> None:
        """Something a reader of the recording should know: who tells it, its kind, in words.

        source: bench, obc, fault or ground. code, value: the firmware's.
        severity: debug, info, warning, error or fatal.
        """


class Reply(NamedTuple):
    """An OBC's answer to one step: the values of each message, or None where it did not come."""

    command: tuple[Value, ...] | None
    estimate: tuple[Value, ...] | None
    housekeeping: tuple[Value, ...] | None
    sensed: tuple[tuple[Value, ...], ...]
    reply_s: float
    unplugged: bool = False
    thrusters: tuple[Value, ...] | None = None


class Dialogue:
    """One conversation over one line; counts all that goes wrong in `counters`."""

    def __init__(
        self, obc: Obc, tap: Tap, reply_timeout_s: float, table: MessageTable = CORE_TABLE
    ) -> None:
        """table: all messages that either side may send."""
        self._obc, self._table = obc, table
        self._tap = tap
        self._timeout_s = reply_timeout_s
        self.framer = Framer()
        self._deframer = Deframer(table)
        self._sent: deque[bytes] = deque(maxlen=FRAMES_SHOWN)
        self._heard: deque[bytes] = deque(maxlen=FRAMES_SHOWN)
        self._missing: set[int] = set()
        self._command_sequence = -1
        self._firmware = ""
        self._echoed = False
        self._last_heard_s = time.monotonic()
        self.counters: Counter[str] = Counter()

    def wait_for_line(self, error: LineGoneError) -> bool:
        """Whether the line is open again already; raises the error when nobody waits for it."""
        raise error

    # -- HELLO ---------------------------------------------------------------------------------

    def hello(
        self, step_us: int, device_count: Mapping[str, int], epoch_utc: datetime | None = None
    ) -> Identity:
        """Reset the firmware and learn who it is.

        Raises LinkError when nobody answers, ObcError when the two do not fit together.
        """
        step_s = Fraction(step_us, 1_000_000)
        request = request_values(step_s, device_count, self._table, epoch_utc)
        until = time.monotonic() + HELLO_PATIENCE_S
        # The leading zero ends whatever noise a reset or an open left in the OBC's receiver.
        opening = b"\0"
        while time.monotonic() < until:
            self._send(opening + self.framer.frame(m.HELLO_REQUEST, request))
            answer = self._await_hello(min(_HELLO_TRY_S, until - time.monotonic()))
            if answer is not None:
                identity = identity_of(answer, step_s, device_count, self._table)
                self._firmware = identity.firmware
                return identity
            opening = b"\0" + REQUEST_OF_PROTOCOL_1
        raise LinkError(self._silence())

    def _await_hello(self, patience_s: float) -> Packet | None:
        until = time.monotonic() + patience_s
        while data := self._read(max(0.0, until - time.monotonic())):
            for event in self._deframer.receive(data):
                if isinstance(event, Packet) and event.message is m.HELLO:
                    self._deframer.faults.clear()
                    return event
                self._echoed |= isinstance(event, Packet) and event.message is m.HELLO_REQUEST
                refuse_other_protocol(event)
                self.counters["frames_before_hello"] += 1
        return None

    def _silence(self) -> str:
        heard = self.counters["bytes_from_obc"]
        why = silence_in_words(heard, self._echoed, HELLO_PATIENCE_S, self._obc.when_silent)
        return f"{self._obc.description}: {why}{self.last_frames() if heard else ''}"

    # -- settings ------------------------------------------------------------------------------

    def set(
        self, message: m.Message, values: Sequence[float | int], ticks: int | None = None
    ) -> str:
        """Send one set_ message and return the OBC's answer, a word of ACK_RESULTS.

        Raises LinkError when no answer comes.
        """
        self._send(self.framer.frame(message, values, ticks))
        sequence = self.framer.last_sequence(message)
        until = time.monotonic() + self._timeout_s
        while data := self._read(max(0.0, until - time.monotonic())):
            for event in self._deframer.receive(data):
                if isinstance(event, Fault):
                    self._count_fault(event)
                elif event.message is m.ACK and event.values[:2] == (message.apid, sequence):
                    return m.ACK_RESULTS[int(event.values[2])]
                else:
                    self._count_other(event)
        raise LinkError(
            f"{self._obc.description}: {message.name} was not acknowledged within "
            f"{self._timeout_s:g} s{self.last_frames()}"
        )

    # -- steps ---------------------------------------------------------------------------------

    def send_ahead(self, frames: bytes) -> None:
        """Send the first frames of a step whose others are still being made."""
        self._send(frames)

    def step(
        self,
        step: int,
        frames: bytes,
        patience_s: float,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> Reply:
        """Send one step's frames, or the rest, SYNC last, and wait for the same step's command.

        meanwhile: called once the frames are on the line, to use the time that the OBC takes.
        A reply that does not come within `patience_s` is counted as lost, and as late instead when
        it comes during a later step. Raises ObcError when the OBC is gone.
        """
        begin_s = time.perf_counter()
        self._send(frames)
        meanwhile()
        command = estimate = housekeeping = thrusters = None
        sensed: list[tuple[Value, ...]] = []
        left_s = patience_s
        while command is None and (data := self._read(left_s)):
            for event in self._deframer.receive(data):
                if isinstance(event, Fault):
                    self._count_fault(event)
                elif event.message is m.COMMAND and event.values[0] == step:
                    command = event.values
                    self._refuse_restart(step, event.sequence)
                elif event.message is m.ESTIMATE:
                    estimate = event.values
                elif event.message is m.HOUSEKEEPING:
                    housekeeping = event.values
                elif event.message is m.THRUSTER_COMMAND:
                    thrusters = event.values if event.values[0] == step else None
                elif event.message is m.SENSED:
                    sensed.append(event.values)
                else:
                    if event.message is m.COMMAND:  # the estimate before it is as old as it is
                        estimate = None
                    self._count_other(event)
            left_s = max(0.0, begin_s + patience_s - time.perf_counter())
        if command is None:
            self._miss(step)
        reply_s = time.perf_counter() - begin_s
        return Reply(command, estimate, housekeeping, tuple(sensed), reply_s, False, thrusters)

    def _refuse_restart(self, step: int, sequence: int) -> None:
        """Raise ObcError when the commands' sequence count begins anew: whatever it knew is gone.

        A firmware that does not count at all, always 0, is not held to it.
        """
        expected = (self._command_sequence + 1) & SEQUENCE_MAX
        self._command_sequence = sequence
        if expected > 1 and ((sequence - expected) & SEQUENCE_MAX) > SEQUENCE_MAX // 2:
            raise ObcError(
                f"the OBC restarted before it answered step {step}: its commands are counted from "
                f"{sequence} again, after {expected - 1} (a watchdog, a fault, a loose supply?)"
                f"{self.last_frames()}"
            )

    @property
    def silent_s(self) -> float:
        """For how long nothing has been heard, in seconds."""
        return time.monotonic() - self._last_heard_s

    def _miss(self, step: int) -> None:
        self._missing.add(step)
        self.counters["lost_replies"] = len(self._missing)

    def _count_fault(self, fault: Fault) -> None:
        if hello_in(fault):  # asked for while the board booted
            self.counters["repeated_hellos"] += 1
            return
        counter, name = _FAULT_NAMES.get(fault.kind, ("broken_frames", "broken_frame"))
        self.counters[counter] += 1
        self._warn(name, f"{fault.kind}: {fault.data.hex()}")

    def _count_other(self, packet: Packet) -> None:
        if packet.message is m.EVENT:
            code, value = int(packet.values[0]), float(packet.values[1])
            text = f"{event_words(self._firmware, code)}: {value:g}"
            name = event_name(self._firmware, code)
            self._tap.event("obc", name, text, code=code, value=value)
        elif packet.message is m.HELLO:
            # A slow board answers every request that was sent while it booted, in order.
            self.counters["repeated_hellos"] += 1
        elif packet.message is m.COMMAND:
            self._count_old(int(packet.values[0]))
        else:
            self.counters["unexpected_frames"] += 1
            self._warn("unexpected_frame", packet.message.name)

    def _count_old(self, step: int) -> None:
        if step in self._missing:
            self._missing.remove(step)
            self.counters["lost_replies"] = len(self._missing)
            self.counters["late_replies"] += 1
            self._warn("late_reply", f"command for step {step}")
        else:
            self.counters["stale_replies"] += 1
            self._warn("stale_reply", f"command for step {step}")

    def _warn(self, name: str, text: str) -> None:
        self._tap.event("bench", name, text, severity="warning")

    # -- bytes ---------------------------------------------------------------------------------

    def _send(self, data: bytes) -> None:
        self._sent.append(data)
        try:
            self._obc.write(data)
        except ObcError as error:
            raise type(error)(f"{error}{self.last_frames()}") from error
        finally:  # after the write: the OBC is at work already
            self._tap.to_obc(data)
            self.counters["bytes_to_obc"] += len(data)

    def _read(self, timeout_s: float) -> bytes:
        try:
            data = self._obc.read(timeout_s)
        except ObcError as error:
            raise type(error)(f"{error}{self.last_frames()}") from error
        if data:
            self._last_heard_s = time.monotonic()
            self._heard.append(data)
            self._tap.from_obc(data)
            self.counters["bytes_from_obc"] += len(data)
        return data

    def last_frames(self) -> str:
        """The last frames of both directions in words, for an error message."""
        sent, heard = in_words(self._sent, self._table), in_words(self._heard, self._table)
        return f"\n  last sent: {sent}\n  last heard: {heard}"

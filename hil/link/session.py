"""One conversation with an OBC, without I/O: octets and the present time in, events out."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from datetime import datetime

from hil.errors import ObcError
from hil.link import messages as m
from hil.link.clock import Clock
from hil.link.events import (
    RESTARTED,
    Acknowledged,
    Event,
    Identified,
    Incident,
    Reply,
    Told,
    Values,
)
from hil.link.framing import Deframer, Framer
from hil.link.identity import identity_of, refuse_misfit, request_values
from hil.link.misfit import swapped, swapped_words
from hil.link.packet import Fault, Packet, apid_of
from hil.link.protocol1 import REQUEST as REQUEST_OF_PROTOCOL_1
from hil.link.protocol1 import hello_in
from hil.link.sequence import CommandCount
from hil.link.table import CORE_TABLE, MessageTable
from hil.link.words import FRAMES_SHOWN, in_words, octets_in_words, silence_in_words, text_in

_SILENT = "nothing was heard since the port came back: did the OBC restart, maybe by being opened?"
_MISSING_KEPT = 4096  # a reply to a step that lies further back counts as stale, not as late
_BABBLE_OCTETS = 16_384  # without a valid packet: more than any step's answer


_made = tuple.__new__  # of a Reply, in half the time that its own takes


class Session:
    """Makes what is sent and understands what comes; counts all that goes wrong in `counters`.

    A step is begun, its frames are sent, and what comes is given to `receive` until that returns
    its Reply, or until the step is given up. Nothing here waits, and the present time is told.

    table: all messages that either side may send. pass_over_apids: of packets on the same line
    that are meant for somebody else.
    """

    def __init__(
        self, clock: Clock, table: MessageTable = CORE_TABLE, pass_over_apids: Sequence[int] = ()
    ) -> None:
        self.clock, self._table, self._pass_over = clock, table, frozenset(pass_over_apids)
        self.counters: Counter[str] = Counter()
        self.framer, self._deframer = Framer(), Deframer(table)
        self.command_count = CommandCount()
        self._last_command = (-1, -1)  # step and sequence count
        self.sent: deque[bytes] = deque(maxlen=FRAMES_SHOWN)  # what was written to the line last
        self.heard: deque[bytes] = deque(maxlen=FRAMES_SHOWN)  # and what was read
        self._events: list[Event] = []
        self._devices: Mapping[str, int] | None = None  # while HELLO is awaited
        self._awaited: tuple[int, int] | None = None  # APID and count of a set_ message
        self.obc_is_down = False  # because the bench has it so: its silence is no fault of the line
        self._conversing = False  # whether anything was heard that only comes after HELLO
        self._missing: dict[int, None] = {}  # steps in order: the first is the oldest
        self._step: int | None = None  # whose reply is awaited
        self._begun_s = self.heard_s = 0.0
        self._reopened_s = -1.0
        self._answered = self._trailing = self._echoed = False
        self._octets_without_packet = 0
        self._estimate: Values | None = None
        self._housekeeping: Values | None = None
        self._separate: dict[m.Message, Values] = {}
        self._sensed: tuple[Values, ...] = ()
        self._sightings: Values | None = None
        self._radio: tuple[bytes, ...] = ()
        self.names: dict[tuple[int, int], str] = {}
        """What the firmware calls things of its own: (what, number) as in message named."""

    # -- what is sent ------------------------------------------------------------------------------

    def hello(self, device_count: Mapping[str, int], epoch_utc: datetime | None = None) -> bytes:
        """The question who is there, which puts the OBC back to its boot state.

        From the second time on a firmware of protocol 1 is asked, too.
        """
        self._devices, again = device_count, self._devices is not None
        values = request_values(self.clock.period_s, device_count, self._table, epoch_utc)
        # The leading zero ends whatever noise a reset or an open left in the OBC's receiver.
        opening = b"\0" + REQUEST_OF_PROTOCOL_1 if again else b"\0"
        return opening + self.framer.frame(m.HELLO_REQUEST, values)

    def setting(
        self, message: m.Message, values: Sequence[float | int], ticks: int | None = None
    ) -> bytes:
        """The frame of one set_ message, whose acknowledgement is awaited from now on."""
        frame = self.framer.frame(message, values, ticks)
        self._awaited = (message.apid, self.framer.last_sequence(message))
        return frame

    def sync(self) -> bytes:
        """The frame that closes the samples of the clock's present step."""
        return self.framer.frame(m.SYNC, (self.clock.step,), self.clock.now_ticks)

    # -- a step ------------------------------------------------------------------------------------

    def begin(self, now_s: float) -> None:
        """Await the reply to the clock's present step, whose first octet goes out now."""
        if self._answered and self._estimate is not None:
            self._tell_late_estimate()
        self._trailing = self._answered and bool(self._deframer.pending)
        self._step, self._begun_s, self._answered = self.clock.step, now_s, False

    @property
    def settled(self) -> bool:
        """Whether the last step was answered as usual, and nothing said since or half said."""
        half = self._devices, self._awaited, self._estimate, self._housekeeping, self._sightings
        return (
            self._conversing
            and self.command_count.steady
            and not self.obc_is_down
            and all(each is None for each in half)
            and not (self._separate or self._sensed or self._events or self._deframer.pending)
        )

    def went_on(self, step: int, sequence: int, sent: int, heard: int, now_s: float) -> None:
        """Take notice of steps made elsewhere, each answered as usual, whose last one this is.

        sequence: count of its command. sent, heard: how many octets of all these steps there were.
        """
        self._answered, self._trailing, self._step = True, False, None
        self._last_command = (step, sequence)
        self.command_count.step, self.command_count.sequence = step, sequence
        self.counters["bytes_to_obc"] += sent
        self.counters["bytes_from_obc"] += heard
        self._octets_without_packet, self.heard_s = 0, now_s

    def give_up(self, now_s: float, *, unplugged: bool = False) -> Reply:
        """Await the step's command no longer: it counts as lost, and as late when it comes yet."""
        if self._step is not None and self.obc_is_down:
            self.counters["replies_lost_to_faults"] += 1
        elif self._step is not None:
            if len(self._missing) >= _MISSING_KEPT:
                del self._missing[next(iter(self._missing))]
            self._missing[self._step] = None
            self.counters["lost_replies"] += 1
        return self._reply(None, now_s, unplugged)

    def reopened(self, now_s: float) -> None:
        """The line is another one: what was begun on the old one never ends."""
        self._deframer, self._trailing = Deframer(self._table), False
        self._reopened_s = self.heard_s = now_s

    def obc_restarted(self) -> None:
        """The bench had the OBC restart: it begins its counts anew, and may say HELLO unasked."""
        self._deframer, self._trailing = Deframer(self._table), False
        self.command_count, self._conversing = CommandCount(), False

    def _reply(self, command: Values | None, now_s: float, unplugged: bool = False) -> Reply:
        estimate, housekeeping, sensed = self._estimate, self._housekeeping, self._sensed
        separate, reply_s = self._separate, now_s - self._begun_s
        self._step = self._estimate = self._housekeeping = None
        self._sensed, self._separate = (), {}
        sightings, self._sightings = self._sightings, None
        radio, self._radio = self._radio, ()
        told = (command, estimate, housekeeping, sensed, reply_s, unplugged, separate)
        return _made(Reply, (*told, sightings, radio))

    def _tell_late_estimate(self) -> None:
        self.counters["late_estimates"] += 1
        words = "the estimate comes after its command and counts for the step after"
        if self.counters["late_estimates"] == 1:
            self._events.append(Incident("late_estimate", words))

    # -- what comes --------------------------------------------------------------------------------

    def receive(self, data: bytes, now_s: float) -> list[Event]:
        """All that new octets tell, in the order of their coming.

        Raises ObcError for an OBC that answers HELLO and does not fit this bench, and for one whose
        step numbers come with swapped octets.
        """
        self.heard_s = now_s
        self.heard.append(data)
        self.counters["bytes_from_obc"] += len(data)
        self._octets_without_packet += len(data)
        for packet in self._deframer.receive(data):
            if isinstance(packet, Fault):
                self._take_fault(packet)
            else:
                self._octets_without_packet = 0
                if packet.message is m.ESTIMATE:
                    self._estimate = packet.values
                    if self._trailing:
                        self._tell_late_estimate()
                elif packet.message is m.COMMAND:
                    self._take_command(packet, now_s)
                else:
                    self._take(packet)
            self._trailing = False
        if self._octets_without_packet > _BABBLE_OCTETS:
            self._tell_babble()
        events, self._events = self._events, []
        return events

    def _take(self, packet: Packet) -> None:
        message, values = packet.message, packet.values
        if message is m.HOUSEKEEPING:
            self._housekeeping = values
        elif message is m.SENSED:
            self._sensed = (*self._sensed, values)
        elif message is m.SIGHTINGS:
            self._sightings = values
        elif message is m.RADIO_SEND:
            self._radio = (*self._radio, bytes(map(int, values[1:])))
        elif message in self._table.separate_commands:
            self._take_separate(message, values)
        elif message is m.EVENT:
            self._events.append(Told(int(values[0]), float(values[1])))
        elif message is m.ACK:
            self._take_ack(values)
        elif message is m.HELLO:
            self._take_hello(packet)
        elif message is m.NAMED:
            self.names[int(values[0]), int(values[1])] = str(values[2])
        else:
            self._take_unasked(message.name, echoed=message is m.HELLO_REQUEST)

    def _take_command(self, packet: Packet, now_s: float) -> None:
        self._conversing = True
        step, count = int(packet.values[0]), self.command_count
        asked = min(step, self.clock.step)
        if (step, packet.sequence) == self._last_command:
            self._tell("stale_reply", "stale_replies", f"command for step {step}, twice")
            return
        self._last_command = (step, packet.sequence)
        if count.steady and packet.sequence == count.sequence + 1:  # what restarted would do, too
            count.step, count.sequence = asked, packet.sequence
        elif count.restarted(asked, packet.sequence):
            self._tell_restart(f"its commands are counted from {packet.sequence} again")
        if step == self._step:
            self._answered = True
            self._events.append(self._reply(packet.values, now_s))
            return
        self._estimate, self._separate = None, {}  # what came before it is as old as it is
        if step in self._missing:
            del self._missing[step]
            self.counters["lost_replies"] -= 1
            self._tell("late_reply", "late_replies", f"command for step {step}")
        else:
            self._refuse_swapped_step(step)
            self._tell("stale_reply", "stale_replies", f"command for step {step}")

    def _refuse_swapped_step(self, step: int) -> None:
        if step > 0xFFFFFF and self._step and swapped(step, 4) == self._step:
            words = swapped_words("a command is for step", step, self._step)
            raise ObcError(f"{words}{self.last_frames()}")

    def _take_separate(self, message: m.Message, values: Values) -> None:
        step = int(values[0])
        if step == self._step:
            self._separate[message] = values
        elif step not in self._missing:  # else its command tells that it is late
            self._tell(
                "stale_reply", "stale_replies", f"{message.name.replace('_', ' ')} for step {step}"
            )

    def _take_ack(self, values: Values) -> None:
        apid, sequence, result = (int(value) for value in values)
        if self._awaited != (apid, sequence):
            self._take_unasked(m.ACK.name)
            return
        self._awaited, self._conversing = None, True
        known = result < len(m.ACK_RESULTS)
        word = m.ACK_RESULTS[result] if known else f"result {result}, which this bench has not"
        if not known:
            self._take_unasked(f"{m.ACK.name} with {word}")
        self._events.append(Acknowledged(word))

    def _take_hello(self, packet: Packet) -> None:
        if self._devices is not None:
            identity = identity_of(packet, self.clock.period_s, self._devices, self._table)
            self._devices = None
            self._events.append(Identified(identity))
        elif self._conversing:
            self._tell_restart("it sent HELLO without being asked")
        else:  # a slow board answers every request that was sent while it booted, in order
            self.counters["repeated_hellos"] += 1

    def _take_unasked(self, what: str, *, echoed: bool = False) -> None:
        if self._devices is None:
            self._tell("unexpected_frame", "unexpected_frames", what)
        else:
            self._echoed |= echoed
            self.counters["frames_before_hello"] += 1

    def _take_fault(self, fault: Fault) -> None:
        apid = apid_of(fault.data)
        if apid in self._pass_over:
            self._octets_without_packet = 0
            self.counters["passed_over_packets"] += 1
        elif self._devices is not None:
            refuse_misfit(fault, self._table)
            self.counters["frames_before_hello"] += 1
        elif not self._conversing and hello_in(fault):  # asked for while the board booted
            self.counters["repeated_hellos"] += 1
        elif apid is not None and (fault.kind == "unknown" or apid not in self._table.by_apid):
            self._octets_without_packet = 0  # another program's, whatever checksum that has
            self._take_unasked(f"packet of APID 0x{apid:03x}, {len(fault.data)} octets")
        else:
            name = "crc_error" if fault.kind == "crc" else "broken_frame"
            self._tell(name, f"{name}s", f"{fault.kind}: {octets_in_words(fault.data)}")

    def _tell_restart(self, why: str) -> None:
        words = f"the OBC restarted before it answered step {self.clock.step}: {why}"
        self._events.append(Incident(RESTARTED, f"{words} (a watchdog, a fault, a loose supply?)"))

    def _tell_babble(self) -> None:
        self._octets_without_packet = 0
        self._tell("babbling", "babbling", f"{_BABBLE_OCTETS} octets without a valid packet")

    def _tell(self, name: str, counter: str, text: str) -> None:
        self.counters[counter] += 1
        self._events.append(Incident(name, text))

    # -- what is said about it ---------------------------------------------------------------------

    def silence(self, patience_s: float, when_silent: str) -> str:
        """Why nobody may have answered HELLO; when_silent: what to look for if nothing came."""
        heard = self.counters["bytes_from_obc"]
        text = text_in(b"".join(self.heard))
        why = silence_in_words(heard, self._echoed, patience_s, when_silent, text)
        return f"{why}{self.last_frames() if heard else ''}"

    def last_frames(self) -> str:
        """The last frames of both directions in words, for an error message."""
        sent, heard = in_words(self.sent, self._table), in_words(self.heard, self._table)
        frames = f"\n  last sent: {sent}\n  last heard: {heard}"
        return f"{frames}\n  {_SILENT}" if self.heard_s == self._reopened_s else frames

"""What bench and OBC say to each other: HELLO, settings with acknowledgement, steps with replies."""

import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from hil.errors import LinkError, ObcError
from hil.link import messages as m
from hil.link.framing import Deframer, Framer
from hil.link.packet import Fault, Packet, Value
from hil.obc.place import Obc

HELLO_PATIENCE_S = 5.0
_HELLO_TRY_S = 0.5
_FRAMES_SHOWN = 4


class Tap(Protocol):
    """Who wants to see every byte of both directions, and every event."""

    def to_obc(self, data: bytes) -> None:
        """Bytes just written to the line."""

    def from_obc(self, data: bytes) -> None:
        """Bytes just read from the line."""

    def event(self, kind: str, text: str) -> None:
        """Something a reader of the recording should know."""


@dataclass(frozen=True)
class Identity:
    """Who answered HELLO; `device_count` by kind, only kinds that are needed."""

    protocol: int
    firmware: str
    build: str
    step_us: int
    device_count: Mapping[str, int]

    def __str__(self) -> str:
        return f"{self.firmware} build {self.build}, protocol {self.protocol}"


class Reply(NamedTuple):
    """An OBC's answer to one step: the values of `command` and `estimate`, or None where lost."""

    command: tuple[Value, ...] | None
    estimate: tuple[Value, ...] | None
    reply_s: float


class Dialogue:
    """One conversation over one line; counts all that goes wrong in `counters`."""

    def __init__(self, obc: Obc, tap: Tap, reply_timeout_s: float) -> None:
        self._obc = obc
        self._tap = tap
        self._timeout_s = reply_timeout_s
        self.framer = Framer()
        self._deframer = Deframer()
        self._sent: deque[bytes] = deque(maxlen=_FRAMES_SHOWN)
        self._heard: deque[bytes] = deque(maxlen=_FRAMES_SHOWN)
        self.counters: Counter[str] = Counter()

    # -- HELLO ---------------------------------------------------------------------------------

    def hello(self, step_us: int, device_count: Mapping[str, int]) -> Identity:
        """Reset the firmware and learn who it is.

        Raises LinkError when nobody answers, ObcError when the two do not fit together.
        """
        counts = [device_count.get(kind, 0) for kind in m.DEVICE_KINDS]
        counts += [0] * (m.DEVICE_KINDS_MAX - len(counts))
        until = time.monotonic() + HELLO_PATIENCE_S
        while time.monotonic() < until:
            # The leading zero ends whatever noise a reset or an open left in the OBC's receiver.
            self._send(
                b"\0" + self.framer.frame(m.HELLO_REQUEST, (m.PROTOCOL_VERSION, step_us, *counts))
            )
            answer = self._await_hello(min(_HELLO_TRY_S, until - time.monotonic()))
            if answer is not None:
                return self._identity(answer, step_us, device_count)
        raise LinkError(self._silence())

    def _await_hello(self, patience_s: float) -> Packet | None:
        until = time.monotonic() + patience_s
        while data := self._read(max(0.0, until - time.monotonic())):
            for event in self._deframer.receive(data):
                if isinstance(event, Packet) and event.message is m.HELLO:
                    self._deframer.faults.clear()
                    return event
                self._refuse_other_layout(event)
                self.counters["frames_before_hello"] += 1
        return None

    def _refuse_other_layout(self, event: Packet | Fault) -> None:
        # Every protocol version's HELLO has this APID and starts with the version.
        if isinstance(event, Fault) and event.kind == "length" and len(event.data) >= 8:
            apid = ((event.data[0] << 8) | event.data[1]) & 0x7FF
            if apid == m.HELLO.apid:
                raise ObcError(_protocol_text(int.from_bytes(event.data[6:8], "big"), ""))

    def _identity(self, hello: Packet, step_us: int, ours: Mapping[str, int]) -> Identity:
        protocol, firmware, build, their_step_us, *counts = hello.values
        needs = {k: int(n) for k, n in zip(m.DEVICE_KINDS, counts, strict=False) if n}
        who = Identity(int(protocol), str(firmware), str(build), int(their_step_us), needs)
        if who.protocol != m.PROTOCOL_VERSION:
            raise ObcError(_protocol_text(who.protocol, f" ({who})"))
        if who.step_us not in (0, step_us):
            raise ObcError(
                f"the firmware ({who}) is built for a control period of {who.step_us} us, the rig "
                f"asks for {step_us} us: change step_s in the rig or rebuild the firmware"
            )
        missing = [
            f"{n} x {k} (rig: {ours.get(k, 0)})" for k, n in needs.items() if n > ours.get(k, 0)
        ]
        if missing:
            raise ObcError(
                f"the firmware ({who}) needs {', '.join(missing)}: add them to the rig's spacecraft "
                "or flash a firmware that does without"
            )
        return who

    def _silence(self) -> str:
        heard = self.counters["bytes_from_obc"]
        if not heard:
            return (
                f"{self._obc.description}: nobody answered HELLO within {HELLO_PATIENCE_S:g} s: "
                "is the board powered, its firmware flashed, RX and TX not swapped?"
            )
        return (
            f"{self._obc.description}: {heard} bytes but no HELLO within {HELLO_PATIENCE_S:g} s: "
            f"wrong baud rate, or a firmware that does not speak this protocol?{self.last_frames()}"
        )

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
                if isinstance(event, Packet) and event.message is m.ACK:
                    if event.values[:2] == (message.apid, sequence):
                        return m.ACK_RESULTS[int(event.values[2])]
                self._count(event)
        raise LinkError(
            f"{self._obc.description}: {message.name} was not acknowledged within "
            f"{self._timeout_s:g} s{self.last_frames()}"
        )

    # -- steps ---------------------------------------------------------------------------------

    def step(self, step: int, frames: bytes) -> Reply:
        """Send one step's frames, SYNC last, and wait for the command of the same step.

        A reply that does not come is counted; raises ObcError when the OBC is gone.
        """
        begin = time.perf_counter()
        self._send(frames)
        command = estimate = None
        until = begin + self._timeout_s
        left_s = self._timeout_s
        while command is None:
            data = self._read(left_s)
            if not data:
                self.counters["lost_replies"] += 1
                return Reply(None, estimate, time.perf_counter() - begin)
            for event in self._deframer.receive(data):
                if isinstance(event, Packet):
                    if event.message is m.COMMAND and event.values[0] == step:
                        command = event.values
                        continue
                    if event.message is m.ESTIMATE:
                        estimate = event.values
                        continue
                self._count(event)
            left_s = max(0.0, until - time.perf_counter())
        return Reply(command, estimate, time.perf_counter() - begin)

    def _count(self, event: Packet | Fault) -> None:
        if isinstance(event, Fault):
            self.counters["crc_errors" if event.kind == "crc" else "broken_frames"] += 1
            self._tap.event("fault", f"{event.kind}: {event.data.hex()}")
        elif event.message is m.EVENT:
            self._tap.event("obc", f"code {event.values[0]}, value {event.values[1]}")
        elif event.message is m.HELLO:
            # A slow board answers every request that was sent while it booted, in order.
            self.counters["repeated_hellos"] += 1
        elif event.message is m.COMMAND:
            self.counters["stale_replies"] += 1
            self._tap.event("stale", f"command for step {event.values[0]}")
        else:
            self.counters["unexpected_frames"] += 1
            self._tap.event("unexpected", event.message.name)

    # -- bytes ---------------------------------------------------------------------------------

    def _send(self, data: bytes) -> None:
        self._sent.append(data)
        self._tap.to_obc(data)
        self.counters["bytes_to_obc"] += len(data)
        try:
            self._obc.write(data)
        except ObcError as error:
            raise ObcError(f"{error}{self.last_frames()}") from error

    def _read(self, timeout_s: float) -> bytes:
        try:
            data = self._obc.read(timeout_s)
        except ObcError as error:
            raise ObcError(f"{error}{self.last_frames()}") from error
        if data:
            self._heard.append(data)
            self._tap.from_obc(data)
            self.counters["bytes_from_obc"] += len(data)
        return data

    def last_frames(self) -> str:
        """The last frames of both directions in words, for an error message."""
        return f"\n  last sent: {_in_words(self._sent)}\n  last heard: {_in_words(self._heard)}"


def _protocol_text(theirs: int, who: str) -> str:
    return (
        f"the firmware{who} speaks protocol version {theirs}, this bench speaks "
        f"{m.PROTOCOL_VERSION}: rebuild and flash the firmware with this bench's hil_messages.h, or "
        "install the bench that fits it"
    )


def _in_words(chunks: Sequence[bytes]) -> str:
    reader = Deframer()
    words = [_word(event) for chunk in chunks for event in reader.receive(chunk)]
    if reader.pending:
        words.append(f"{len(reader.pending)} bytes of an unfinished frame ({reader.pending.hex()})")
    return ", ".join(words[-2 * _FRAMES_SHOWN :]) or "nothing"


def _word(event: Packet | Fault) -> str:
    if isinstance(event, Fault):
        return f"a broken frame ({event.kind}: {event.data.hex()})"
    step = f" of step {event.values[0]}" if event.message in (m.SYNC, m.COMMAND) else ""
    return f"{event.message.name}{step}"

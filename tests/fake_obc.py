"""An OBC in Python that follows the protocol, or breaks it exactly as a test asks."""

from collections.abc import Callable

from hil.link import messages as m
from hil.link.framing import Deframer, Framer
from hil.link.packet import Packet
from hil.obc.place import Obc

DEVICES = (1, 1, 3, *[0] * 13)


class FakeObc(Obc):
    """Answers HELLO, settings and steps; `spoil` may change or drop what a step is answered with."""

    name = "fake"
    description = "fake OBC"

    def __init__(
        self,
        protocol: int = m.PROTOCOL_VERSION,
        devices: tuple[int, ...] = DEVICES,
        step_us: int = 0,
        ack: int = 0,
        boot_noise: bytes = b"",
        spoil: Callable[[int, bytes], bytes] = lambda _, reply: reply,
    ) -> None:
        self._hello = (protocol, b"fake", b"0123456789ab", step_us, *devices)
        self._ack, self._spoil = ack, spoil
        self._deframer, self._framer = Deframer(), Framer()
        self._out = boot_noise
        self.heard: list[Packet] = []

    def write(self, data: bytes) -> None:
        for packet in self._deframer.receive(data):
            self.heard.append(packet)
            self._out += self._answer(packet)

    def _answer(self, packet: Packet) -> bytes:
        if packet.message is m.HELLO_REQUEST:
            return self._framer.frame(m.HELLO, self._hello)
        if packet.message.name.startswith("set_"):
            request = (packet.message.apid, packet.sequence)
            return self._framer.frame(m.ACK, (*request, self._ack))
        if packet.message is m.SYNC:
            return self._spoil(packet.values[0], self.reply(packet.values[0]))
        return b""

    def reply(self, step: int) -> bytes:
        """The frames of an honest answer to a step."""
        estimate = self._framer.frame(m.ESTIMATE, (0.0, 0.0, 0.0, 1.0, *[0.0] * 6, 1, 0))
        return estimate + self._framer.frame(m.COMMAND, (step, *[1e-3] * 4, *[0.0] * 3))

    def read(self, timeout_s: float) -> bytes:
        out, self._out = self._out, b""
        return out

    def reset(self) -> None:
        self._out = b""

    def close(self) -> None:
        pass


class SilentObc(FakeObc):
    """Powered off, or RX and TX swapped."""

    def write(self, data: bytes) -> None:
        pass


class Notes:
    """A tap that keeps what it sees."""

    def __init__(self) -> None:
        self.sent, self.received = b"", b""
        self.events: list[tuple[str, str]] = []

    def to_obc(self, data: bytes) -> None:
        self.sent += data

    def from_obc(self, data: bytes) -> None:
        self.received += data

    def event(self, kind: str, text: str) -> None:
        self.events.append((kind, text))

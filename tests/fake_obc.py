"""An OBC in Python that follows the protocol, or breaks it exactly as a test asks."""

import time
from collections.abc import Callable

from wire import TABLE, THRUSTER_COMMAND

from hil.link import messages as m
from hil.link.clock import Clock, exact_s
from hil.link.framing import Deframer, Framer
from hil.link.packet import Packet
from hil.link.session import Session
from hil.link.table import MessageTable
from hil.obc.driver import Driver
from hil.obc.place import Obc

NEEDS = {"gyro": 1, "star_tracker": 1, "tachometer": 3}


def devices_of(table: MessageTable) -> tuple[tuple[int, int], ...]:
    """What it says in HELLO: it handles every kind, and needs some."""
    return tuple((sample.apid, NEEDS.get(sample.name, 0)) for sample in table.samples)


DEVICES = devices_of(TABLE)


class FakeObc(Obc):
    """Answers HELLO, settings and steps; `spoil` may change or drop the answer to a step."""

    name = "fake"
    description = "fake OBC"

    def __init__(
        self,
        protocol: int = m.PROTOCOL_VERSION,
        devices: tuple[tuple[int, int], ...] = DEVICES,
        step: tuple[int, int] = (0, 0),
        ack: int = 0,
        boot_noise: bytes = b"",
        spoil: Callable[[int, bytes], bytes] = lambda _, reply: reply,
        table: MessageTable = TABLE,
    ) -> None:
        listed = [value for device in devices for value in device]
        self._hello = (protocol, b"fake", b"0123456789ab", *step, *listed)
        self._ack, self._spoil = ack, spoil
        self._deframer, self._framer = Deframer(table), Framer()
        self._out = boot_noise
        self.heard: list[Packet] = []

    def write(self, data: bytes, deadline_s: float = 0.0) -> bool:
        for packet in self._deframer.receive(data):
            if isinstance(packet, Packet):
                self.heard.append(packet)
                self._out += self._answer(packet)
        return True

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

    def read(self, deadline_s: float = 0.0) -> bytes:
        out, self._out = self._out, b""
        return out

    def close(self) -> None:
        pass


class SilentObc(FakeObc):
    """Powered off, or RX and TX swapped."""

    def write(self, data: bytes, deadline_s: float = 0.0) -> bool:
        return True


class Notes:
    """A tap that keeps what it sees."""

    def __init__(self) -> None:
        self.sent, self.received = b"", b""
        self.events: list[tuple[str, str]] = []

    def to_obc(self, time_ns: int, data: bytes) -> None:
        self.sent += data

    def from_obc(self, time_ns: int, data: bytes) -> None:
        self.received += data

    def event(self, time_ns, source, name, text="", *, code=0, value=0.0, severity="info") -> None:
        self.events.append((name, text))


class Talk:
    """A conversation with an OBC, step by step, without a bench."""

    def __init__(self, obc, notes=None, patience_s=0.01, step_s=0.1, pass_over=(), **how) -> None:
        self.clock = Clock(exact_s(step_s))
        self.session = Session(self.clock, TABLE, pass_over)
        self.driver = Driver(obc, self.session, notes or Notes(), patience_s, **how)
        self.counters, self._patience_s = self.session.counters, patience_s
        self.set, self.hello = self.driver.set, self.driver.hello

    def step(self, step):
        """Send a SYNC and wait for its reply."""
        self.clock.go_to(step)
        deadline_s = time.monotonic() + self._patience_s
        self.driver.begin(deadline_s)
        self.driver.send(self.session.sync(), deadline_s)
        return self.driver.reply(deadline_s)


class TestModeObc(FakeObc):
    """Follows mode test: shows what it senses and drives what it is told, with mistakes on request.

    view: what it makes of a sample's values, by kind; drive: what it makes of an actuator command.
    """

    __test__ = False

    def __init__(
        self, view=lambda kind, values: values, drive=lambda *order: order, table=TABLE
    ) -> None:
        super().__init__(devices=devices_of(table), table=table)
        self._view, self._drive = view, drive
        self._samples: list[Packet] = []
        self._command = [0.0] * (m.WHEELS_MAX + m.RODS_MAX)
        self._on_time_s = [0.0] * m.THRUSTERS_MAX

    def _answer(self, packet: Packet) -> bytes:
        if packet.message.apid in m.SAMPLE_APIDS:
            self._samples.append(packet)
            return b""
        if packet.message is m.SET_ACTUATOR:
            kind, instance, value = self._drive(*packet.values)
            if kind == TABLE.actuator_numbers["thruster"]:
                self._on_time_s[instance] = value
            else:
                self._command[instance + (m.WHEELS_MAX if kind else 0)] = value
        return super()._answer(packet)

    def reply(self, step: int) -> bytes:
        views = b"".join(self._sensed(packet) for packet in self._samples)
        self._samples.clear()
        opening = self._framer.frame(THRUSTER_COMMAND, (step, *self._on_time_s))
        views += opening if any(self._on_time_s) else b""
        return views + self._framer.frame(m.COMMAND, (step, *self._command))

    def _sensed(self, packet: Packet) -> bytes:
        kind = packet.message.name
        values = packet.values[2:]
        if kind == "coarse_sun_sensor":
            values = _sun_from_cells(values)
        values = self._view(kind, values)
        padded = [*values, *[0.0] * (6 - len(values))]
        number = m.kind_number(packet.message)
        return self._framer.frame(m.SENSED, (number, packet.values[1], *padded))


def _sun_from_cells(cells):
    x, y, z = cells[0] - cells[1], cells[2] - cells[3], cells[4] - cells[5]
    size = (x * x + y * y + z * z) ** 0.5
    return (x / size, y / size, z / size)

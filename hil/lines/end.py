"""The bench's end of a line: the devices on it, and when their octets are there."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from hil.lines.bus import Bus
from hil.lines.model import Line
from hil.physics.rotations import product, rotation_matrix
from hil.physics.vectors import transform_back
from hil.protocols.device import Device, Measured
from hil.protocols.device import Protocol as DeviceProtocol
from hil.protocols.uart import octet_ns

Quaternion = tuple[float, float, float, float]
_NO_TURN = (0.0, 0.0, 0.0, 1.0)
_VECTORS = {"gyro", "magnetometer", "fine_sun_sensor"}
_ATTITUDES = {"star_tracker"}


class Seat(NamedTuple):
    """A device on a line. name: as a rig calls it. setup: octets that it was told once."""

    name: str
    kind: str
    device: Device
    protocol: DeviceProtocol
    setup: tuple[bytes, ...] = ()
    q_body_from_device: Quaternion = _NO_TURN

    @property
    def turned(self) -> bool:
        """Whether its axes are not the body's."""
        return self.q_body_from_device != _NO_TURN

    def in_device_axes(self, values: tuple[float, ...]) -> tuple[float, ...]:
        """Return a sample, which is in body axes, as the device has it."""
        if self.kind in _VECTORS:
            x, y, z = values
            return transform_back(rotation_matrix(self.q_body_from_device), (x, y, z))
        if self.kind in _ATTITUDES:
            x, y, z, w = values
            return product((x, y, z, w), self.q_body_from_device)
        return values


class Trouble(Protocol):
    """What is wrong with a line and the devices on it."""

    def to_obc(self, seat: Seat, data: bytes) -> bytes:
        """Return what a line carries of what a device says."""

    def from_obc(self, data: bytes) -> bytes:
        """Return what a line carries of what the OBC says."""

    def deaf(self, seat: Seat) -> bool:
        """Whether a device hears nothing."""


class End:
    """The devices of one line, and the line's own time.

    Octets that several say at once go out one after the other; on a half-duplex line whose time is
    kept here they garble each other, as do those of an OBC that speaks into an answer. paced:
    octets are there when the line has carried them, as a real adapter needs no telling; without it
    at once. All times are ns of simulated time.
    """

    def __init__(self, line: Line, seats: Sequence[Seat], *, paced: bool) -> None:
        self.line, self.seats = line, tuple(seats)
        self._devices = [seat.device for seat in seats]
        time_ns = octet_ns(line.baud, line.form)
        self._octet_ns = time_ns if paced else 0
        shared = line.duplex == "half" and len(self.seats) > 1
        self._bus = Bus(time_ns) if shared else None
        self._half, self._time_ns = line.duplex == "half", time_ns
        self._says = (0, 0)  # the last message of a line's only device: begin, end
        self._talked_over = 0
        self._paced = paced
        self._free_ns = 0
        self._carried: deque[tuple[int, bytes]] = deque()
        self.trouble: Trouble | None = None

    def power_on(self, now_ns: int) -> None:
        """Switch all devices on."""
        for seat in self.seats:
            self.restart(seat, now_ns)

    def restart(self, seat: Seat, now_ns: int) -> None:
        """Switch a device off and on; what it once was told it still knows."""
        seat.device.power_on(now_ns)
        up_ns = now_ns + seat.device.start_ns
        for told in seat.setup:
            seat.device.take(told, up_ns)
        if seat.setup:  # its answers to that were heard long ago
            seat.device.forget_answers(up_ns)

    def measure(self, seat: Seat, measured: Measured, now_ns: int) -> None:
        """Tell a device what it measures, in body axes."""
        if seat.turned and measured.valid:
            measured = measured._replace(values=seat.in_device_axes(measured.values))
        seat.device.measure(measured, now_ns)

    def trigger(self, seat: Seat, at_ns: int, now_ns: int) -> None:
        """Have a device's trigger pulled low; what it says comes no earlier than now."""
        seat.device.trigger(at_ns, max(now_ns, at_ns + (seat.protocol.trigger_ns or 0)))

    def carried_from_obc(self, data: bytes) -> bytes:
        """Return what the line carries of what the OBC says."""
        return data if self.trouble is None else self.trouble.from_obc(data)

    def take(self, data: bytes, now_ns: int) -> None:
        """Give octets from the other end to all devices: they share the wires."""
        trouble, data = self.trouble, self.carried_from_obc(data)
        if self._half and data and self._speaks_into(now_ns, len(data)):
            data = bytes(len(data))
        for seat in self.seats:
            if trouble is None or not trouble.deaf(seat):
                seat.device.take(data, now_ns)

    def _speaks_into(self, now_ns: int, octets: int) -> bool:
        """Whether the OBC speaks while a device does: nobody understands it then."""
        if self._bus is not None:
            self._have_said(self._bus, now_ns + 1)
            return self._bus.talk_over(now_ns, octets)
        if self._paced:
            self._fetch(now_ns)
        begin_ns, end_ns = self._says
        self._talked_over += begin_ns <= now_ns < end_ns
        return begin_ns <= now_ns < end_ns

    def _said(self, seat: Seat, due_ns: int) -> bytes:
        data = seat.device.send(due_ns)
        return data if self.trouble is None else self.trouble.to_obc(seat, data)

    @property
    def has_something(self) -> bool:
        """Whether there is anything to send, now or later."""
        for device in self._devices:  # eight times a control period: any() takes twice as long
            if device.has_something:
                return True
        return bool(self._carried) or (self._bus is not None and self._bus.due_ns is not None)

    @property
    def due_ns(self) -> int | None:
        """When there is something to send next."""
        times = [seat.device.due_ns for seat in self.seats]
        found = [time for time in times if time is not None]
        found += [self._carried[0][0]] if self._carried else []
        if self._bus is not None and self._bus.due_ns is not None:
            found.append(self._bus.due_ns)
        return min(found) if found else None

    def bursts(self, until_ns: int) -> list[tuple[int, bytes]]:
        """Return what begins to go out before a time, and when; the line's time is not counted.

        Of a line that several share: what has been carried by then.
        """
        if self._bus is not None:
            self._have_said(self._bus, until_ns)
            return self._bus.heard(until_ns)
        found = []
        for seat in self.seats:
            device = seat.device
            while device.has_something and (due_ns := device.due_ns or 0) < until_ns:
                data = self._said(seat, due_ns)
                found.append((due_ns, data))
                if self._half:
                    begin_ns = max(due_ns, self._says[1])
                    self._says = (begin_ns, begin_ns + len(data) * self._time_ns)
        return sorted((each for each in found if each[1]), key=lambda each: each[0])

    def _have_said(self, bus: Bus, until_ns: int) -> None:
        """Put on the shared wires what devices begin to say before a time."""
        for number, seat in enumerate(self.seats):
            device = seat.device
            while device.has_something and (due_ns := device.due_ns or 0) < until_ns:
                if data := self._said(seat, due_ns):
                    bus.say(number, due_ns, data)

    @property
    def collisions(self) -> int:
        """How often somebody spoke while another one did."""
        return self._talked_over if self._bus is None else self._bus.collisions

    def send(self, now_ns: int) -> bytes:
        """Return the octets that are at the other end by now."""
        if self._bus is not None and self._paced:
            self._have_said(self._bus, now_ns + 1)
            return b"".join(data for _, data in self._bus.heard(now_ns))
        carried, there = self._carried, b""
        self._fetch(now_ns)
        while carried and carried[0][0] <= now_ns:
            there += carried.popleft()[1]
        return there

    def _fetch(self, now_ns: int) -> None:
        """Have devices say what is due by now; it is carried when it has gone over the line."""
        for seat in self.seats:
            device = seat.device
            while device.has_something and (due_ns := device.due_ns or 0) <= now_ns:
                data = self._said(seat, due_ns)
                begin_ns = max(self._free_ns, due_ns) if self._paced else now_ns
                self._free_ns = begin_ns + len(data) * self._octet_ns
                self._says = (begin_ns, self._free_ns)
                self._carried.append((self._free_ns, data))

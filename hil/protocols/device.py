"""A device at the far end of a line: told what it measures, it answers as the real part does."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from hil.protocols.stream import Heard, Reader

MS = 1_000_000
S = 1_000_000_000


class Measured(NamedTuple):
    """What a device measured last.

    values: those of its kind's sample, in the device's own axes. utc_ns: of the measurement, ns
    since 1970 without leap seconds.
    """

    values: tuple[float, ...]
    valid: bool
    utc_ns: int
    temperature_K: float = 293.15


class Settings(NamedTuple):
    """How a device is set up. kind: of device. rate_hz: at which it is told what it measures.

    address: on a line that several share.
    inertia_kg_m2, torque_max_Nm: of a wheel.
    """

    kind: str = ""
    rate_hz: float = 10.0
    address: int = 0
    inertia_kg_m2: float = 1e-5
    torque_max_Nm: float = 4e-3


class Drive(NamedTuple):
    """What a wheel's controller is to do: hold a torque, N m, or a speed, rad/s."""

    torque_Nm: float = 0.0
    speed_rad_s: float | None = None


class Device(ABC):
    """One device that is switched on at a time; its octets have times at which they go out.

    Times are ns of one clock that never goes back. Nothing here waits: who carries the octets asks
    ``due_ns``. drive: what it was told to do, of an actuator.
    """

    start_ns = 0
    """From power to the first octet."""

    def __init__(self, settings: Settings, reader: Reader) -> None:
        """Make one that is off; reader: of what it is told."""
        self.settings, self.reader = settings, reader
        self.measured: Measured | None = None
        self.drive: Drive | None = None
        self.triggered = False
        """Whether it speaks when its trigger pin is pulled low, and not with each sample."""
        self._out: deque[tuple[int, bytes]] = deque()
        self._up_ns = 0

    def power_on(self, now_ns: int) -> None:
        """Start it, or start it anew: what it was told is forgotten."""
        self._out.clear()
        self.reader.read(b"")
        self.measured, self.drive = None, None
        self._up_ns = now_ns + self.start_ns
        self._started(self._up_ns)

    def measure(self, measured: Measured, now_ns: int) -> None:
        """Tell it what it measures now; it may say so by itself."""
        self.measured = measured
        if now_ns >= self._up_ns and not self.triggered:
            self._measured(measured, now_ns)

    def trigger(self, now_ns: int, due_ns: int) -> None:
        """Have its trigger pin pulled low at a time; it tells its last sample at another one."""
        if self.measured is not None and now_ns >= self._up_ns:
            self._measured(self.measured, due_ns)

    def take(self, data: bytes, now_ns: int) -> list[Heard]:
        """Give it octets that came at a time; return what it made of them. Deaf while it starts."""
        if now_ns < self._up_ns:
            return []
        heard = self.reader.read(data)
        for each in heard:
            if each.name:
                self._told(each, now_ns)
        return heard

    @property
    def has_something(self) -> bool:
        """Whether it has something to say, now or later."""
        return bool(self._out)

    @property
    def due_ns(self) -> int | None:
        """When it says something next."""
        return self._out[0][0] if self._out else None

    def send(self, now_ns: int) -> bytes:
        """Return what it has said up to a time."""
        out = self._out
        said = []
        while out and out[0][0] <= now_ns:
            said.append(out.popleft()[1])
        return b"".join(said)

    def forget_answers(self, up_ns: int) -> None:
        """Say nothing of what was told up to now, but for what the start itself says."""
        self._out = deque(each for each in self._out if each[0] <= up_ns)

    def _say(self, data: bytes, at_ns: int) -> None:
        """Say something at a time, after all that it says before."""
        self._out.append((max(at_ns, self._out[-1][0]) if self._out else at_ns, data))

    def _started(self, now_ns: int) -> None:  # noqa: B027  most say nothing
        """Say what the part says by itself when it starts."""

    @abstractmethod
    def _measured(self, measured: Measured, now_ns: int) -> None:
        """Say what a new measurement leads to."""

    @abstractmethod
    def _told(self, heard: Heard, now_ns: int) -> None:
        """Answer a message."""


@dataclass(frozen=True)
class Protocol:
    """A protocol as a rig names it.

    kinds: of devices that speak it, as on the common wire. device: makes one. from_device,
    to_device: readers of each direction. command: octets of a command that a rig writes as text.
    octets: an exchange's, to and from the device, each time that it measures. bauds: that the part
    can be set to, the usual one first; empty: any. addresses: that it can have; empty: it has none.
    limits: the most that it can say, by what it is of. answer_s: how late it may answer.
    trigger_ns: from a falling edge at its trigger pin to the datagram; None: it has no such pin.
    bits: the fewest data bits of an octet that it needs.
    checksum: whether what the device says has one. sources: of what stands here. unsure: what no
    source settles.
    """

    name: str
    title: str
    kinds: tuple[str, ...]
    device: Callable[[Settings], Device]
    from_device: Callable[[], Reader]
    to_device: Callable[[], Reader]
    command: Callable[[str], bytes]
    octets: tuple[int, int]
    bauds: tuple[int, ...] = (115_200,)
    addresses: range = range(0)
    duplex: str = "full"
    limits: Mapping[str, float] | None = None
    answer_s: float = 0.0
    trigger_ns: int | None = None
    bits: int = 8
    checksum: bool = True
    sources: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()


def text_command(end: str) -> Callable[[str], bytes]:
    """Return what makes octets of a line of text: with its end, or as written after ``hex:``."""

    def octets(text: str) -> bytes:
        if text.startswith("hex:"):
            try:
                return bytes.fromhex(text.removeprefix("hex:"))
            except ValueError:
                raise ValueError("after hex: come pairs of hexadecimal digits") from None
        if not text.isascii():
            raise ValueError("only ASCII characters can be sent")
        return text.encode("ascii") + end.encode("ascii")

    return octets


def clipped(value: float, least: int, most: int) -> int:
    """Return the nearest whole number of a range; 0 for what is not a number."""
    if least <= value <= most:
        return round(value)
    return 0 if math.isnan(value) else least if value < least else most

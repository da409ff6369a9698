"""Faults of devices' own lines, and of the devices on them as far as their octets show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from hil.faults.line import FROM_OBC, TO_OBC, Direction, LineFault
from hil.faults.model import Fault
from hil.lines.end import End, Seat
from hil.protocols.device import Protocol


class DeviceFault(LineFault):
    """A fault of a device on a line: of what it says, or of what it is told.

    mute: whether it neither hears nor says anything. over: whether it is over before its time,
    until it may come again.
    """

    mute, over = False, False

    def bind(self, end: End, seat: Seat, now_ns: Callable[[], int]) -> None:
        """Take the device that fails; now_ns: the time of its line."""
        self._end, self._seat, self._now_ns = end, seat, now_ns

    def begin(self) -> None:
        """It begins, before a step's samples are taken."""

    def end(self) -> None:
        """It ends, before a step's samples are taken."""

    def saw(self, messages: list[bytes]) -> None:
        """The device says something, whether or not the fault is in force."""

    def changed(self, frames: list[bytes]) -> list[bytes]:
        if not self.mute:
            return frames
        self.injected += len(frames)
        return []


class WrongChecksum(DeviceFault):
    """Messages with one bit of their checksum flipped."""

    def changed(self, frames: list[bytes]) -> list[bytes]:
        return [self._changed(frame) for frame in frames]

    def _changed(self, message: bytes) -> bytes:
        damaged = with_wrong_checksum(self._seat.protocol, message)
        return message if damaged is None or not self._hits() else damaged


def with_wrong_checksum(protocol: Protocol, message: bytes) -> bytes | None:
    """Return a device's message with one bit of its checksum flipped; None where it has none."""
    for at in reversed(range(len(message))):
        damaged = message[:at] + bytes([message[at] ^ 1]) + message[at + 1 :]
        reader = protocol.from_device()
        heard = reader.read(damaged) + reader.rest()
        if heard and all(each.why.startswith("wrong") for each in heard):
            return damaged
    return None


class Frozen(DeviceFault):
    """Its last message of each name goes out in the place of every new one."""

    def __init__(self, fault: Fault, source: np.random.Generator) -> None:
        """It has said nothing yet."""
        super().__init__(fault, source)
        self._last: dict[str, bytes] = {}

    def saw(self, messages: list[bytes]) -> None:
        if not self.active:
            self._last |= {self._name(message): message for message in messages}

    def changed(self, frames: list[bytes]) -> list[bytes]:
        held = [self._last.get(self._name(message), message) for message in frames]
        self.injected += sum(old != new for old, new in zip(held, frames, strict=True))
        return held

    def _name(self, message: bytes) -> str:
        heard = self._seat.protocol.from_device().read(message)
        return heard[-1].name if heard else ""


class Hung(DeviceFault):
    """Its own firmware stands still, and does on what it was told; then it starts anew."""

    def begin(self) -> None:
        self.mute = True

    def end(self) -> None:
        self.mute = False
        self._end.restart(self._seat, self._now_ns())


class Restart(DeviceFault):
    """It starts anew; with a duration it has no power so long before."""

    def begin(self) -> None:
        self.mute = self._fault.duration_s is not None
        if self.mute:
            self._seat.device.drive = None
        else:
            self._start()
            self.over = True

    def end(self) -> None:
        if self.mute:
            self.mute = False
            self._start()

    def _start(self) -> None:
        self.injected += 1
        self._end.restart(self._seat, self._now_ns())

    def changed(self, frames: list[bytes]) -> list[bytes]:
        return [] if self.mute else frames


class _FailingLine:
    """The Trouble of one line: its own faults, and those of the devices on it."""

    def __init__(
        self,
        end: End,
        to_obc: Sequence[LineFault],
        from_obc: Sequence[LineFault],
        of_devices: Mapping[str, Sequence[DeviceFault]],
    ) -> None:
        self._to_obc, self._of_devices = to_obc, of_devices
        self._back = Direction(from_obc, end.seats[0].protocol.to_device().cut_up)
        self._readers = {seat.name: seat.protocol.from_device() for seat in end.seats}

    def to_obc(self, seat: Seat, data: bytes) -> bytes:
        messages, rest = self._readers[seat.name].cut_up(data)
        messages += [rest] if rest else []
        for fault in self._of_devices.get(seat.name, ()):
            fault.saw(messages)
            if fault.active:
                messages = fault.changed(messages)
        for each in self._to_obc:
            if each.active:
                messages = each.changed(messages)
        return b"".join(messages)

    def from_obc(self, data: bytes) -> bytes:
        return self._back.passed(data)

    def deaf(self, seat: Seat) -> bool:
        return any(fault.active and fault.mute for fault in self._of_devices.get(seat.name, ()))


def put_on_lines(
    ends: Sequence[End],
    now_ns: Callable[[], int],
    faults: Sequence[tuple[str, LineFault]],
) -> None:
    """Have faults happen at the ends of lines: (device, as a [[fault]] names it, its effect)."""
    for end in ends:
        name = f"line {end.line.name}"
        ways = {way: [each for device, each in faults if device in (name, f"{name} {way}")]
                for way in (TO_OBC, FROM_OBC)}  # fmt: skip
        of_devices: dict[str, list[DeviceFault]] = {}
        for seat in end.seats:
            for device, effect in faults:
                if device == seat.name and isinstance(effect, DeviceFault):
                    effect.bind(end, seat, now_ns)
                    of_devices.setdefault(seat.name, []).append(effect)
        if of_devices or any(ways.values()):
            end.trouble = _FailingLine(end, ways[TO_OBC], ways[FROM_OBC], of_devices)

"""The devices' own lines of a run: samples to their devices, octets to and from the OBC."""

from __future__ import annotations

import math
import select
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from hil.bench.carried import Carried, Record
from hil.bench.keep import unix_ns
from hil.bench.lineactuators import ActuatorsOnLines
from hil.bench.linewheels import WheelsOnLines
from hil.bench.pins import Pins
from hil.devices.sensor import Sample, Sensor
from hil.errors import ObcError, RigError
from hil.lines.build import ends, places
from hil.lines.end import End, Seat
from hil.link.clock import Clock
from hil.link.events import Values
from hil.obc.place import Obc
from hil.physics.leap import utc_after
from hil.protocols.device import Measured
from hil.rig import Rig
from hil.telemetry.believed import Believed

SLICE_NS, LONG_SLICE_NS, LINGER_NS = 1_000_000, 5_000_000, 5_000_000
"""In which the time of an OBC is handed out: the long ones when nothing was said for a while."""
LEAD_S = 2e-3
"""So long before a control period ends the lines wait, and the world goes on."""
_NO_BIAS = (math.nan,) * 3
_READABLE = 0x001  # select.POLLIN of Linux and macOS
RunUntil = Callable[..., None]


def _poller() -> Any:
    if sys.platform == "win32":  # refused with the place
        raise NotImplementedError
    return select.poll()


class Deck:
    """All lines of one run.

    In real time simulated time goes on with the wall clock from each step's start. In lockstep it
    stands still, and all that the devices say in a control period is there at its start.

    record: takes time in ns, number of the line, octets, and from_obc.
    """

    def __init__(
        self,
        rig: Rig,
        obc: Obc,
        sensors: Sequence[Sensor],
        clock: Clock,
        record: Record,
        *,
        realtime: bool,
        telemetry: tuple[int, Believed | None] = (-1, None),
    ) -> None:
        tables = rig.spacecraft.devices
        if len(obc.channels) != len(rig.line):
            raise RigError(
                f"{rig.name} has [[line]] tables, and here the OBC was started without lines: run "
                "it with `hil run` or bench.run"
            )
        # A serial adapter takes the line's time itself.
        paced = realtime and all(line.port is None or obc.baud is None for line in rig.line)
        self.ends = ends(rig.line, tables, paced=paced and obc.name != "ports")
        self._obc, self._channels, self._clock = obc, list(obc.channels), clock
        self._realtime = realtime
        self._period_ns = round(float(clock.period_s) * 1e9)
        self._begun_s = 0.0
        run_until = getattr(obc, "run_until", None)
        self._run_until: RunUntil | None = run_until
        self.hands_out_time = run_until is not None
        self._virtual_ns = self._said_ns = 0
        self._epoch_ns = obc.epoch_unix_ns = unix_ns(rig.orbit.epoch_utc)
        self._where = places(tables)
        self._pins = Pins(rig, self._epoch_ns) if rig.pin and hasattr(obc, "outputs") else None
        self._seats = self._by_sensor(sensors)
        self._triggered = self._by_pin(self._pins)
        self.actuators = ActuatorsOnLines(WheelsOnLines(self.ends, rig, self._where), self._pins)
        self._telemetry, self.believed = telemetry
        self._poll = _poller()
        for channel in self._channels:
            self._poll.register(channel.fd, _READABLE)
        self.carried = Carried(self.ends, record)
        self._death_fd = -1
        self.obc_is_down = False
        self._number = {channel.fd: number for number, channel in enumerate(self._channels)}

    def _by_sensor(self, sensors: Sequence[Sensor]) -> list[tuple[int, End, Seat]]:
        """Return (place among the sensors, line, device) of each device on a line."""
        at = {(sensor.kind, sensor.instance): place for place, sensor in enumerate(sensors)}
        found = []
        for end in self.ends:
            for seat in end.seats:
                where = self._where[seat.name]
                kind = "tachometer" if where.kind == "wheel" else where.kind
                found.append((at[kind, where.number], end, seat))
        return found

    def _by_pin(self, pins: Pins | None) -> dict[int, tuple[End, Seat]]:
        """Return the devices that the board triggers, by pin; they stream no more by themselves."""
        if pins is None:
            return {}
        at = {seat.name: (end, seat) for _, end, seat in self._seats}
        for name in pins.triggers.values():
            at[name][1].device.triggered = True
        return {pin: at[name] for pin, name in pins.triggers.items()}

    def power_on(self) -> None:
        """Switch all devices on, at the run's start."""
        for end in self.ends:
            end.power_on(self._clock.now_ns)

    # -- a step ------------------------------------------------------------------------------------

    def begin(self, samples: Sequence[Sample | None], begun_s: float) -> None:
        """Give the devices the samples of the present step, which began at a monotonic time."""
        self._begun_s = begun_s
        now_ns = self._clock.now_ns
        utc_ns = utc_after(self._epoch_ns, now_ns)
        for place, end, seat in self._seats:
            sample = samples[place]
            if sample is not None:
                values, valid, age_s = sample
                then_ns = utc_ns - round(age_s * 1e9) if age_s else utc_ns
                end.measure(seat, Measured(values, valid, then_ns), now_ns)
        self._send()

    def exchange(self) -> None:
        """Send what is due and take what has come, without waiting."""
        self._watch()
        for fd, _ in self._poll.poll(0):
            self._take(fd)
        self._send()

    def go_through(self) -> None:
        """Let an OBC whose time is handed out run through the present control period."""
        assert self._run_until is not None
        now_ns, end_ns = self._clock.now_ns, self._clock.now_ns + self._period_ns
        while now_ns < end_ns:
            until_ns = min(end_ns, now_ns + self._slice_ns(now_ns))
            bursts = self._bursts(until_ns)
            if self._pins is None:
                self._run_until(until_ns, bursts)
            else:
                self._run_with_pins(self._pins, now_ns, until_ns, bursts)
            now_ns = self._virtual_ns = until_ns
            heard = self._poll.poll(0)
            for fd, _ in heard:
                self._take(fd)
            if bursts or heard:
                self._said_ns = now_ns

    def _run_with_pins(
        self, pins: Pins, now_ns: int, until_ns: int, bursts: Sequence[tuple[int, int, bytes]]
    ) -> None:
        """Give the board its pulses as well, and note what it drives out of its pins."""
        assert self._run_until is not None
        self._run_until(until_ns, bursts, pins.edges(now_ns, until_ns, self._has_fix))
        outputs: Sequence[float] = self._obc.outputs  # type: ignore[attr-defined]
        self.actuators.note_outputs(outputs, 1e-9 * (until_ns - self._clock.now_ns))
        for at_ns, pin, level in self._obc.edges:  # type: ignore[attr-defined]
            if not level:
                end, seat = self._triggered[pin]
                end.trigger(seat, at_ns, until_ns)

    def _has_fix(self, device: str) -> bool:
        """Whether a receiver has a fix; one that is on no line says nothing to the contrary."""
        for _, _, seat in self._seats:
            if seat.name == device:
                measured = seat.device.measured
                return measured is not None and measured.valid
        return True

    def _slice_ns(self, now_ns: int) -> int:
        """Return how long nobody need be heard: short at a step's start and amid talk."""
        if self._triggered:
            return SLICE_NS
        quiet_ns = now_ns - max(self._said_ns, self._clock.now_ns)
        return LONG_SLICE_NS if quiet_ns >= LINGER_NS else SLICE_NS

    def _bursts(self, until_ns: int) -> list[tuple[int, int, bytes]]:
        """Return (begin, line, octets) of what the devices say up to a time."""
        found = []
        for number, end in enumerate(self.ends):
            if end.has_something:
                for begin_ns, data in end.bursts(until_ns):
                    if self.obc_is_down:
                        self.carried.lost += len(data)
                        continue
                    self.carried.note(begin_ns, number, data, from_obc=False)
                    found.append((begin_ns, number, data))
        return found

    def serve(self, until_s: float) -> None:
        """Carry octets both ways until an instant of the monotonic clock."""
        self._watch()
        while (left_s := until_s - time.monotonic()) > 0.0:
            self._send()
            due_ns = min((end.due_ns for end in self.ends if end.due_ns is not None), default=None)
            if due_ns is not None:
                left_s = min(left_s, 1e-9 * (due_ns - self.now_ns))
            for fd, _ in self._poll.poll(max(0.0, 1e3 * left_s)):
                self._take(fd)
        self._send()

    def _watch(self) -> None:
        """Look out for the death of the program that is there now: a fault may start it anew."""
        if self._death_fd == self._obc.death_fd:
            return
        if self._death_fd >= 0:
            self._poll.unregister(self._death_fd)
        self._death_fd = self._obc.death_fd
        if self._death_fd >= 0:
            self._poll.register(self._death_fd, _READABLE)

    @property
    def now_ns(self) -> int:
        """Simulated time."""
        if self.hands_out_time:
            return self._virtual_ns
        now_ns = self._clock.now_ns
        if self._realtime:
            return now_ns + max(0, round(1e9 * (time.monotonic() - self._begun_s)))
        return now_ns

    def _send(self) -> None:
        if self.hands_out_time:  # its octets go with its time
            return
        now_ns = self.now_ns
        now_ns += 0 if self._realtime else self._period_ns - 1
        for number, end in enumerate(self.ends):
            if not end.has_something or not (data := end.send(now_ns)):
                continue
            if self.obc_is_down:
                self.carried.lost += len(data)
            else:
                self._channels[number].write(data)
                self.carried.note(now_ns, number, data, from_obc=False)

    def _take(self, fd: int) -> None:
        if fd == self._death_fd:
            raise ObcError(self._obc.obituary())
        number = self._number[fd]
        data, now_ns = self._channels[number].read(), self.now_ns
        if data:
            self.carried.note(now_ns, number, data, from_obc=True)
            if number == self._telemetry and self.believed is not None:
                self.believed.take(self.ends[number].carried_from_obc(data), now_ns)
                return
            self.ends[number].take(data, now_ns)
            self.actuators.note_wheels(1e-9 * (now_ns - self._clock.now_ns))

    # -- what is told of it ------------------------------------------------------------------------

    def estimate(self) -> Values | None:
        """Return what the firmware told last, as at the step's start; None without telemetry."""
        if self.believed is None:
            return None
        told = self.believed
        q, rate, mode = told.at(self._clock.now_ns)
        return (*q, *rate, *_NO_BIAS, mode, float(told.disowned))

    def counts(self) -> dict[str, int]:
        """Return octets that the OBC did not take, and how often devices heard no message.

        What came while a fault of the OBC had it stand still is counted by itself.
        """
        told = {} if self.believed is None else {"telemetry_noises": self.believed.refused}
        return told | self.carried.counts(dropped=self._obc.dropped)

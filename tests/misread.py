"""A flight software that misreads its sensors or mixes up what it says: a bug of one's own port."""

import math

from cobs import cobs

from hil import bench, judge
from hil.devices.registry import registry
from hil.diagnosis import diagnose
from hil.link.framing import Deframer
from hil.link.packet import Packet, encode
from hil.obc.place import Obc
from hil.obc.places import open_obc
from hil.recording import Recording


class Misreading(Obc):
    """The reference flight software behind a change of what it reads and of what it says.

    changes: by a message's name, a function from its values to others.
    """

    name, description, answers_at_once = "library", "a library that misreads", True

    def __init__(self, changes):
        self._obc, self._changes = open_obc("library"), changes
        self._up, self._down = Deframer(registry().table), Deframer(registry().table)

    def write(self, data, deadline_s):
        return self._obc.write(self._changed(self._up, data), deadline_s)

    def read(self, deadline_s):
        return self._changed(self._down, self._obc.read(deadline_s))

    def _changed(self, deframer, data):
        packets = [each for each in deframer.receive(data) if isinstance(each, Packet)]
        return b"".join(cobs.encode(self._octets(each)) + b"\0" for each in packets)

    def _octets(self, packet):
        values = [each.encode() if isinstance(each, str) else each for each in packet.values]
        change = self._changes.get(packet.message.name, list)
        told = (packet.message, change(values), packet.ticks)
        return encode([told], {packet.message.apid: packet.sequence})[0]

    def close(self):
        self._obc.close()


class Aged(Misreading):
    """The reference flight software behind a change of when one kind of samples was taken.

    change: from that instant, the present and a step's length, in ticks, to the instant read.
    """

    def __init__(self, kind, change):
        super().__init__({})
        self._kind, self._change, self._last, self._step = kind, change, None, None

    def _octets(self, packet):
        if packet.message.name == "sync":
            self._step = None if self._last is None else packet.ticks - self._last
            self._last = packet.ticks
        elif packet.message.name == self._kind and self._step and packet.ticks is not None:
            ticks = self._change(packet.ticks, self._last + self._step, self._step)
            packet = packet._replace(ticks=ticks)
        return super()._octets(packet)


def of(start, change):
    """A change of some values, from one on."""

    def changed(values):
        made = change(values[start:])
        return [*values[:start], *made, *values[start + len(made) :]]

    return changed


def scalar_first(q):
    return [q[3], *q[:3]]


def scalar_first_read(q):
    """What is read of (w, x, y, z) where the wire has (x, y, z, w)."""
    return [*q[1:4], q[0]]


def conjugated(q):
    return [-q[0], -q[1], -q[2], q[3]]


def in_degrees(rate):
    return [math.degrees(each) for each in rate[:3]]


def diagnosed(rig, changes, folder, monkeypatch):
    """Run a rig on such a firmware; return verdicts and diagnosis."""
    monkeypatch.setattr("hil.bench.start.open_obc", lambda *_, **__: Misreading(changes))
    path = bench.run(rig, "library", folder / "run.mcap").recording
    recording = Recording(path)
    verdicts = judge.evaluate(rig, [recording])
    return verdicts, diagnose(recording, verdicts)

"""Whether the faults of a rig can happen in it: one sentence for each thing that is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from hil.devices.registry import registry
from hil.faults.kind import ON_LINE, OWN_LINE, FaultKind
from hil.faults.kinds import KINDS
from hil.faults.line import FROM_OBC, OF_THE_WIRE, TO_OBC
from hil.faults.model import Fault
from hil.faults.schedule import ECLIPSE, NAMED
from hil.flight.parameters import EVENTS
from hil.lines.build import places, protocol_of
from hil.protocols.registry import protocols
from hil.rig.model import Rig
from hil.rig.suggest import suggestion

_OBC = "obc"
_AXES = {f"{sign}{axis}" for sign in ("", "-") for axis in "xyz"}
_PER_VALUE = ("value", "offset", "drift_per_s")


class Surroundings(NamedTuple):
    """What faults are in: of a rig, as far as they go.

    sensors: "gyro 0" -> how many numbers are in a sample. actuators: "wheel x" -> its kind. modes,
    events: names that the firmware has. targets: those of the rig. of_bench: its own line and the
    OBC. lines: "line imu", both ways or one, of devices' own. on_lines: "gyro 0" -> its protocol.
    """

    sensors: Mapping[str, int]
    actuators: Mapping[str, str]
    modes: Sequence[str]
    events: Sequence[str]
    targets: Sequence[str] = ()
    of_bench: Sequence[str] = (*OF_THE_WIRE, _OBC)
    lines: Sequence[str] = ()
    on_lines: Mapping[str, str] = {}

    @property
    def devices(self) -> list[str]:
        """All that can fail."""
        return [*self.sensors, *self.actuators, *self.of_bench, *self.lines]

    def kinds_of(self, device: str) -> list[str]:
        """What a device is, as a kind of fault names it."""
        others = {
            **dict.fromkeys(OF_THE_WIRE, "line"),
            **dict.fromkeys(self.lines, OWN_LINE),
            _OBC: _OBC,
            **self.actuators,
        }
        return [others.get(device, "sensor"), *([ON_LINE] if device in self.on_lines else [])]


def faults_fit(rig: Rig) -> Iterator[str]:
    """Yield what keeps each fault of a rig from happening."""
    if rig.fault:
        yield from fault_misfits(rig.fault, surroundings(rig))
        yield from _without_coupling(rig)


def _without_coupling(rig: Rig) -> Iterator[str]:
    """Yield each fault that has a rod's field stay where none comes."""
    tables = rig.spacecraft.devices.get("magnetometer", ())
    for fault in rig.fault:
        device, _, number = fault.device.partition(" ")
        if fault.kind != "latched" or device != "magnetometer" or not number.isdigit():
            continue
        table: Any = tables[int(number)] if int(number) < len(tables) else None
        if table is not None and not any(map(any, table.rod_coupling_nT_per_A_m2)):
            key = "rod_coupling_nT_per_A_m2"
            yield f'[[fault]] "{fault.name}": no field of the rods reaches it: {key} is zero'


def faults_begin_in_the_run(rig: Rig) -> Iterator[str]:
    """Yield each fault that would begin after the run's end."""
    last_s = rig.duration_s - rig.step_s
    for fault in rig.fault:
        if fault.at_s is not None and fault.at_s > last_s + 1e-9:
            after = f"at_s = {fault.at_s:g} is after the run's last step, {last_s:g} s"
            yield f'[[fault]] "{fault.name}": {after}'


def surroundings(rig: Rig) -> Surroundings:
    """Return what the faults of a rig are in."""
    craft, kinds = rig.spacecraft, registry().sensors
    known = places(craft.devices)
    return Surroundings(
        {
            f"{kind.name} {number}": sum(size for _, size in kind.columns)
            for kind in kinds
            if kind.name != "camera" or rig.scene is not None  # else it is switched off
            for number in range(len(craft.devices.get(kind.heading, ())))
        },
        {
            **{f"wheel {wheel.name}": "wheel" for wheel in craft.wheel},
            **{f"rod {number}": "rod" for number in range(len(craft.rod))},
            **{f"thruster {each.name}": "thruster" for each in craft.thruster},
        },
        rig.obc.modes,
        [event.name for event in EVENTS],
        [target.name for target in rig.target],
        (*OF_THE_WIRE, _OBC) if rig.obc.wire else (_OBC,),
        [
            f"line {line.name}{way}"
            for line in rig.line
            for way in ("", f" {TO_OBC}", f" {FROM_OBC}")
        ],
        {
            each.device: protocol_of(each, craft.tables(place.heading)[place.number]) or ""
            for line in rig.line
            for each in line.device
            if (place := known.get(each.device))
        },
    )


def fault_misfits(faults: Sequence[Fault], around: Surroundings) -> Iterator[str]:
    """Yield what keeps each fault from happening."""
    names = [fault.name for fault in faults]
    for name, n in Counter(names).items():
        if n > 1:
            yield f"two faults are called {name!r}: name each differently"
    for fault in faults:
        for words in _misfits(fault, names, around):
            yield f'[[fault]] "{fault.name}": {words}'


def _misfits(fault: Fault, names: Sequence[str], around: Surroundings) -> Iterator[str]:
    yield from _times(fault, names, around)
    kind = KINDS.get(fault.kind)
    if kind is None:
        yield f'kind = "{fault.kind}": no such kind; {_suggested(fault.kind, list(KINDS))}'
        return
    yield from _keys(fault, kind)
    if fault.device in OF_THE_WIRE and fault.device not in around.of_bench:
        yield f"there is no {fault.device}: [obc] wire = false"
        return
    if fault.device not in around.devices:
        hint = _suggested(fault.device, around.devices)
        yield f'device = "{fault.device}": no such device; {hint}'
        return
    yield from _device(fault, kind, around)


def _times(fault: Fault, names: Sequence[str], around: Surroundings) -> Iterator[str]:
    if fault.on is None or fault.on in ECLIPSE:
        return
    what, _, name = fault.on.partition(" ")
    every = (around.modes, around.events, names, around.targets)
    known = dict(zip(NAMED, every, strict=True)).get(what)
    if known is None or not name:
        forms = [*ECLIPSE, *(f"{each} NAME" for each in NAMED)]
        yield f'on = "{fault.on}": give one of {", ".join(forms)}'
    elif name not in known or fault.on == f"fault {fault.name}":
        others = [each for each in known if each != fault.name]
        yield f'on = "{fault.on}": no such {what}; {_suggested(name, others)}'


def _keys(fault: Fault, kind: FaultKind) -> Iterator[str]:
    yield from (f"kind {kind.name} needs {key}" for key in kind.needs if key not in fault.given)
    takes = (*kind.needs, *kind.may, *kind.can)
    for key in fault.given:
        if key not in takes:
            yield f"kind {kind.name} takes no {key}; it takes {', '.join(takes) or 'none'}"
    if kind.may and not set(kind.may) & set(fault.given):
        yield f"kind {kind.name} needs one of {', '.join(kind.may)}"


def _device(fault: Fault, kind: FaultKind, around: Surroundings) -> Iterator[str]:
    size = around.sensors.get(fault.device)
    what = around.kinds_of(fault.device)
    if not set(what) & set(kind.on):
        fit = [name for name, each in KINDS.items() if set(what) & set(each.on)]
        alone = ON_LINE in kind.on and what[0] in ("sensor", "wheel")
        why = " while it is on no [[line]]" if alone else ""
        yield (
            f"{fault.device} cannot have {kind.name}{why}; a {what[-1]} can have {', '.join(fit)}"
        )
    elif ON_LINE in kind.on:
        yield from _says_a_checksum(fault, kind, around)
    elif size is not None:
        yield from _values(fault, kind, size)


def _says_a_checksum(fault: Fault, kind: FaultKind, around: Surroundings) -> Iterator[str]:
    protocol = protocols().get(around.on_lines[fault.device])
    if kind.name == "wrong_checksum" and protocol is not None and not protocol.checksum:
        yield f"{fault.device} speaks {protocol.name}, which has no checksum"


def _values(fault: Fault, kind: FaultKind, size: int) -> Iterator[str]:
    sizes, sensors = kind.make.sizes, kind.make.devices
    if sensors and fault.device.split()[0] not in sensors:
        yield f"{fault.device} cannot have {kind.name}: it is for {' and '.join(sensors)}"
    if sizes and size not in sizes:
        fit = " or ".join(map(str, sizes))
        yield f"{fault.device} has samples of {size} values; kind {fault.kind} is for {fit}"
    for key in _PER_VALUE:
        values = getattr(fault, key)
        if values is not None and len(values) != size:
            yield f"{key} has {len(values)} values; {fault.device} has {size}"
    if fault.cell is not None and fault.cell >= size:
        yield f"cell = {fault.cell}: {fault.device} has cells 0 to {size - 1}"
    if fault.axes is not None and (len(fault.axes) != 3 or not set(fault.axes) <= _AXES):
        yield f"axes = {list(fault.axes)}: give three of x, y, z, with - before what is inverted"


def _suggested(name: str, known: Sequence[str]) -> str:
    return suggestion(name, list(known), "there are") if known else "there is none"

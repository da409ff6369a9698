"""Whether the lines of a rig fit its devices: one sentence for each that does not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from hil.faults.kinds import KINDS
from hil.faults.line import OF_THE_WIRE
from hil.faults.obc import ClockDrift, ClockJump
from hil.lines.build import Place, exchanges_hz, places, protocol_of
from hil.lines.model import Line, OnLine
from hil.physics.constants import EARTH
from hil.physics.orbit import periapsis_m
from hil.physics.rotations import rotation_matrix
from hil.physics.vectors import dot
from hil.protocols.device import Protocol
from hil.protocols.registry import protocols
from hil.rig.model import Rig
from hil.rig.suggest import suggestion

_CLOCK_FAULTS = {name for name, kind in KINDS.items() if kind.make in (ClockDrift, ClockJump)}
_ALONG_cos = math.cos(math.radians(1.0))


def lines_fit(rig: Rig) -> Iterator[str]:
    """Yield what keeps the lines of a rig from being what they say."""
    known = places(rig.spacecraft.devices)
    yield from _names(rig)
    yield from _telemetry(rig)
    yield from _pins(rig, known)
    for line in rig.line:
        yield from (f'[[line]] "{line.name}": {words}' for words in _line(rig, line, known))
    yield from _nowhere(rig, known)


def devices_on_lines(rig: Rig) -> set[str]:
    """Return what a rig calls the devices that are on lines."""
    return {device.device for line in rig.line for device in line.device}


def _pins(rig: Rig, known: Mapping[str, Place]) -> Iterator[str]:
    keys = dict[str, tuple[str, ...]]()
    keys |= {f"rod {number}": ("plus", "minus") for number in range(len(rig.spacecraft.rod))}
    keys |= {f"gps {number}": ("pps",) for number in range(len(rig.spacecraft.tables("gps")))}
    keys |= dict.fromkeys(_triggered(rig, known), ("trigger",))
    for each in rig.pin:
        where, key = f'[[pin]] device = "{each.device}"', keys.get(each.device)
        if key is None:
            there_are = suggestion(each.device, list(keys), "there are")
            yield f"{where}: no device that hangs on pins; {there_are}"
        elif key[0] not in each.given or set(each.given) - set(key):
            yield f"{where}: give {', perhaps '.join(key)}, and no other pin"
        for name in (each.pps, each.trigger):
            if name is not None and name.startswith("TIM"):
                yield f"{where}: {name} is a timer's channel: name a port's pin, as PA8"
        if each.device in rig.obc.not_connected:
            yield f"[obc] not_connected: {each.device} is on pins: take it out of one of the two"
    for device, n in Counter(each.device for each in rig.pin).items():
        if n > 1:
            yield f"[[pin]]: {device} has {n} tables: give it one"
    for name, n in Counter(name for each in rig.pin for name in each.given.values()).items():
        if n > 1:
            yield f"[[pin]]: {name} is given {n} times: give each its own"
    if rig.pin and rig.obc.wire:
        yield "[[pin]] is for images that know no bench: give [obc] wire = false, or take it out"


def _triggered(rig: Rig, known: Mapping[str, Place]) -> Iterator[str]:
    """Yield the devices on lines that have a trigger pin."""
    for each in (device for line in rig.line for device in line.device if device.device in known):
        place = known[each.device]
        name = protocol_of(each, rig.spacecraft.tables(place.heading)[place.number])
        protocol = protocols().get(name or "")
        if protocol is not None and protocol.trigger_ns is not None:
            yield each.device


def _telemetry(rig: Rig) -> Iterator[str]:
    told = [line.name for line in rig.line if line.telemetry is not None]
    if len(told) > 1:
        yield f"[line.telemetry]: lines {' and '.join(told)} have one: leave it on one"
    if told and rig.obc.wire:
        yield (
            f'[[line]] "{told[0]}" [line.telemetry]: the firmware tells its estimate over the '
            "bench's own line: take the table out, or give [obc] wire = false"
        )
    wheels = len(rig.spacecraft.wheel)
    for line in rig.line:
        names = line.telemetry.wheel_speed if line.telemetry else None
        if names is not None and len(names) != wheels:
            yield (
                f'[[line]] "{line.name}" [line.telemetry] wheel_speed: it names {len(names)}, and '
                f"the spacecraft has {wheels} wheels: give one name a wheel"
            )


def _names(rig: Rig) -> Iterator[str]:
    for what, given in (
        ("name", [line.name for line in rig.line]),
        ("usart", [line.usart for line in rig.line if line.usart]),
        ("port", [line.port for line in rig.line if line.port]),
    ):
        for value, n in Counter(given).items():
            if n > 1:
                yield f"[[line]]: {n} lines have {what} = {value!r}: give each its own"
    for line in rig.line:
        if rig.obc.wire and line.usart == 1:
            yield (
                f'[[line]] "{line.name}": usart = 1 is that of the bench\'s own line: take another '
                "one, or give [obc] wire = false"
            )
    for line in rig.line:
        if f"line {line.name}" in OF_THE_WIRE:
            yield f'[[line]] "{line.name}": faults call a direction so: take another name'
    on_lines = Counter(each.device for line in rig.line for each in line.device)
    for device, n in on_lines.items():
        if n > 1:
            yield f"[[line]]: {device} is on {n} lines: leave it on one"
    for device in rig.obc.not_connected:
        if device in on_lines:
            yield f"[obc] not_connected: {device} is on a line: take it out of one of the two"


def _line(rig: Rig, line: Line, known: Mapping[str, Place]) -> Iterator[str]:
    bits_s = 0.0
    if bool(line.device) == (line.telemetry is not None):
        yield "give [[line.device]] tables, or a [line.telemetry] table, and not both"
    for device in line.device:
        place = known.get(device.device)
        if place is None:
            yield f'device = "{device.device}": {_unknown(device.device, known)}'
            continue
        table = rig.spacecraft.tables(place.heading)[place.number]
        name = protocol_of(device, table)
        protocol = protocols().get(name or "")
        if protocol is None:
            yield f"{device.device}: {_no_protocol(name)}"
            continue
        yield from (f"{device.device}: {words}" for words in _speaks(line, device, place, protocol))
        yield from (f"{device.device}: {words}" for words in _says(rig, device, place, protocol))
        octets = sum(protocol.octets) if line.duplex == "half" else max(protocol.octets)
        bits_s += octets * line.form.length * exchanges_hz(place, table, rig.step_s)
    if bits_s > line.baud:
        yield (
            f"its devices need {bits_s:.0f} bits/s, and baud = {line.baud} is less: raise it, or "
            "lower their rates"
        )
    yield from _addresses(line)


def _unknown(device: str, known: Mapping[str, Place]) -> str:
    if not known:
        return "the spacecraft has no device that can be on a line"
    return f"no such device; {suggestion(device, list(known), 'there are')}"


def _no_protocol(name: str | None) -> str:
    every = list(protocols())
    if name is None:
        return f"neither line nor part names its protocol; there are {', '.join(every)}"
    return f'protocol = "{name}": no such protocol; {suggestion(name, every, "there are")}'


def _speaks(line: Line, device: OnLine, place: Place, protocol: Protocol) -> Iterator[str]:
    if place.kind not in protocol.kinds:
        fit = ", ".join(each.name for each in protocols().values() if place.kind in each.kinds)
        yield f"{protocol.name} is for a {' or a '.join(protocol.kinds)}; it can speak {fit}"
    if protocol.bauds and line.baud not in protocol.bauds:
        rates = ", ".join(map(str, sorted(protocol.bauds)))
        yield f"{protocol.name} knows no baud = {line.baud}; it has {rates}"
    if line.form.bits < protocol.bits:
        yield (
            f'format = "{line.format}" has {line.form.bits} data bits, and {protocol.name} needs '
            f"{protocol.bits}: give 8N1"
        )
    if device.address and device.address not in protocol.addresses:
        has = protocol.addresses
        can = f"{has.start} to {has.stop - 1}" if has else "none"
        yield f"address = {device.address}: {protocol.name} has {can}"
    for text in device.setup:
        try:
            protocol.command(text)
        except (ValueError, UnicodeError) as error:
            yield f"setup = {text!r} is no command of {protocol.name}: {error}"


def _says(rig: Rig, device: OnLine, place: Place, protocol: Protocol) -> Iterator[str]:
    """Yield what of its values a protocol cannot say."""
    table = rig.spacecraft.tables(place.heading)[place.number]
    limits = protocol.limits or {}
    for quantity, value, called in _extremes(rig, place, table):
        if quantity in limits and value > limits[quantity] * (1.0 + 1e-6):
            most = f"{limits[quantity]:.6g} {quantity.rpartition('_')[2]}"
            yield f"{protocol.name} says at most {most}, and {called} is {value:.6g}"
    if place.kind == "fine_sun_sensor":
        axis = rotation_matrix(device.q_body_from_device)
        z_body = (axis[0][2], axis[1][2], axis[2][2])
        if dot(z_body, table.boresight_body) < _ALONG_cos:
            yield (
                f"{protocol.name} looks along its z axis, which q_body_from_device turns to "
                f"{[round(each, 3) + 0.0 for each in z_body]}; boresight_body is "
                f"{list(table.boresight_body)}"
            )


def _extremes(rig: Rig, place: Place, table: Any) -> Iterator[tuple[str, float, str]]:
    if place.kind == "gps":
        reach_m = min(_apoapsis_m(rig) - EARTH.radius_m, table.height_max_m)
        yield "height_m", reach_m, "the highest fix of this orbit in m"
    if place.kind == "gyro":
        yield "rate_rad_s", math.radians(table.range_deg_s), "its range in rad/s"
    if place.kind == "magnetometer":
        yield "field_T", 1e-9 * table.range_nT, "its range in T"


def _apoapsis_m(rig: Rig) -> float:
    """Farthest point of the osculating orbit; by the vis-viva equation."""
    position_m, velocity_m_s = rig.orbit.state()
    r, v = float(np.linalg.norm(position_m)), float(np.linalg.norm(velocity_m_s))
    mu = rig.orbit.body.mu_m3_s2
    over_a = 2.0 / r - v * v / mu
    return math.inf if over_a <= 0.0 else 2.0 / over_a - periapsis_m(mu, position_m, velocity_m_s)


def _addresses(line: Line) -> Iterator[str]:
    for address, n in Counter(device.address for device in line.device).items():
        if n > 1:
            yield f"{n} of its devices have address = {address}: give each its own"


def _nowhere(rig: Rig, known: Mapping[str, Place]) -> Iterator[str]:
    craft = rig.spacecraft
    rods = {f"rod {number}" for number in range(len(craft.rod))}
    thrusters = {f"thruster {each.name}" for each in craft.thruster}
    every = [*known, *sorted(rods), *sorted(thrusters)]
    for device in rig.obc.not_connected:
        if device not in every:
            yield f'[obc] not_connected = "{device}": no such device; ' + suggestion(
                device, every, "there are"
            )
    if rig.obc.wire:
        return
    if rig.telecommand:
        yield "[[telecommand]] goes over the bench's own line, and [obc] wire = false: take it out"
    for fault in rig.fault:
        if fault.kind in _CLOCK_FAULTS:
            yield (
                f'[[fault]] "{fault.name}": kind {fault.kind} is of the time that the bench tells '
                "the OBC, and [obc] wire = false: it tells none"
            )
    if not rig.line:
        yield "[obc] wire = false: without a [[line]] the OBC has no line at all"
        return
    somewhere = devices_on_lines(rig) | set(rig.obc.not_connected)
    somewhere |= {each.device for each in rig.pin}
    if lost := [device for device in every if device not in somewhere]:
        are = "is" if len(lost) == 1 else "are"
        yield (
            f"[obc] wire = false: {', '.join(lost)} {are} on no line: "
            "give a [[line]], or name what the OBC has no line to in [obc] not_connected"
        )

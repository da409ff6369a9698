"""The wiring of a rig's lines: what leads where, and how full each line is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hil.lines.build import Tables, exchanges_hz, places, protocol_of
from hil.lines.model import Line
from hil.protocols.registry import protocols

PINS = {
    1: ("PA9", "PA10"),
    2: ("PA2", "PA3"),
    3: ("PB10", "PB11"),
    4: ("PA0", "PA1"),
    5: ("PC12", "PD2"),
    6: ("PC6", "PC7"),
}
"""TX and RX of the STM32F405's USARTs as the reference firmware uses them (DS8626, table 9)."""


class Wire(NamedTuple):
    """One line's wiring. to_obc, from_obc: octets a second of its devices; most: that it takes."""

    name: str
    leads_to: str
    devices: tuple[str, ...]
    setting: str
    to_obc: float
    from_obc: float
    most: float

    @property
    def load(self) -> float:
        """Part of the line that is taken; of a half-duplex one by both directions together."""
        half = "half" in self.setting
        used = self.to_obc + self.from_obc if half else max(self.to_obc, self.from_obc)
        return used / self.most


def wiring(lines: Sequence[Line], tables: Tables, step_s: float) -> list[Wire]:
    """Return the wiring of lines that fit their devices; step_s: the control period."""
    return [_wire(line, tables, step_s) for line in lines]


def _wire(line: Line, tables: Tables, step_s: float) -> Wire:
    where = places(tables)
    to_obc = from_obc = 0.0
    devices = []
    for each in line.device:
        place = where[each.device]
        table = tables[place.heading][place.number]
        protocol = protocols()[protocol_of(each, table) or ""]
        rate = exchanges_hz(place, table, step_s)
        to_obc += rate * protocol.octets[0]
        from_obc += rate * protocol.octets[1]
        address = f" 0x{each.address:02X}" if each.address else ""
        devices.append(f"{each.device} ({protocol.name}{address})")
    if line.telemetry is not None:
        devices.append("telemetry")
    setting = f"{line.baud} {line.format} {line.duplex}"
    return Wire(
        line.name, _leads_to(line), tuple(devices), setting, to_obc, from_obc, line.octets_a_second
    )


def _leads_to(line: Line) -> str:
    usart = f"USART{line.usart}" if line.usart else ""
    pins = PINS.get(line.usart or 0)
    if pins:
        tx, rx = pins
        usart += f", TX {tx}, RX {rx}"
    parts = [part for part in (line.port, usart) if part]
    return "\n".join(parts) or "a host program's pseudo-terminal"

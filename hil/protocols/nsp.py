"""Nanosatellite Protocol of Sinclair and Rocket Lab's wheels (RW-0.03 class), on a UART.

Sources: ut-issl/c2a-aobc (MIT) rw0003.c, and Rivercraft911/rxnReflect rw_wheel/driver.py, written
after the maker's interface control document E400281. Files differ from model to model.
"""

from __future__ import annotations

import math
import struct
from typing import Any

from hil.protocols import slip
from hil.protocols.checksums import crc16_mcrf4xx
from hil.protocols.device import MS, Device, Drive, Measured, Protocol, Settings
from hil.protocols.stream import Heard

POLL, COPIED, ACK = 0x80, 0x40, 0x20
PING, INIT, PEEK, POKE, DIAGNOSTIC, CRC, READ, WRITE = 0, 1, 2, 3, 4, 6, 7, 8
IDLE, SPEED, MOMENTUM, TORQUE = 0, 3, 0x11, 0x12
FILE_SUPPLY, FILE_TEMPERATURE = 2, 3
FILE_SPEED, FILE_MOMENTUM, FILE_CURRENT, FILE_INERTIA = 0x15, 0x16, 0x1F, 0x28
HOST = 0x11
"""Of the computer: any will do."""
_SET = struct.Struct("<BBf")
_VALUE = struct.Struct("<Bf")


def frame(to: int, source: int, control: int, data: bytes = b"") -> bytes:
    """Return a frame as it goes on the line."""
    body = bytes([to, source, control]) + data
    return slip.encoded(body + crc16_mcrf4xx(body).to_bytes(2, "little"))


def read_file(address: int, file: int) -> bytes:
    """Return the question for a file's value."""
    return frame(address, HOST, POLL | READ, bytes([file]))


def set_mode(address: int, mode: int, value: float) -> bytes:
    """Return the command to a mode: rad/s, N m s or N m."""
    return frame(address, HOST, POLL | WRITE, _SET.pack(0, mode, value))


_WORDS = {PING: "ping", INIT: "init", READ: "read", WRITE: "write", CRC: "crc"}


def understood(content: bytes) -> tuple[str, dict[str, Any]] | str:
    """Return what a frame's content says, or why it is refused."""
    if len(content) < 5:
        return "too short"
    if crc16_mcrf4xx(content):
        return "wrong checksum"
    control, data = content[2], content[3:-2]
    values: dict[str, Any] = {
        "to": content[0],
        "from": content[1],
        "command": control & 0x1F,
        "poll": bool(control & POLL),
        "ack": bool(control & ACK),
        "data": data,
    }
    if control & 0x1F == READ and len(data) == _VALUE.size:
        values["file"], values["value"] = _VALUE.unpack(data)
    elif control & 0x1F == WRITE and len(data) == _SET.size:
        _, values["mode"], values["value"] = _SET.unpack(data)
    command = control & 0x1F
    return _WORDS.get(command) or f"command {command}", values


class Wheel(Device):
    """One that waits in its boot loader for INIT, and then obeys; it only speaks when asked."""

    start_ns = 50 * MS  # guess
    answer_ns = 1 * MS  # RW-0.03 has its answer ready 2 ms after the question on I2C

    def __init__(self, settings: Settings) -> None:
        """Make one that is off."""
        super().__init__(settings, slip.reader(understood))
        self.running, self.mode = False, IDLE

    def _started(self, now_ns: int) -> None:
        del now_ns
        self.running, self.mode = False, IDLE
        self.drive = Drive()

    def _measured(self, measured: Measured, now_ns: int) -> None:
        """It waits to be asked."""

    def _told(self, heard: Heard, now_ns: int) -> None:
        values = heard.values
        if values["to"] != self.settings.address or values["ack"]:
            return
        good, answer = self._obeyed(int(values["command"]), values["data"])
        if values["poll"]:
            control = POLL | (ACK if good else 0) | int(values["command"])
            reply = frame(int(values["from"]), self.settings.address, control, answer)
            self._say(reply, now_ns + self.answer_ns)

    def _obeyed(self, command: int, data: bytes) -> tuple[bool, bytes]:
        """Do what a command says; return whether it could be done, and the answer's data."""
        if command == PING:
            return True, b"RW emulated" + (b" application" if self.running else b" bootloader")
        if command == INIT and len(data) == 4:
            self.running, self.mode, self.drive = True, IDLE, Drive()
            return True, b""
        if command == READ and len(data) == 1 and self.running:
            value = self._value(data[0])
            return (True, _VALUE.pack(data[0], value)) if value is not None else (False, data)
        if command == WRITE and len(data) == _SET.size and self.running:
            return self._set(*_SET.unpack(data)), b""
        return False, b""

    def _set(self, file: int, mode: int, value: float) -> bool:
        if file != 0 or not math.isfinite(value):
            return False
        if mode == TORQUE:
            drive = Drive(torque_Nm=value)
        elif mode in (SPEED, MOMENTUM):
            inertia = self.settings.inertia_kg_m2 if mode == MOMENTUM else 1.0
            drive = Drive(speed_rad_s=value / inertia)
        elif mode == IDLE:
            drive = Drive()
        else:
            return False
        self.mode, self.drive = mode, drive
        return True

    def _value(self, file: int) -> float | None:
        speed = self.measured.values[0] if self.measured else 0.0
        kelvin = self.measured.temperature_K if self.measured else 293.15
        inertia = self.settings.inertia_kg_m2
        values = {
            FILE_SUPPLY: 3.3,
            FILE_TEMPERATURE: kelvin - 273.15,
            FILE_SPEED: speed,
            FILE_MOMENTUM: speed * inertia,
            FILE_CURRENT: 0.05,
            FILE_INERTIA: inertia,
        }
        return values.get(file)


PROTOCOLS = (
    Protocol(
        name="nsp",
        title="Wheel of the RW-0.03 class on the Nanosatellite Protocol",
        kinds=("wheel",),
        device=Wheel,
        from_device=lambda: slip.reader(understood),
        to_device=lambda: slip.reader(understood),
        command=lambda text: slip.encoded(bytes.fromhex(text)),
        octets=(13 + 9, 9 + 14),
        bauds=(115_200, 57_600, 19_200),
        addresses=range(1, 256),
        duplex="half",
        answer_s=0.002,
        sources=(
            "ut-issl/c2a-aobc 24de303 (MIT): RW-0.03, on I2C",
            "Rivercraft911/rxnReflect 7b28148: RW4-12, on RS-485",
        ),
        unsure=(
            "start-up time; that it obeys nothing but ping and init before init",
            "an answer without ACK to what it cannot do",
            "file 0x1F (current) in A is a constant here: the bench has no motor current",
        ),
    ),
)

"""arcsec Sagitta star tracker: SLIP frames with an xxHash32, RS-485.

Source: ut-issl/c2a-aobc (MIT) sagitta.c, which cites the maker's "Data interface control document"
1.2, and s2e-aobc sagitta.cpp of the same team; they agree octet for octet.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import xxhash

from hil.protocols import slip
from hil.protocols.device import MS, Device, Measured, Protocol, Settings
from hil.protocols.stream import Heard

ADDRESS = 0x21
_SEED = 1425
SET, ASK, TELEMETRY, ACTION = 0, 1, 2, 3
ANSWER, UNASKED = 0x80, 0x84
BOOT, SET_TIME, SUBSCRIPTION = 1, 14, 18
TIME, SOLUTION, TEMPERATURE = 1, 24, 27
_HEAD = struct.Struct("<BBBBIQ")
_SOLUTION = struct.Struct("<4ff4fBBB4ffBBBIB")
_TEMPERATURE = struct.Struct("<3f")
_TIME = struct.Struct("<IQ")
_NO_ERROR, _UNKNOWN = 0, 1  # guess: all that is known is that 0 is good
Quaternion = tuple[float, ...]


def frame(message: bytes) -> bytes:
    """Return a message with its hash, as it goes on the line."""
    return slip.encoded(message + xxhash.xxh32(message, seed=_SEED).digest()[::-1])


def request(kind: int, number: int, parameters: bytes = b"", address: int = ADDRESS) -> bytes:
    """Return what is said to the tracker."""
    return frame(bytes([address, kind, number]) + parameters)


def telemetry(
    kind: int, number: int, data: bytes, counter: int, unix_us: int, address: int = ADDRESS
) -> bytes:
    """Return telemetry; kind: ANSWER + TELEMETRY, or UNASKED."""
    return frame(_HEAD.pack(address, kind, number, 0, counter, unix_us) + data)


def solution(q_eci_from_tracker: Sequence[float], valid: bool, stable: int) -> bytes:
    """Return the data of a solution; the quaternion is scalar last.

    Its numbers, scalar first, are those that turn a vector's coordinates from ECI to the tracker
    by C(q), as S2E's emulator has them: the rotation of ECI's axes to the tracker's.
    """
    x, y, z, w = q_eci_from_tracker
    q = (w, x, y, z)
    return _SOLUTION.pack(
        *q, 1.0 if valid else 0.0, *q, 0, 40, 25, *q, 80.0, 20, not valid, valid, stable, 0
    )


def understood(content: bytes) -> tuple[str, dict[str, Any]] | str:
    """Return what a frame's content says, in either direction, or why it is refused."""
    message, digest = content[:-4], content[-4:]
    if len(message) < 3:
        return "too short"
    if xxhash.xxh32(message, seed=_SEED).digest()[::-1] != digest:
        return "wrong hash"
    kind, number, rest = message[1], message[2], message[3:]
    values: dict[str, Any] = {"address": message[0], "id": number}
    if kind < ANSWER:
        names = {SET: "set parameter", ASK: "ask parameter", TELEMETRY: "ask", ACTION: "action"}
        return names.get(kind, f"request {kind}"), values | {"parameters": rest}
    if kind in (UNASKED, ANSWER | TELEMETRY) and len(rest) >= 13:
        return _telemetry(number, rest, values)
    return "answer", values | {"status": rest[0] if rest else None}


def _telemetry(number: int, rest: bytes, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    values["counter"], values["unix_us"] = struct.unpack_from("<IQ", rest, 1)
    data = rest[13:]
    if number == SOLUTION and len(data) == _SOLUTION.size:
        told = _SOLUTION.unpack(data)
        q = (told[1], told[2], told[3], told[0])
        return "solution", values | {"q_eci_from_tracker": q, "valid": bool(told[-3])}
    if number == TEMPERATURE and len(data) == _TEMPERATURE.size:
        return "temperature", values | {"temperature_degC": _TEMPERATURE.unpack(data)}
    if number == TIME and len(data) == _TIME.size:
        running_ms, unix_us = _TIME.unpack(data)
        return "time", values | {"running_ms": running_ms, "clock_us": unix_us}
    return f"telemetry {number}", values | {"data": data}


PARAMETERS = frozenset((3, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 23, 25, 30, 31))
"""Numbers of its settings beside the subscription, as c2a-aobc's sagitta.h has them."""


class Sagitta(Device):
    """One that waits in its boot loader until it is told to boot, and then measures."""

    start_ns = 100 * MS  # guess
    boot_ns = 500 * MS  # guess

    def __init__(self, settings: Settings) -> None:
        """Make one that is off."""
        super().__init__(settings, slip.reader(understood))
        self._address = settings.address or ADDRESS

    def _started(self, now_ns: int) -> None:
        self._on_ns, self.booted_ns = now_ns, -1
        self.subscribed: bytes = b""
        self._counter = self._stable = 0
        self._clock_offset_us = 0  # of its own clock: counts from 0 until it is told the time

    def _measured(self, measured: Measured, now_ns: int) -> None:
        if self.booted_ns < 0 or now_ns < self.booted_ns:
            return
        self._counter += 1
        self._stable = self._stable + 1 if measured.valid else 0
        for number in self.subscribed:
            self._say(self._telemetry_of(UNASKED, number, now_ns), now_ns)

    def _telemetry_of(self, kind: int, number: int, now_ns: int) -> bytes:
        now_us = (now_ns - self._on_ns) // 1000 + self._clock_offset_us
        data = self._data(number, now_ns)
        if data is None:
            return frame(bytes([self._address, kind, number, _UNKNOWN]))
        return telemetry(kind, number, data, self._counter, now_us, self._address)

    def _data(self, number: int, now_ns: int) -> bytes | None:
        measured = self.measured
        if number == SOLUTION and measured is not None:
            q = measured.values if measured.valid else (0.0, 0.0, 0.0, 1.0)
            return solution(q, measured.valid, self._stable)
        if number == TEMPERATURE:
            celsius = (measured.temperature_K if measured else 293.15) - 273.15
            return _TEMPERATURE.pack(celsius + 10.0, celsius, celsius + 5.0)
        if number == TIME:
            running_us = (now_ns - self._on_ns) // 1000
            return _TIME.pack(running_us // 1000 & 0xFFFFFFFF, running_us + self._clock_offset_us)
        return None

    def _told(self, heard: Heard, now_ns: int) -> None:
        number, values = int(heard.values["id"]), heard.values
        if values["address"] != self._address or "parameters" not in values:
            return
        if heard.name == "ask":
            if 0 <= self.booted_ns <= now_ns:
                kind = ANSWER | TELEMETRY
                self._say(self._telemetry_of(kind, number, now_ns), now_ns + MS)
            return
        status = self._obeyed(heard.name, number, values["parameters"], now_ns)
        kind = ANSWER | {"set parameter": SET, "ask parameter": ASK}.get(heard.name, ACTION)
        self._say(frame(bytes([self._address, kind, number, status])), now_ns + MS)

    def _obeyed(self, name: str, number: int, parameters: bytes, now_ns: int) -> int:
        """Do what was told; return the status."""
        if (name, number) == ("action", BOOT) and parameters == b"\1":
            self.booted_ns = now_ns + self.boot_ns
        elif (name, number) == ("action", SET_TIME) and len(parameters) == 8:
            told_us = int.from_bytes(parameters, "little")
            self._clock_offset_us = told_us - (now_ns - self._on_ns) // 1000
        elif (name, number) == ("set parameter", SUBSCRIPTION) and len(parameters) == 16:
            self.subscribed = parameters.replace(b"\0", b"")
        elif name == "set parameter" and number in PARAMETERS:
            pass  # of its camera and algorithms, of which nothing is emulated
        else:
            return _UNKNOWN
        return _NO_ERROR


PROTOCOLS = (
    Protocol(
        name="sagitta",
        title="arcsec Sagitta star tracker",
        kinds=("star_tracker",),
        device=Sagitta,
        from_device=lambda: slip.reader(understood),
        to_device=lambda: slip.reader(understood),
        command=lambda text: frame(bytes.fromhex(text)),
        octets=(_HEAD.size + _SOLUTION.size + 8, 9),
        addresses=range(1, 256),
        duplex="half",
        answer_s=0.001,
        sources=("ut-issl/c2a-aobc 24de303 and s2e-aobc 3c4a02b (MIT), of one team",),
        unsure=(
            "start-up and boot times, and that it is silent until it has booted",
            "status codes other than 0, star counts and strategy",
            "what its settings change: they are acknowledged and nothing else",
            "whether the quaternion's numbers mean what S2E's emulator means by them",
        ),
    ),
)

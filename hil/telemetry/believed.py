"""What the flight software believes, from its telemetry: as a recording's columns have it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from hil.physics.rotations import Quaternion, product, small_rotation
from hil.physics.vectors import Vector
from hil.telemetry.decoder import Decoder
from hil.telemetry.model import Telemetry

_NAN = math.nan
_NO_ATTITUDE, _NO_RATE = (_NAN, _NAN, _NAN, _NAN), (_NAN, _NAN, _NAN)


class Believed:
    """The last told attitude, rate and mode. modes: their names, the first has number 0.

    disowned: whether the firmware says that it does not know its attitude. position_ecef_m,
    wheel_speed_rad_s: as they were told last, NaN before.
    """

    def __init__(self, table: Telemetry, decoder: Decoder, modes: Sequence[str]) -> None:
        """Nothing is told yet."""
        self._table, self._decoder, self._modes = table, decoder, list(modes)
        self._q, self._q_at_ns = _NO_ATTITUDE, 0
        self._rate, self._rate_at_ns = _NO_RATE, 0
        self._mode, self.disowned = _NAN, False
        self.position_ecef_m = _NO_RATE
        self.wheel_speed_rad_s = tuple(_NAN for _ in table.wheel_speed or ())
        self._seen: set[str] = set()

    @property
    def refused(self) -> int:
        """How often the decoder met what is not a message."""
        return int(getattr(self._decoder, "refused", 0))

    @property
    def why(self) -> str:
        """What was wrong with the last of it."""
        return str(getattr(self._decoder, "why", ""))

    @property
    def never_told(self) -> list[str]:
        """The rig's parameters that were in no message."""
        return [name for name in self._table.names if name not in self._seen]

    def take(self, data: bytes, now_ns: int) -> None:
        """Read octets whose last one is here at a time, ns of simulated time."""
        at_ns = now_ns - round(1e9 * self._table.age_s)
        for message in self._decoder.read(data):
            self._seen.update(name for name in self._table.names if name in message)
            self._take(message, at_ns)

    def _take(self, message: Mapping[str, object], at_ns: int) -> None:
        table = self._table
        if table.mode is not None and table.mode in message:
            self._mode = self._number(message[table.mode])
        if table.known is not None and table.known in message:
            self.disowned = not _number(message[table.known])
        self._take_devices(message)
        attitude = _numbers(message, table.attitude or ())
        rate = _numbers(message, table.rate or ())
        if attitude is not None:
            self._q, self._q_at_ns = self._q_eci_from_body(attitude), at_ns
        if rate is not None:
            self._rate, self._rate_at_ns = self._rad_s(rate), at_ns

    def _take_devices(self, message: Mapping[str, object]) -> None:
        position = _numbers(message, self._table.position_ecef or ())
        speeds = _numbers(message, self._table.wheel_speed or ())
        if position is not None:
            metres = 1e3 if self._table.position_unit == "km" else 1.0
            x, y, z = position
            self.position_ecef_m = (metres * x, metres * y, metres * z)
        if speeds is not None:
            unit = math.pi / 30.0 if self._table.wheel_speed_unit == "rpm" else 1.0
            self.wheel_speed_rad_s = tuple(unit * each for each in speeds)

    def _q_eci_from_body(self, told: tuple[float, ...]) -> Quaternion:
        a, b, c, d = told
        x, y, z, w = (b, c, d, a) if self._table.scalar == "first" else (a, b, c, d)
        return (-x, -y, -z, w) if self._table.turns == "body_from_eci" else (x, y, z, w)

    def _rad_s(self, told: tuple[float, ...]) -> Vector:
        unit = math.radians(1.0) if self._table.rate_unit == "deg/s" else 1.0
        x, y, z = told
        return (unit * x, unit * y, unit * z)

    def _number(self, told: object) -> float:
        """A mode's number; one that the rig does not name is none."""
        if isinstance(told, str):
            return float(self._modes.index(told)) if told in self._modes else _NAN
        return _number(told)

    def at(self, time_ns: int) -> tuple[Quaternion, Vector, float]:
        """Return attitude, rate and mode for a time; NaN of what is not told.

        The attitude is carried on, or back, at the told rate.
        """
        most_ns = 1e9 * self._table.hold_s
        q = self._q if abs(time_ns - self._q_at_ns) <= most_ns else _NO_ATTITUDE
        rate = self._rate if abs(time_ns - self._rate_at_ns) <= most_ns else _NO_RATE
        if not math.isnan(sum(rate)):
            later_s = 1e-9 * (time_ns - self._q_at_ns)
            x, y, z = rate
            q = product(q, small_rotation((x * later_s, y * later_s, z * later_s)))
        return q, rate, self._mode


def _numbers(message: Mapping[str, object], names: Sequence[str]) -> tuple[float, ...] | None:
    """The numbers of these names; None unless all are there."""
    if not names or any(name not in message for name in names):
        return None
    return tuple(_number(message[name]) for name in names)


def _number(told: object) -> float:
    try:
        return float(told)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return _NAN

"""How hard each kind of fault is by default, from what a device's own table says of it."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from hil.faults import KINDS

Keys = dict[str, Any]


class Scale(NamedTuple):
    """Sizes of a sensor's values, in the unit of its column.

    noise: 1 sigma of a healthy sample. stuck: a sample that it could show, though seldom.
    """

    noise: float
    stuck: tuple[float, ...]


# In multiples of a healthy sensor's noise: clearly wrong, and small beside what it measures.
_BIAS, _DRIFT_IN_60_s, _NOISE, _SPIKE, _STEP = 100.0, 100.0, 20.0, 300.0, 50.0
_SPIKES_OF_ALL, _FRAMES_OF_ALL = 0.05, 0.05
_TURN_deg = (0.0, 10.0, 0.0)
_LATE_s = 0.5


def _gyro(table: Any) -> Scale:
    white = table.angle_random_walk_deg_sqrt_h / 60.0 * math.sqrt(table.rate_hz)  # deg/s
    return Scale(math.radians(max(white, 1e-4)), (0.01, 0.0, 0.0))


def _star_tracker(table: Any) -> Scale:
    return Scale(math.radians(table.roll_noise_arcsec / 3600.0), (0.0, 0.0, 0.0, 1.0))


def _fine_direction(table: Any) -> Scale:
    return Scale(math.radians(max(table.noise_deg, 0.01)), (0.0, 0.0, 1.0))


_SCALES: Mapping[str, Callable[[Any], Scale]] = {
    "gyro": _gyro,
    "star_tracker": _star_tracker,
    "tachometer": lambda table: Scale(max(table.tachometer_noise_rad_s, 0.1), (60.0,)),
    "magnetometer": lambda table: Scale(max(table.noise_nT, 1.0) * 1e-9, (3e-5, 0.0, 0.0)),
    "coarse_sun_sensor": lambda table: Scale(
        max(table.noise_adc, 0.001 * table.full_sun_adc), (table.full_sun_adc, 0, 0, 0, 0, 0)
    ),
    "fine_sun_sensor": _fine_direction,
    "horizon_sensor": _fine_direction,
    "gps": lambda table: Scale(max(table.position_noise_m, 1.0), (7e6, 0.0, 0.0, 0.0, 7.5e3, 0.0)),
    "thermometer": lambda table: Scale(max(table.noise_K, 0.1), (table.range_max_K,)),
}


def variants(kind: str, device: str, table: Any, size: int) -> Iterator[Keys]:
    """Yield the keys of each variant of a kind of fault on a device, name and times left out.

    table: of the device, None for the line and the OBC. size: numbers in a sample, 0 of others.
    What is not known here has the keys of the kind's example. A duration of its own, None for what
    is over at once, stands in the place of the survey's.
    """
    sensor = device.split(maxsplit=1)[0]
    made = None
    if size and sensor in _SCALES:
        made = _of_sensor(kind, _SCALES[sensor](table), size)
    elif table is not None:
        made = _of_actuator(kind, table)
    else:
        made = _of_line(kind) if device.startswith("line") else _of_obc(kind)
    yield from made or [_of_example(kind)]


def _of_example(kind: str) -> Keys:
    keys = tomllib.loads(KINDS[kind].example)
    keys.pop("device")
    return keys


def _of_sensor(kind: str, scale: Scale, size: int) -> list[Keys] | None:
    first = [1.0, *[0.0] * (size - 1)]
    found: dict[str, list[Keys]] = {
        "stuck": [{"value": list(scale.stuck)}],
        "bias": [{"offset": [_BIAS * scale.noise * one for one in first]}],
        "drift": [{"drift_per_s": [_DRIFT_IN_60_s / 60.0 * scale.noise * one for one in first]}],
        "noise": [{"sigma": _NOISE * scale.noise}],
        "scale": [{"factor": 1.1}, {"factor": -1.0}],
        "turned": [{"turn_deg": list(_TURN_deg)}],
        "spikes": [{"size": _SPIKE * scale.noise, "probability": _SPIKES_OF_ALL}],
        "coarse": [{"resolution": _STEP * scale.noise}],
        "dark": [{"cell": 0}],
        "late": [{"delay_s": _LATE_s}],
        "time_stamp": [{"offset_s": _LATE_s}, {"offset_s": -_LATE_s}],
    }
    return found.get(kind)


def _of_actuator(kind: str, table: Any) -> list[Keys] | None:
    most = {"runaway": "torque_max_Nm", "stuck_on": "dipole_max_A_m2"}.get(kind)
    if most is not None:
        return [{most.replace("_max", ""): getattr(table, most)}]
    return {
        "friction": [{"factor": 5.0}],
        "gain": [{"factor": 0.5}, {"factor": -1.0}],
        "leaking": [{"factor": 0.02}],
        "weak": [{"factor": 0.5}],
    }.get(kind)


def _of_line(kind: str) -> list[Keys] | None:
    if kind in ("drop", "cut", "duplicate", "reorder"):
        return [{"probability": _FRAMES_OF_ALL}]
    found: dict[str, list[Keys]] = {
        "flip_bits": [{"bit_error_rate": 1e-4}],
        "silence": [{"duration_s": 5.0}],
        "delay": [{"delay_s": 0.03}, {"delay_s": 0.2, "duration_s": 5.0}],
    }
    return found.get(kind)


def _of_obc(kind: str) -> list[Keys] | None:
    short_s, bites_s = 5.0, 2.0
    found: dict[str, list[Keys]] = {
        "reset": [{"duration_s": None}],
        "power_off": [{"duration_s": short_s}],
        "hang": [{"duration_s": short_s}, {"duration_s": short_s, "watchdog_s": bites_s}],
    }
    return found.get(kind)

"""Why a sensor said that it could not measure: from the geometry of that instant."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from hil.judge.rows import FloatArray, Mask, Rows
from hil.physics.rotations import angle_between, apply, conjugate

_Q, _SUN, _R = "truth_q_eci_from_body", "truth_sun_eci", "truth_position_eci_m"
_RATE, _LIT, _THIRD = "truth_rate_body_rad_s", "truth_sunlit", "truth_third_body_eci"


class Reason(NamedTuple):
    """At which of some steps a reason holds; value: the angle or rate in deg or deg/s that does it.

    words: with {value:.0f} for the value nearest to what is allowed.
    """

    holds: Mask
    value: FloatArray
    words: str


Reasons = Callable[[Any, Rows, float], Iterator[Reason]]


def _off_deg(axis_body: Any, rows: Rows, eci: FloatArray) -> FloatArray:
    """Return the angles between a direction of the body and directions in ECI."""
    body = apply(conjugate(rows[_Q]), eci)
    axis = np.broadcast_to(np.asarray(axis_body), body.shape)
    return np.asarray(np.degrees(angle_between(axis, body)))


def _down_deg(axis_body: Any, rows: Rows) -> FloatArray:
    return _off_deg(axis_body, rows, -rows[_R])


def _limb_deg(axis_body: Any, rows: Rows, radius_m: float) -> FloatArray:
    """Return how far a direction is from the planet's limb; negative: it looks at the planet."""
    distance = np.linalg.norm(rows[_R], axis=1)
    down_deg = _down_deg(axis_body, rows)
    return np.asarray(down_deg - np.degrees(np.arcsin(np.minimum(1.0, radius_m / distance))))


def _star_tracker(table: Any, rows: Rows, radius_m: float) -> Iterator[Reason]:
    rate = np.degrees(np.linalg.norm(rows[_RATE], axis=1))
    most = table.rate_limit_deg_s
    yield Reason(rate > most, rate, f"the body turns at {{value:.1f}} deg/s, limit {most:g}")
    sun = _off_deg(table.boresight_body, rows, rows[_SUN])
    free = math.degrees(table.free_of(table.sun_exclusion_deg))
    words = f"Sun {{value:.0f}} deg off its boresight, exclusion {free:g}"
    yield Reason((sun < free) & (rows[_LIT] > 0.0), sun, words)
    limb = _limb_deg(table.boresight_body, rows, radius_m)
    free = math.degrees(table.free_of(table.limb_exclusion_deg))
    words = f"the planet's limb {{value:.0f}} deg off its boresight, exclusion {free:g}"
    yield Reason(limb < free, limb, words)
    moon = _off_deg(table.boresight_body, rows, rows[_THIRD])
    free = math.degrees(table.free_of(table.moon_exclusion_deg))
    words = f"Moon {{value:.0f}} deg off its boresight, exclusion {free:g}"
    yield Reason(moon < free, moon, words)


def _fine_sun_sensor(table: Any, rows: Rows, _: float) -> Iterator[Reason]:
    yield Reason(rows[_LIT] < 0.5, rows[_LIT], "eclipse")
    sun, half = _off_deg(table.boresight_body, rows, rows[_SUN]), 0.5 * table.field_of_view_deg
    words = f"Sun {{value:.0f}} deg off its boresight, field {half:g}"
    yield Reason(sun > half, sun, words)


def _horizon_sensor(table: Any, rows: Rows, _: float) -> Iterator[Reason]:
    down, most = _down_deg(table.boresight_body, rows), table.nadir_range_deg
    words = f"nadir {{value:.0f}} deg off its boresight, range {most:g}"
    yield Reason(down > most, down, words)
    sun, free = _off_deg(table.boresight_body, rows, rows[_SUN]), table.sun_exclusion_deg
    words = f"Sun {{value:.0f}} deg off its boresight, exclusion {free:g}"
    yield Reason((sun < free) & (rows[_LIT] > 0.0), sun, words)


def _gps(table: Any, rows: Rows, _: float) -> Iterator[Reason]:
    up, most = 180.0 - _down_deg(table.antenna_body, rows), table.zenith_range_deg
    words = f"its antenna {{value:.0f}} deg off the zenith, range {most:g}"
    yield Reason(up > most, up, words)


def _gyro(table: Any, rows: Rows, _: float) -> Iterator[Reason]:
    rate, most = np.degrees(np.abs(rows[_RATE]).max(axis=1)), table.range_deg_s
    yield Reason(rate > 0.98 * most, rate, f"saturated at {{value:.0f}} deg/s, range {most:g}")


REASONS: dict[str, Reasons] = {
    "star_tracker": _star_tracker,
    "fine_sun_sensor": _fine_sun_sensor,
    "horizon_sensor": _horizon_sensor,
    "gps": _gps,
    "gyro": _gyro,
}
COLUMNS = (_Q, _SUN, _R, _RATE, _LIT, _THIRD)

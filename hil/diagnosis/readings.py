"""What each kind of sensor should show, from the truth, and how well by its table."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from hil.judge.rows import FloatArray, Rows
from hil.physics.rotations import apply, conjugate

_ARCSEC = math.radians(1.0) / 3600.0


class Reading(NamedTuple):
    """How the samples of one kind of sensor compare with the truth.

    column: of the samples, without the device's name. truth: the columns that ``expected`` reads;
    it returns the values that an ideal sensor would show. rotates: they are quaternions. sigma: of
    noise and of what is fixed, in the unit of the samples (rad for a direction or an attitude),
    from the table. unit: of them. side: what it spoils when it is wrong.
    """

    column: str
    truth: tuple[str, ...]
    expected: Callable[[Rows], FloatArray]
    sigma: Callable[[Any], tuple[float, float]]
    unit: str
    rotates: bool = False
    direction: bool = False


def _of_body(eci: FloatArray, rows: Rows) -> FloatArray:
    return apply(conjugate(rows["truth_q_eci_from_body"]), eci)


def _position_ecef(rows: Rows) -> FloatArray:
    return apply(conjugate(rows["truth_q_eci_from_ecef"]), rows["truth_position_eci_m"])


def _nadir(rows: Rows) -> FloatArray:
    position = rows["truth_position_eci_m"]
    return _of_body(-position / np.linalg.norm(position, axis=1, keepdims=True), rows)


def _gyro_sigma(table: Any) -> tuple[float, float]:
    deg_h = math.radians(1.0) / 3600.0
    noise = math.radians(table.angle_random_walk_deg_sqrt_h) / 60.0 * math.sqrt(table.rate_hz)
    bias = math.hypot(table.turn_on_bias_sigma_deg_h, table.bias_instability_deg_h)
    return math.hypot(noise, math.radians(table.resolution_deg_s)), bias * deg_h


def _tracker_sigma(table: Any) -> tuple[float, float]:
    noise = max(table.across_noise_arcsec, table.roll_noise_arcsec) * _ARCSEC
    fixed = table.mounting_error_sigma_arcsec * _ARCSEC
    return noise, fixed + (26.0 * _ARCSEC if table.aberration != "none" else 0.0)


def _magnetometer_sigma(table: Any) -> tuple[float, float]:
    fixed = table.bias_sigma_nT + float(np.linalg.norm(table.hard_iron_body_nT))
    return 1e-9 * math.hypot(table.noise_nT, table.resolution_nT), 1e-9 * fixed


def _angle_sigma(table: Any) -> tuple[float, float]:
    return math.radians(table.noise_deg), math.radians(table.error_sigma_deg)


_Q = "truth_q_eci_from_body"
READINGS: dict[str, Reading] = {
    "gyro": Reading(
        "rate_body_rad_s",
        ("truth_rate_body_rad_s",),
        lambda rows: rows["truth_rate_body_rad_s"],
        _gyro_sigma,
        "rad/s",
    ),
    "star_tracker": Reading(
        "q_eci_from_body", (_Q,), lambda rows: rows[_Q], _tracker_sigma, "rad", rotates=True
    ),
    "magnetometer": Reading(
        "field_body_T",
        (_Q, "truth_field_eci_T"),
        lambda rows: _of_body(rows["truth_field_eci_T"], rows),
        _magnetometer_sigma,
        "T",
    ),
    "fine_sun_sensor": Reading(
        "sun_body",
        (_Q, "truth_sun_eci"),
        lambda rows: _of_body(rows["truth_sun_eci"], rows),
        _angle_sigma,
        "rad",
        direction=True,
    ),
    "horizon_sensor": Reading(
        "nadir_body", (_Q, "truth_position_eci_m"), _nadir, _angle_sigma, "rad", direction=True
    ),
    "gps": Reading(
        "position_ecef_m",
        ("truth_q_eci_from_ecef", "truth_position_eci_m"),
        _position_ecef,
        lambda table: (table.position_noise_m, table.position_drift_sigma_m),
        "m",
    ),
}

"""Figures that no spacecraft has: most were written in another unit, which the message names.

The limits are wide: a picosatellite's least and a half-ton spacecraft's most, times ten.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeGuard

import numpy as np
from pydantic_core import ErrorDetails

from hil.rig.examine import Location

_TEMPERATURE = (50.0, 1000.0)
_VOLTAGE = (0.1, 1e3)
_RANGES: Mapping[
    str, tuple[float, float]
] = {  # of a figure's size; 0 is right where a model says so
    "mass_kg": (0.05, 1000.0),
    "area_m2": (1e-5, 100.0),
    "centre_of_mass_body_m": (0.0, 20.0),
    "position_body_m": (0.0, 20.0),
    "centre_body_m": (0.0, 20.0),
    "residual_dipole_body_A_m2": (0.0, 10.0),
    "drag_coefficient": (0.0, 10.0),
    "frequency_hz": (1e-3, 1000.0),
    "coupling_body_sqrt_kg_m": (0.0, 100.0),
    "spin_inertia_kg_m2": (1e-9, 0.1),
    "torque_max_Nm": (1e-7, 2.0),
    "torque_gain": (0.01, 100.0),
    "torque_resolution_Nm": (0.0, 1.0),
    "speed_max_rad_s": (1.0, 2500.0),
    "coulomb_friction_Nm": (0.0, 0.1),
    "viscous_friction_Nm_s": (0.0, 0.01),
    "friction_transition_rad_s": (1e-3, 100.0),
    "static_imbalance_kg_m": (0.0, 1e-3),
    "dynamic_imbalance_kg_m2": (0.0, 1e-4),
    "tachometer_rate_hz": (1e-4, 1e4),
    "tachometer_latency_s": (0.0, 100.0),
    "tachometer_noise_rad_s": (0.0, 1e3),
    "tachometer_resolution_rad_s": (0.0, 1e3),
    "dead_time_s": (0.0, 10.0),
    "dipole_max_A_m2": (1e-4, 500.0),
    "dipole_gain": (0.01, 100.0),
    "dipole_resolution_A_m2": (0.0, 100.0),
    "rise_time_constant_s": (0.0, 60.0),
    "thrust_N": (1e-7, 50.0),
    "misalignment_body_mrad": (0.0, 1000.0),
    "minimum_on_time_s": (0.0, 10.0),
    "on_time_resolution_s": (0.0, 10.0),
    "rate_hz": (1e-4, 1e4),
    "latency_s": (0.0, 100.0),
    "angle_random_walk_deg_sqrt_h": (0.0, 1e3),
    "turn_on_bias_sigma_deg_h": (0.0, 1e6),
    "bias_instability_deg_h": (0.0, 1e5),
    "flicker_deg_h": (0.0, 1e5),
    "slow_error_sigma_arcsec": (0.0, 36_000.0),
    "slow_error_correlation_s": (1e-3, 1e9),
    "slow_error_correlation_deg": (1e-3, 360.0),
    "bending_time_s": (1e-3, 1e9),
    "bias_correlation_s": (1e-3, 1e9),
    "rate_random_walk_deg_h_sqrt_h": (0.0, 1e5),
    "scale_error_sigma_ppm": (0.0, 1e6),
    "misalignment_sigma_mrad": (0.0, 1000.0),
    "bandwidth_hz": (1e-3, 1e6),
    "range_deg_s": (0.01, 1e5),
    "resolution_deg_s": (0.0, 100.0),
    "across_noise_arcsec": (0.0, 36_000.0),
    "roll_noise_arcsec": (0.0, 36_000.0),
    "mounting_error_sigma_arcsec": (0.0, 36_000.0),
    "rate_limit_deg_s": (1e-4, 1e3),
    "acquisition_s": (0.0, 86_400.0),
    "noise_nT": (0.0, 1e6),
    "bias_sigma_nT": (0.0, 1e6),
    "resolution_nT": (0.0, 1e6),
    "range_nT": (100.0, 1e8),
    "hard_iron_body_nT": (0.0, 1e6),
    "soft_iron": (0.0, 100.0),
    "rod_coupling_nT_per_A_m2": (0.0, 1e6),
    "gain_error_sigma": (0.0, 1.0),
    "dark_adc": (0.0, 4095.0),
    "noise_adc": (0.0, 4095.0),
    "noise_deg": (0.0, 90.0),
    "error_sigma_deg": (0.0, 90.0),
    "position_noise_m": (0.0, 1e5),
    "velocity_noise_m_s": (0.0, 1e3),
    "position_drift_sigma_m": (0.0, 1e5),
    "position_drift_correlation_s": (1e-3, 1e9),
    "height_max_m": (1e5, 1e9),
    "initial_temperature_K": _TEMPERATURE,
    "sunlit_temperature_K": _TEMPERATURE,
    "eclipse_temperature_K": _TEMPERATURE,
    "range_min_K": _TEMPERATURE,
    "range_max_K": _TEMPERATURE,
    "time_constant_s": (0.0, 1e7),
    "noise_K": (0.0, 100.0),
    "error_sigma_K": (0.0, 100.0),
    "resolution_K": (0.0, 100.0),
    "noise_m_s2": (0.0, 1e3),
    "bias_sigma_m_s2": (0.0, 1e3),
    "resolution_m_s2": (0.0, 1e3),
    "range_m_s2": (1e-3, 1e5),
    "bending_body_arcsec": (0.0, 36_000.0),
    "speed_time_constant_s": (1e-3, 1e4),
    "transfer_s": (1e-6, 1e5),
    "first_fix_s": (0.0, 1e9),
    "leap_known_after_s": (0.0, 1e9),
    "full_sun_A": (1e-6, 1e3),
    "load_A": (0.0, 1e3),
    "initial_voltage_V": _VOLTAGE,
    "empty_voltage_V": _VOLTAGE,
    "full_voltage_V": _VOLTAGE,
    "capacity_A_h": (1e-4, 1e5),
    "current_noise_A": (0.0, 1e3),
    "voltage_noise_V": (0.0, 1e3),
    "current_resolution_A": (0.0, 1e3),
    "voltage_resolution_V": (0.0, 1e3),
    "blur_pixels": (0.0, 1e3),
    "exposure_s": (1e-7, 1e5),
    "f_number": (0.1, 1e3),
    "pixel_um": (0.1, 1e3),
    "full_well_electrons": (10.0, 1e8),
    "read_noise_electrons": (0.0, 1e5),
    "dark_current_electrons_s": (0.0, 1e7),
    "electrons_per_count": (1e-3, 1e5),
    "bias_counts": (0.0, 65_535.0),
    "f107": (10.0, 1000.0),
    "f107_average": (10.0, 1000.0),
    "position_sigma_m": (0.0, 1e7),
    "velocity_sigma_m_s": (0.0, 1e4),
    "speed_m_s": (0.0, 1e4),
    "offset_deg": (0.0, 360.0),
}


class _Unit(NamedTuple):
    """What one of another unit is in a key's own."""

    name: str
    factor: float
    offset: float = 0.0


_OTHER_UNITS: Mapping[str, tuple[str, tuple[_Unit, ...]]] = {  # the longest ending first
    "_kg_m2": (
        "kg m2",
        (_Unit("kg cm2", 1e-4), _Unit("kg mm2", 1e-6), _Unit("g cm2", 1e-7), _Unit("g mm2", 1e-9)),
    ),
    "_A_m2": ("A m2", (_Unit("mA m2", 1e-3),)),
    "_rad_s": ("rad/s", (_Unit("rpm", math.pi / 30.0),)),
    "_kg_m": ("kg m", (_Unit("g cm", 1e-5), _Unit("g mm", 1e-6))),
    "_Nm_s": ("Nm s", (_Unit("mNm s", 1e-3), _Unit("uNm s", 1e-6))),
    "_Nm": ("Nm", (_Unit("mNm", 1e-3), _Unit("uNm", 1e-6))),
    "_nT": ("nT", (_Unit("T", 1e9), _Unit("G", 1e5), _Unit("uT", 1e3))),
    "_m2": ("m2", (_Unit("cm2", 1e-4), _Unit("mm2", 1e-6))),
    "_kg": ("kg", (_Unit("g", 1e-3),)),
    "_hz": ("Hz", (_Unit("kHz", 1e3),)),
    "_A_h": ("A h", (_Unit("mA h", 1e-3),)),
    "_A": ("A", (_Unit("mA", 1e-3),)),
    "_V": ("V", (_Unit("mV", 1e-3),)),
    "_um": ("um", (_Unit("m", 1e6), _Unit("mm", 1e3))),
    "_K": ("K", (_Unit("degrees Celsius", 1.0, 273.15),)),
    "_N": ("N", (_Unit("mN", 1e-3), _Unit("uN", 1e-6))),
    "_m": ("m", (_Unit("cm", 1e-2), _Unit("mm", 1e-3))),
    "_s": ("s", (_Unit("ms", 1e-3), _Unit("us", 1e-6))),
}
_COUNTS = "_count"
_GOLD_kg_m3 = 19_300.0
_GYRATION_MOST_m = 3.0


def implausible(tables: Any, loc: Location = ()) -> Iterator[ErrorDetails]:
    """Yield an error, as pydantic's are, for each figure of tables that no spacecraft has."""
    if isinstance(tables, dict):
        yield from _inertia(tables, loc)
        for key, value in tables.items():
            if key in _RANGES or key.endswith(_COUNTS):
                yield from _figure(key, value, (*loc, key))
            if isinstance(value, dict | list):
                yield from implausible(value, (*loc, key))
    elif isinstance(tables, list):
        for number, value in enumerate(tables):
            if isinstance(value, dict | list):
                yield from implausible(value, (*loc, number))


def _figure(key: str, value: Any, loc: Location) -> Iterator[ErrorDetails]:
    if key.endswith(_COUNTS) and _is_number(value) and value != math.floor(value):
        yield _error(loc, value, "must be a whole number: it counts devices")
    if key not in _RANGES:
        return
    least, most = _RANGES[key]
    sizes = [abs(float(each)) for each in _numbers(value)]
    wrong = [size for size in sizes if size > most or (size < least and len(sizes) == 1)]
    if wrong and not (least > 0.0 and wrong[0] == 0.0):  # of which a model tells
        words = f"must be {least:g} to {most:g}" if least else f"must be at most {most:g}"
        yield _error(loc, value, words + _meant(key, wrong[0], least, most))


def _meant(key: str, size: float, least: float, most: float) -> str:
    """Say what a figure would be if it was written in another unit."""
    for ending, (own, others) in _OTHER_UNITS.items():
        if key.endswith(ending):
            for unit in others:
                meant = unit.factor * size + unit.offset
                if max(least, 1e-6 * most) <= meant <= most:
                    return f"; did you mean {meant:.4g} {own} ({size:g} {unit.name})?"
            return ""
    return ""


def _inertia(table: dict[str, Any], loc: Location) -> Iterator[ErrorDetails]:
    """Inertia against mass: no body is denser than gold, or wider than its radius of gyration."""
    mass, rows = table.get("mass_kg"), table.get("inertia_body_kg_m2")
    moments = list(_numbers(rows))
    lightest, heaviest = _RANGES["mass_kg"]
    if not _is_number(mass) or not lightest <= mass <= heaviest or len(moments) != 9:
        return
    # Of a ball, 2/5 m r^2, as dense as gold.
    least = 0.4 * mass * (0.75 * mass / (math.pi * _GOLD_kg_m3)) ** (2.0 / 3.0)
    most = mass * _GYRATION_MOST_m**2
    largest = float(np.max(np.abs(np.array(moments, dtype=float))))
    if largest > 0.0 and not least <= largest <= most:
        yield _error(
            (*loc, "inertia_body_kg_m2"),
            rows,
            f"of a body of {mass:g} kg the largest must be {least:.2g} to {most:.4g}"
            + _meant("inertia_body_kg_m2", largest, least, 0.02 * most),
        )


def _numbers(value: Any) -> Iterator[float]:
    if _is_number(value):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _numbers(each)


def _is_number(value: Any) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max  # a float that is none, or an integer beyond them all


def _error(loc: Location, given: Any, words: str) -> ErrorDetails:
    return {
        "type": "value_error",
        "loc": loc,
        "msg": words,
        "input": given,
        "ctx": {"error": words},
    }

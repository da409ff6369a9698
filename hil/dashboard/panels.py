"""Which panels a recording gives, with their curves and limits."""

from __future__ import annotations

import math

import numpy as np

from hil.dashboard.panel import Limit, OpenPhase, Panel, column
from hil.dashboard.rows import FloatArray, Rows
from hil.judge import Phase, Run, only_time_decides
from hil.judge.requirements import ColumnRequirement, column_unit
from hil.physics.rotations import apply, conjugate
from hil.rig import Rig
from hil.rig.columns import USER_PREFIX

_XYZ = ("x", "y", "z")
_MOST_PARTS = ("x", "y", "z", "w")
_SHORTEST_s = 1e-6  # what is shorter is as good as nothing
_DEG = math.degrees(1.0)


def field_body_microtesla(rows: Rows) -> FloatArray:
    """Return the true magnetic field (n, 3) in the body frame, in microtesla."""
    q_body_from_eci = conjugate(rows["truth_q_eci_from_body"])
    return 1e6 * apply(q_body_from_eci, rows["truth_field_eci_T"])


def small_panels(rig: Rig | None, sizes: dict[str, int], realtime: bool) -> list[Panel]:
    """Return the panels beside the pointing error, as far as the recording has their columns.

    sizes: column -> its size. rig: None where the recording does not hold it; then no limits.
    realtime: steps were paced by the wall clock, so that they can begin late.
    """
    late = realtime and "late_s" in sizes
    made = [_rates(rig, sizes), *_wheels(rig, sizes), _bias(rig), _field(), _dipole(rig)]
    made.append(_link(rig, late))
    lacking = _lacking(rig)
    needs = {
        "rates": ("truth_rate_body_rad_s",),
        "wheel_speeds": ("truth_wheel_speed_rad_s",),
        "wheel_torques": ("command_wheel_torque_Nm", "truth_wheel_speed_rad_s"),
        "gyro_bias": ("estimate_gyro_bias_body_rad_s",),
        "field": ("truth_field_eci_T", "truth_q_eci_from_body"),
        "dipole": ("command_dipole_body_A_m2",),
        "link": ("reply_s",),
    }
    found = [panel for panel in made if sizes.keys() >= set(needs[panel.key])]
    found = [panel for panel in found if panel.key not in lacking]
    found += _others(rig, sizes, {name for panel in found for name in needs[panel.key]})
    return [*found, *_of_user(sizes, {panel.key for panel in found})]


def _lacking(rig: Rig | None) -> set[str]:
    """Return the panels of devices that the spacecraft does not have."""
    if rig is None:
        return set()
    craft = rig.spacecraft
    uses_field = bool(craft.rod or craft.tables("magnetometer"))
    has = {
        "dipole": bool(craft.rod),
        "field": uses_field,
        "gyro_bias": bool(craft.tables("gyro")),
        "wheel_speeds": bool(craft.wheel),
        "wheel_torques": bool(craft.wheel),
    }
    return {key for key, there in has.items() if not there}


def _others(rig: Rig | None, sizes: dict[str, int], shown: set[str]) -> list[Panel]:
    """Return panels for columns that requirements limit and no other panel shows."""
    found: dict[str, Panel] = {}
    for each in rig.requirement if rig else ():
        if not isinstance(each, ColumnRequirement) or each.column in shown | found.keys():
            continue
        size = sizes.get(each.column, 0)
        if not 0 < size <= len(_MOST_PARTS):
            continue
        names = (each.column.rsplit("_", 1)[0],) if size == 1 else tuple(_MOST_PARTS[:size])
        unit, factor = column_unit(each.column) or "1", 1.0
        if unit == "rad/s":
            unit, factor = "deg/s", _DEG
        limits = _required(rig, each.column, factor)
        found[each.column] = Panel(
            each.column, each.name, "value", unit, names, column(each.column, factor), limits
        )
    return list(found.values())


def _of_user(sizes: dict[str, int], shown: set[str]) -> list[Panel]:
    """Return panels for the numbers that a firmware tells in message user, those of a unit in one.

    What a requirement limits has a panel already.
    """
    names = [name for name in sizes if name.startswith(USER_PREFIX) and name not in shown]
    of_unit: dict[str, list[str]] = {}
    for name in names:
        of_unit.setdefault(column_unit(name) or "1", []).append(name)
    return [
        _user_panel(unit, tuple(alike[at : at + len(_MOST_PARTS)]))
        for unit, alike in of_unit.items()
        for at in range(0, len(alike), len(_MOST_PARTS))
    ]


def _user_panel(unit: str, columns: tuple[str, ...]) -> Panel:
    factor = _DEG if unit == "rad/s" else 1.0
    suffix = "" if unit == "1" else "_" + unit.replace("/", "_").replace(" ", "_")
    names = tuple(name.removeprefix(USER_PREFIX).removesuffix(suffix) for name in columns)

    def compute(rows: Rows) -> FloatArray:
        return np.asarray(factor * np.column_stack([rows[name] for name in columns]))

    unit = "deg/s" if unit == "rad/s" else unit
    return Panel(columns[0], "Telemetry", "value", unit, names, compute)


def _rates(rig: Rig | None, sizes: dict[str, int]) -> Panel:
    name, estimate = "truth_rate_body_rad_s", "estimate_rate_body_rad_s"
    limits = _required(rig, name, _DEG)
    curves: tuple[str, ...]
    if estimate not in sizes:
        compute, curves = column(name, _DEG), tuple(_XYZ)
    else:
        curves = (*_XYZ, *(f"{axis} estimated" for axis in _XYZ))

        def compute(rows: Rows) -> FloatArray:
            return np.asarray(_DEG * np.concatenate([rows[name], rows[estimate]], axis=1))

    behind = len(curves) - len(_XYZ)
    return Panel(
        "rates", "Body rate", "rate", "deg/s", curves, compute, limits, least=0.002, behind=behind
    )


def _bias(rig: Rig | None) -> Panel:
    name, factor = "estimate_gyro_bias_body_rad_s", 3600.0 * _DEG
    limits = _required(rig, name, factor)
    return Panel(
        "gyro_bias", "Gyro bias", "bias", "deg/h", _XYZ, column(name, factor), limits, least=1.0
    )


def _wheels(rig: Rig | None, sizes: dict[str, int]) -> list[Panel]:
    speed, torque = "truth_wheel_speed_rad_s", "command_wheel_torque_Nm"
    wheels = rig.spacecraft.wheel if rig else ()
    n = sizes.get(speed, 0)
    names = tuple(wheel.name for wheel in wheels) or tuple(str(i) for i in range(n))
    fastest = _signed({wheel.speed_max_rad_s for wheel in wheels}, "rad/s")
    strongest = _signed({1e3 * wheel.torque_max_Nm for wheel in wheels}, "mN m")
    fastest += _required(rig, speed, 1.0)
    strongest += _required(rig, torque, 1e3)
    return [
        Panel("wheel_speeds", "Wheel speed", "speed", "rad/s", names, column(speed), fastest,
              least=1.0),
        Panel("wheel_torques", "Wheel torque", "torque", "mN m", names, column(torque, 1e3, n),
              strongest, least=0.01),
    ]  # fmt: skip


def _field() -> Panel:
    return Panel("field", "Magnetic field", "field", "µT", _XYZ, field_body_microtesla, least=1.0)


def _dipole(rig: Rig | None) -> Panel:
    name = "command_dipole_body_A_m2"
    rods = rig.spacecraft.rod if rig else ()
    reach = sum((rod.dipole_max_A_m2 * np.abs(rod.axis_body) for rod in rods), np.zeros(3))
    limits = _signed({float(f"{most:.2g}") for most in reach if most > 0.0}, "A m²")
    limits += _required(rig, name, 1.0)
    return Panel("dipole", "Rod dipole", "dipole", "A m²", _XYZ, column(name), limits, least=0.01)


def _link(rig: Rig | None, late: bool) -> Panel:
    period_ms = 1e3 * rig.step_s if rig else 0.0
    limits = (Limit(f"control period {period_ms:g} ms", period_ms),) if rig else ()
    names = ("reply", "late start") if late else ("reply",)
    columns = ("reply_s", "late_s")[: len(names)]

    def compute(rows: Rows) -> FloatArray:
        times_s = np.column_stack([rows[name] for name in columns])
        return np.asarray(1e3 * np.maximum(times_s, _SHORTEST_s))

    return Panel("link", "Link", "time", "ms", names, compute, limits, "log")


def _signed(values: set[float], unit: str) -> tuple[Limit, ...]:
    """Return what the hardware can do, which holds for both directions."""
    return tuple(Limit(f"limit {value:g} {unit}", value, True) for value in sorted(values))


def _required(rig: Rig | None, name: str, factor: float) -> tuple[Limit, ...]:
    """Return the limits that requirements which only time decides put on a shown column."""
    if rig is None:
        return ()
    limits = []
    run = Run(rig.name, rig.step_s, (), math.inf, frozenset())
    for each in rig.requirement:
        if isinstance(each, ColumnRequirement) and each.column == name:
            if not only_time_decides(each):
                continue
            stated = each.stated_limit
            value = stated.value * stated.unit_si * factor
            text = f"{each.name}: {stated.value:g} {stated.unit}"
            if each.by_s is not None:
                limits.append(
                    Limit(f"{text} by {each.by_s:g} s", value, True, OpenPhase(each.by_s))
                )
            else:
                limits.append(Limit(text, value, True, Phase(each, None, run)))
    return tuple(limits)

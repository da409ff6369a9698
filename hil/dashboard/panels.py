"""What each panel draws: its curves, their limits, and how they come from a recording's rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hil.dashboard.rows import FloatArray, Rows
from hil.physics.rotations import apply, conjugate
from hil.requirements import ColumnRequirement
from hil.rig import Rig

_XYZ = ("x", "y", "z")
_DEG = math.degrees(1.0)

Compute = Callable[[Rows], FloatArray]


@dataclass(frozen=True)
class Limit:
    """A line that a curve should not cross, in the panel's unit, over a phase of the run."""

    text: str
    value: float
    both_signs: bool = False
    from_s: float = 0.0
    to_s: float = math.inf
    curve: int | None = None  # the one that it is for, if not all


@dataclass(frozen=True)
class Panel:
    """One plot: ``compute`` makes of rows its curves' values (n, curves), in ``unit``.

    scale: "log" panels hold positive values only. least: the narrowest range worth showing.
    """

    key: str
    title: str
    quantity: str
    unit: str
    curves: tuple[str, ...]
    compute: Compute
    limits: tuple[Limit, ...] = ()
    scale: Literal["linear", "log"] = "linear"
    least: float = 0.0

    @property
    def axis_label(self) -> str:
        """Name and unit of the vertical axis."""
        return f"{self.quantity} ({self.unit})"


def column(name: str, factor: float = 1.0, parts: int | None = None) -> Compute:
    """Return what takes a recorded column, or its first parts, times a factor."""

    def compute(rows: Rows) -> FloatArray:
        values = rows[name]
        table = values[:, None] if values.ndim == 1 else values
        return np.asarray(factor * table[:, :parts])

    return compute


def field_body_microtesla(rows: Rows) -> FloatArray:
    """Return the true magnetic field (n, 3) in the body frame, in microtesla."""
    q_body_from_eci = conjugate(rows["truth_q_eci_from_body"])
    return 1e6 * apply(q_body_from_eci, rows["truth_field_eci_T"])


def small_panels(rig: Rig | None, sizes: dict[str, int]) -> list[Panel]:
    """Return the panels beside the pointing error, as far as the recording has their columns.

    sizes: column -> its size. rig: None where the recording does not hold it; then no limits.
    """
    made = [_rates(rig), *_wheels(rig, sizes), _field(), _dipole(rig), reply(rig)]
    needs = {
        "rates": ("truth_rate_body_rad_s",),
        "wheel_speeds": ("truth_wheel_speed_rad_s",),
        "wheel_torques": ("command_wheel_torque_Nm", "truth_wheel_speed_rad_s"),
        "field": ("truth_field_eci_T", "truth_q_eci_from_body"),
        "dipole": ("command_dipole_body_A_m2",),
        "reply": ("reply_s",),
    }
    return [panel for panel in made if all(name in sizes for name in needs[panel.key])]


def _rates(rig: Rig | None) -> Panel:
    name = "truth_rate_body_rad_s"
    limits = _required(rig, name, _DEG)
    compute = column(name, _DEG)
    return Panel("rates", "Body rate", "rate", "deg/s", _XYZ, compute, limits, least=0.002)


def _wheels(rig: Rig | None, sizes: dict[str, int]) -> list[Panel]:
    speed, torque = "truth_wheel_speed_rad_s", "command_wheel_torque_Nm"
    wheels = rig.spacecraft.wheel if rig else ()
    n = sizes.get(speed, 0)
    names = tuple(wheel.name for wheel in wheels) or tuple(str(i) for i in range(n))
    fastest = _signed("limit", {wheel.speed_max_rad_s for wheel in wheels})
    strongest = _signed("limit", {1e3 * wheel.torque_max_Nm for wheel in wheels})
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
    limits = _signed("limit", {round(float(most), 6) for most in reach if most > 0.0})
    limits += _required(rig, name, 1.0)
    return Panel("dipole", "Rod dipole", "dipole", "A m²", _XYZ, column(name), limits, least=0.01)


def reply(rig: Rig | None) -> Panel:
    """Return the panel of the line: how long each reply took."""
    limits = (Limit("control period", 1e3 * rig.step_s),) if rig else ()
    compute = column("reply_s", 1e3)
    return Panel("reply", "Link", "reply time", "ms", ("reply",), compute, limits, "log")


def _signed(text: str, values: set[float]) -> tuple[Limit, ...]:
    return tuple(Limit(text, value, both_signs=True) for value in sorted(values))


def _required(rig: Rig | None, name: str, factor: float) -> tuple[Limit, ...]:
    """Return the limits that the rig's requirements put on a column that the panel shows."""
    found = [
        each
        for each in (rig.requirement if rig else ())
        if isinstance(each, ColumnRequirement) and each.column == name
    ]
    return tuple(
        Limit(
            each.name,
            each.stated_limit.value * each.stated_limit.unit_si * factor,
            True,
            each.from_s,
            each.to_s or math.inf,
        )
        for each in found
    )

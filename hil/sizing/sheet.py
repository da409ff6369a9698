"""The figures of a spacecraft, and of one in its orbit, ready for JSON; units are in the keys."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hil.physics.rotations import angle_between
from hil.physics.vectors import FloatArray
from hil.rig import Rig, Spacecraft
from hil.rig.source import Source
from hil.sizing.disturbances import disturbances
from hil.sizing.envelope import along, guaranteed, slew_time_s
from hil.sizing.orbit import Revolution, revolution
from hil.sizing.sources import devices
from hil.sizing.trackers import visibility

_SLEWS_deg = (10.0, 30.0, 90.0, 180.0)
_CYCLIC = math.sqrt(0.5) / 4.0  # of torque and period, of a torque that comes and goes each orbit
_AXES = np.eye(3)


def sizing_dict(craft: Spacecraft, source: Source, rig: Rig | None) -> dict[str, Any]:
    """Return the page of a spacecraft; with a rig the budgets of its orbit too."""
    page: dict[str, Any] = {
        "spacecraft": craft.name,
        "file": str(source.spacecraft_path),
        "mass": _mass(craft),
        "devices": list(devices(source)),
        "actuators": _actuators(craft),
        "slew": _slew(craft),
    }
    if rig is not None:
        orbit = revolution(rig)
        page["rig"] = str(source.path)
        page["orbit"] = _orbit(rig, orbit)
        page["budget"] = _budget(craft, rig, orbit)
        page["star_trackers"] = list(visibility(rig, orbit))
    return page


def _mass(craft: Spacecraft) -> dict[str, Any]:
    body = craft.body
    moments, axes = np.linalg.eigh(np.array(body.inertia_body_kg_m2))
    nearest = [float(np.degrees(np.arccos(min(1.0, np.abs(axis).max())))) for axis in axes.T]
    return {
        "mass_kg": body.mass_kg,
        "centre_of_mass_body_m": list(body.centre_of_mass_body_m),
        "principal_moments_kg_m2": moments.tolist(),
        "principal_axes_off_body_axes_deg": nearest,
        "residual_dipole_A_m2": float(np.linalg.norm(body.residual_dipole_body_A_m2)),
        "believed_inertia_off": _belief(craft),
        "flexible_modes_hz": [mode.frequency_hz for mode in craft.flexible_mode],
    }


def _belief(craft: Spacecraft) -> dict[str, float]:
    """How far off the flight software's moments are, as a share of the true ones."""
    true = np.diag(craft.body.inertia_body_kg_m2)
    names = [f"inertia_{axis}{axis}_body_kg_m2" for axis in "xyz"]
    own = craft.flight_software
    return {
        name: float(own[name] / moment - 1.0)
        for name, moment in zip(names, true, strict=True)
        if name in own
    }


# -- actuators -------------------------------------------------------------------------------------


def _vectors(tables: Any, size: Any) -> FloatArray:
    return np.array([size(each) * np.array(each.axis_body) for each in tables]).reshape(-1, 3)


def wheel_torque(craft: Spacecraft) -> FloatArray:
    """Return each wheel's largest torque (n, 3), body axes, N m."""
    return _vectors(craft.wheel, lambda wheel: wheel.torque_max_Nm)


def wheel_momentum(craft: Spacecraft) -> FloatArray:
    """Return each wheel's largest momentum (n, 3), body axes, N m s."""
    return _vectors(craft.wheel, lambda wheel: wheel.spin_inertia_kg_m2 * wheel.speed_max_rad_s)


def _actuators(craft: Spacecraft) -> dict[str, Any]:
    rods = _vectors(craft.rod, lambda rod: rod.dipole_max_A_m2)
    turned = _vectors(
        craft.wheel, lambda wheel: wheel.spin_inertia_kg_m2 * wheel.initial_speed_rad_s
    )
    return {
        "wheels": len(craft.wheel),
        "wheel_torque_any_direction_Nm": guaranteed(wheel_torque(craft)),
        "wheel_momentum_any_direction_Nms": guaranteed(wheel_momentum(craft)),
        "wheel_momentum_at_start_Nms": float(np.linalg.norm(turned.sum(axis=0))),
        "rods": len(craft.rod),
        "rod_dipole_any_direction_A_m2": guaranteed(rods),
        "thrusters": [_thruster(craft, each) for each in craft.thruster],
    }


def _thruster(craft: Spacecraft, thruster: Any) -> dict[str, Any]:
    centre = craft.body.centre_of_mass_body_m
    force = thruster.thrust_N * np.array(thruster.direction_body)
    return {
        "name": thruster.name,
        "thrust_N": thruster.thrust_N,
        "force_body_N": force.tolist(),
        "torque_body_Nm": thruster.torque_body_Nm(centre).tolist(),
        "smallest_impulse_N_s": thruster.thrust_N * thruster.minimum_on_time_s,
    }


def _slew(craft: Spacecraft) -> list[dict[str, Any]]:
    """What the wheels can do about each body axis, wheels empty at the start."""
    inertia = np.array(craft.body.inertia_body_kg_m2)
    torque, momentum = wheel_torque(craft), wheel_momentum(craft)
    found = []
    for name, axis in zip("xyz", _AXES, strict=True):
        moment = float(axis @ inertia @ axis)
        acceleration, rate = along(torque, axis) / moment, along(momentum, axis) / moment
        times = {
            f"{deg:g}": slew_time_s(math.radians(deg), acceleration, rate) for deg in _SLEWS_deg
        }
        found.append(
            {
                "axis": name,
                "acceleration_deg_s2": math.degrees(acceleration),
                "rate_deg_s": math.degrees(rate),
                "time_s_by_deg": {k: v if math.isfinite(v) else None for k, v in times.items()},
            }
        )
    return found


# -- in an orbit -----------------------------------------------------------------------------------


def _orbit(rig: Rig, orbit: Revolution) -> dict[str, Any]:
    distance = np.linalg.norm(orbit.position_eci_m, axis=1)
    field = np.linalg.norm(orbit.field_eci_T, axis=1)
    normal = np.cross(orbit.position_eci_m[0], orbit.velocity_eci_m_s[0])
    beta = 90.0 - math.degrees(float(angle_between(normal, orbit.sun_eci[0])))
    return {
        "about": rig.orbit.central_body,
        "period_s": orbit.period_s if math.isfinite(orbit.period_s) else None,
        "height_m": [float(each) - rig.orbit.body.radius_m for each in _ends(distance)],
        "beta_deg": beta,
        "eclipse_share": 1.0 - float(orbit.sunlit.mean()),
        "field_T": _ends(field),
    }


def _ends(values: FloatArray) -> list[float]:
    return [float(values.min()), float(values.max())]


def _budget(craft: Spacecraft, rig: Rig, orbit: Revolution) -> dict[str, Any]:
    each = list(disturbances(rig, orbit))
    total = sum(disturbance.torque_Nm for disturbance in each)
    torque, momentum = guaranteed(wheel_torque(craft)), guaranteed(wheel_momentum(craft))
    rods = guaranteed(_vectors(craft.rod, lambda rod: rod.dipole_max_A_m2))
    weakest = float(np.linalg.norm(orbit.field_eci_T, axis=1).min())
    cyclic = _CYCLIC * total * orbit.period_s
    return {
        "disturbances": [disturbance._asdict() for disturbance in each],
        "worst_together_Nm": total,
        "wheel_torque_margin": _over(torque, total),
        "momentum_of_an_orbit_Nms": cyclic if math.isfinite(cyclic) else None,
        "wheel_momentum_margin": _over(momentum, cyclic),
        "wheels_full_after_s": _over(momentum, total),
        "rod_torque_across_weakest_field_Nm": rods * weakest,
        "rod_torque_margin": _over(rods * weakest, total),
    }


def _over(have: float, need: float) -> float | None:
    """Return how often what is needed fits into what there is; None where nothing is asked."""
    return have / need if need > 0.0 and math.isfinite(need) else None

"""Cones that the rig's own commands would have an axis enter: told before the run."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hil.judge.cones import ConeRequirement
from hil.physics.rotations import angle_between, apply
from hil.physics.sky import SEGMENT_s
from hil.physics.vectors import FloatArray
from hil.rig.model import Rig


def commanded_into_cones(rig: Rig) -> Iterator[str]:
    """Yield a sentence for each command that has an axis on the wrong side of a cone of the Sun."""
    for requirement in rig.requirement:
        if isinstance(requirement, ConeRequirement) and requirement.cone == "sun":
            yield from _attitudes(rig, requirement)
            yield from _targets(rig, requirement)
            yield from _scans(rig, requirement)


def _attitudes(rig: Rig, requirement: ConeRequirement) -> Iterator[str]:
    for number, order in enumerate(rig.telecommand, start=1):
        if order.q_eci_from_body is None:
            continue
        axis = apply(order.q_eci_from_body, requirement.boresight_body)
        if words := _words(rig, requirement, order.at_s, axis):
            called = f"[[telecommand]] number {number}: q_eci_from_body turns"
            yield f"{called} {words}: choose another attitude"


def _targets(rig: Rig, requirement: ConeRequirement) -> Iterator[str]:
    """Of targets that the axis is to point at from a command on."""
    for number, order in enumerate(rig.telecommand, start=1):
        name = {"target": order.target, "station": order.station}.get(order.mode or "")
        if name is None or name not in rig.ground.targets:
            continue
        parameter = {"target": "payload_axis", "station": "antenna_axis"}[order.mode or ""]
        if not np.allclose(_told_axis(rig, parameter), requirement.boresight_body, atol=1e-3):
            continue
        time_s = np.array([order.at_s])
        towards = rig.ground.direction_eci(name, time_s, rig.free_fall.states(time_s)[:, :3])[0]
        if words := _words(rig, requirement, order.at_s, towards):
            yield (
                f'[[telecommand]] number {number}: target "{name}" turns {words}: choose another '
                "target, or another time"
            )


def _scans(rig: Rig, requirement: ConeRequirement) -> Iterator[str]:
    for scan in rig.scan:
        if scan.at_s is None or not np.allclose(scan.boresight_body, requirement.boresight_body):
            continue
        times_s = scan.looked_at_s()
        places = rig.free_fall.states(times_s)[:, :3]
        for cell, time_s in enumerate(times_s.tolist()):
            away = scan.away_eci_m(cell, places[cell, None])[0]
            if words := _words(rig, requirement, time_s, away):
                yield (
                    f'[[scan]] "{scan.name}": cell {cell + 1} turns {words}: scan another part, or '
                    "at another time"
                )
                break


def _words(rig: Rig, requirement: ConeRequirement, time_s: float, axis_eci: FloatArray) -> str:
    """Return how far from the Sun an axis would be, and that this is wrong; "" if it is right."""
    angle = math.degrees(float(angle_between(axis_eci, _sun_eci(rig, time_s))))
    if not _is_wrong(requirement, angle):
        return ""
    return (
        f'the axis of [[requirement]] "{requirement.name}" to {angle:.1f} deg from the Sun, which '
        f"is {requirement.words.removeprefix('angle ')}"
    )


def _told_axis(rig: Rig, parameter: str) -> list[float]:
    """Return an axis that the flight software is told of, or has by itself: +z."""
    told = rig.spacecraft.flight_software
    standard = {"x": 0.0, "y": 0.0, "z": 1.0}
    return [told.get(f"{parameter}_{part}_body", value) for part, value in standard.items()]


def _is_wrong(requirement: ConeRequirement, angle_deg: float) -> bool:
    if requirement.outside_deg is not None:
        return angle_deg < requirement.outside_deg
    return angle_deg > (requirement.inside_deg or 0.0)


def _sun_eci(rig: Rig, time_s: float) -> FloatArray:
    """Return the direction of the Sun from the central body."""
    record = rig.sky.segment(time_s)
    u = (time_s - float(record["start_s"][0])) / SEGMENT_s
    return np.asarray(record["sun_m"][0].T @ np.array([1.0, u, u * u, u**3]))

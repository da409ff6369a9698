"""Cones that the rig's own commands would have an axis enter: told before the run."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hil.judge.cones import ConeRequirement
from hil.physics.rotations import angle_between, apply
from hil.physics.sky import SEGMENT_s, Sky
from hil.physics.vectors import FloatArray
from hil.rig.model import Rig


def commanded_into_cones(rig: Rig) -> Iterator[str]:
    """Yield a sentence for each attitude to hold that is on the wrong side of a cone of the Sun."""
    for requirement in rig.requirement:
        if not isinstance(requirement, ConeRequirement) or requirement.cone != "sun":
            continue
        for number, order in enumerate(rig.telecommand, start=1):
            if order.q_eci_from_body is None:
                continue
            axis = apply(order.q_eci_from_body, requirement.boresight_body)
            angle = math.degrees(float(angle_between(axis, _sun_eci(rig, order.at_s))))
            if _is_wrong(requirement, angle):
                yield (
                    f"[[telecommand]] number {number}: q_eci_from_body turns the axis of "
                    f'[[requirement]] "{requirement.name}" to {angle:.1f} deg from the Sun, which '
                    f"is {requirement.words.removeprefix('angle ')}: choose another attitude"
                )


def _is_wrong(requirement: ConeRequirement, angle_deg: float) -> bool:
    if requirement.outside_deg is not None:
        return angle_deg < requirement.outside_deg
    return angle_deg > (requirement.inside_deg or 0.0)


def _sun_eci(rig: Rig, time_s: float) -> FloatArray:
    """Return the direction of the Sun from the central body."""
    environment = rig.environment
    sky = Sky(rig.orbit.epoch_utc, rig.orbit.central_body, environment.ut1_minus_utc_s)
    record = sky.segment(time_s)
    u = (time_s - float(record["start_s"][0])) / SEGMENT_s
    return np.asarray(record["sun_m"][0].T @ np.array([1.0, u, u * u, u**3]))

"""Where star trackers see: along the orbit as the body flies, and over all attitudes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from hil.physics.rotations import angle_between, apply, q_eci_from_lvlh
from hil.physics.vectors import FloatArray
from hil.rig import Rig
from hil.sizing.disturbances import sphere
from hil.sizing.orbit import Revolution

_SIGHTS = 200  # directions that a boresight is tried in, at each sample of the orbit


def blinded(tracker: Any, boresight_eci: FloatArray, orbit: Revolution, radius_m: float) -> Any:
    """Return what blinds a tracker that looks along unit vectors (n, 3): name -> bools (n,)."""
    distance = np.linalg.norm(orbit.position_eci_m, axis=1)
    nadir = -orbit.position_eci_m / distance[:, None]
    limb = np.arcsin(np.minimum(1.0, radius_m / distance))
    sun = tracker.free_of(tracker.sun_exclusion_deg)
    third = tracker.free_of(tracker.moon_exclusion_deg)
    edge = limb + tracker.free_of(tracker.limb_exclusion_deg)
    return {
        "Sun": (angle_between(boresight_eci, orbit.sun_eci) < sun) & (orbit.sunlit > 0.0),
        "limb": angle_between(boresight_eci, nadir) < edge,
        "Moon or Earth": angle_between(boresight_eci, orbit.third_eci) < third,
    }


def visibility(rig: Rig, orbit: Revolution) -> Iterator[dict[str, Any]]:
    """Yield for each star tracker in which part of a revolution it sees, and what blinds it.

    nadir: with the body axes on LVLH. anywhere: over all directions of the boresight.
    """
    radius_m = rig.orbit.body.radius_m
    q_eci_from_body = q_eci_from_lvlh(orbit.position_eci_m, orbit.velocity_eci_m_s)
    for number, tracker in enumerate(rig.spacecraft.tables("star_tracker")):
        boresight = np.array(tracker.boresight_body)
        at_nadir = blinded(tracker, apply(q_eci_from_body, boresight), orbit, radius_m)
        yield {
            "star_tracker": number,
            "nadir_share": _free(at_nadir),
            "nadir_blinded_by": {name: float(each.mean()) for name, each in at_nadir.items()},
            "anywhere_share": _anywhere(tracker, orbit, radius_m),
        }


def _anywhere(tracker: Any, orbit: Revolution, radius_m: float) -> float:
    n = len(orbit.time_s)
    looks = (np.broadcast_to(each, (n, 3)) for each in sphere(_SIGHTS))
    return float(np.mean([_free(blinded(tracker, each, orbit, radius_m)) for each in looks]))


def _free(by: dict[str, Any]) -> float:
    return 1.0 - float(np.any(list(by.values()), axis=0).mean())

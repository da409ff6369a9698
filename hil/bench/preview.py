"""What a rig's camera would see: the spacecraft where it is at a time, looking at something."""

from __future__ import annotations

import numpy as np

from hil.bench.world import World
from hil.devices.camera import CameraUnit
from hil.errors import RigError
from hil.physics.rotations import from_matrix
from hil.physics.vectors import FloatArray
from hil.rig import Rig
from hil.scene.camera import Picture, Pose

NADIR = "nadir"


def preview(rig: Rig, at_s: float, look_at: str | None = None) -> tuple[Picture, int]:
    """Return a picture and its bits: the first camera, without an OBC, turned to look at something.

    look_at: a target or an object of the scene by name, or "nadir"; if not given the rig's first
    target, its scene's first object or the nadir. The spacecraft turns so that it stays in the
    middle.
    Raises RigError for a rig without camera or scene, and for a name that it has not.
    """
    world = World(rig)
    cameras = [each for each in world.sensors if isinstance(each, CameraUnit)]
    if not cameras:
        raise RigError(
            f"{rig.source.path}: there is nothing to see without a [[camera]] and a [scene]"
        )
    camera, steps = cameras[0], round(at_s / rig.truth_step_s)
    world.truth.advance(steps, [0.0] * len(rig.spacecraft.wheel), (0.0, 0.0, 0.0))
    pose = camera.pose(world.truth.row)
    seen = _turned(pose, camera, _place_eci(rig, look_at, at_s, pose.position_eci_m))
    return camera.picture(seen, at_s, round(at_s * camera.model.rate_hz)), camera.model.bits


def _place_eci(rig: Rig, name: str | None, at_s: float, eye_eci_m: FloatArray) -> FloatArray:
    """Positions (2, 3) of what is looked at: now and a second later."""
    assert rig.scene is not None
    places = rig.ground.targets
    name = name or next(iter(places), NADIR)
    if name == NADIR:
        foot = eye_eci_m * (6.371e6 / np.linalg.norm(eye_eci_m))
        return np.stack([foot, foot])
    if name not in places:
        known = ", ".join([*places, NADIR])
        raise RigError(f"{rig.source.path}: there is no {name!r} to look at; there are: {known}")
    return rig.ground.position_eci_m(name, np.array([at_s, at_s + 1.0]))


def _turned(pose: Pose, camera: CameraUnit, place_eci_m: FloatArray) -> Pose:
    """Return a pose with the boresight at a place, the top of the picture along the flight."""
    now, later = place_eci_m - pose.position_eci_m
    later = later - pose.velocity_eci_m_s
    ahead = now / np.linalg.norm(now)
    up = pose.velocity_eci_m_s - (pose.velocity_eci_m_s @ ahead) * ahead
    up /= np.linalg.norm(up)
    eci_from_look = np.stack([np.cross(ahead, up), up, ahead], axis=1)
    boresight, top = np.array(camera.model.boresight_body), np.array(camera.model.up_body)
    body_from_look = np.stack([np.cross(boresight, top), top, boresight], axis=1)
    eci_from_body = eci_from_look @ body_from_look.T
    turn_eci = np.cross(now, later) / float(now @ now)
    return pose._replace(
        q_eci_from_body=np.asarray(from_matrix(eci_from_body)),
        rate_body_rad_s=eci_from_body.T @ turn_eci,
    )

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


def preview(
    rig: Rig, at_s: float, look_at: str | None = None, camera: int = 0
) -> tuple[Picture, int]:
    """Return a picture and its bits: of one camera, without an OBC, turned to look at something.

    look_at: a target or an object of the scene by name, or "nadir"; if not given the rig's first
    target, its scene's first object or the nadir. The spacecraft turns so that it stays in the
    middle. camera: which one, from 0.
    Raises RigError for a time outside the run, for a rig without camera or scene, and for a camera
    or a name that it has not.
    """
    _check(rig, at_s, look_at, camera)
    world = World(rig)
    unit = [each for each in world.sensors if isinstance(each, CameraUnit)][camera]
    steps = round(at_s / rig.truth_step_s)
    world.truth.advance(steps, [0.0] * len(rig.spacecraft.wheel), (0.0, 0.0, 0.0))
    pose = unit.pose(world.truth.row)
    seen = _turned(pose, unit, _place_eci(rig, look_at, at_s, pose.position_eci_m))
    return unit.picture(seen, at_s, round(at_s * unit.model.rate_hz)), unit.model.bits


def _check(rig: Rig, at_s: float, look_at: str | None, camera: int) -> None:
    path, cameras = rig.source.path, len(rig.spacecraft.tables("camera"))
    if not 0.0 <= at_s <= rig.duration_s:
        raise RigError(
            f"{path}: the run lasts {rig.duration_s:g} s: {at_s:g} s is no time between 0 and that"
        )
    if not cameras:
        raise RigError(f"{path}: the spacecraft has no [[camera]], so there is no picture to take")
    if rig.scene is None:
        raise RigError(f"{path}: there is no [scene], so the camera is switched off")
    if not 0 <= camera < cameras:
        valid = "0" if cameras == 1 else f"0 to {cameras - 1}"
        raise RigError(f"{path}: there is no camera {camera}; valid numbers: {valid}")
    known = [*rig.ground.targets, NADIR]
    if look_at is not None and look_at not in known:
        raise RigError(f"{path}: there is no {look_at!r} to look at; there are: {', '.join(known)}")


def _place_eci(rig: Rig, name: str | None, at_s: float, eye_eci_m: FloatArray) -> FloatArray:
    """Positions (2, 3) of what is looked at: now and a second later."""
    places = rig.ground.targets
    name = name or next(iter(places), NADIR)
    if name == NADIR:
        foot = eye_eci_m * (6.371e6 / np.linalg.norm(eye_eci_m))
        return np.stack([foot, foot])
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

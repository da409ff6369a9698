"""What the tests of scenes and cameras share: a camera over a place on the Caspian, by hand."""

import math

import numpy as np
from devices_bench import COLUMNS, row

from hil.devices.camera import Camera, CameraUnit
from hil.devices.sensor import Installation
from hil.physics.groundtarget import GroundTarget
from hil.physics.rotations import from_matrix

PLACE = {"latitude_deg": 42.8, "longitude_deg": 50.3}
CAMERA = {
    "rate_hz": 1.0,
    "boresight_body": (0.0, 0.0, 1.0),
    "up_body": (1.0, 0.0, 0.0),
    "field_of_view_deg": 0.8,
    "exposure_s": 1.2e-4,
    "f_number": 4.0,
    "pixel_um": 29.6,
    "quantum_efficiency": 0.45,
    "full_well_electrons": 320e3,
    "read_noise_electrons": 80.0,
    "dark_current_electrons_s": 2000.0,
    "electrons_per_count": 80.0,
    "bias_counts": 64.0,
    "response_sigma": 0.01,
    "blur_pixels": 0.6,
}
_SPIN_rad_s = 7.292e-5


def camera(scene, seed=1, **keys):
    """A camera in front of a scene."""
    return CameraUnit(Camera(**(CAMERA | keys)), 0, Installation(COLUMNS, 0.1, seed, scene=scene))


def look(elevation_deg=60.0, azimuth_deg=200.0, sun_deg=(45.0, 120.0), up_rad=0.0, **place):
    """A row of truth: 515 km high, boresight at the place, which sees it so high and there.

    sun_deg: elevation and azimuth. up_rad: how far above the place the camera looks; it then does
    not turn; else it keeps the place in the middle.
    """
    target = GroundTarget(name="here", kind="target", height_m=0.0, **(PLACE | place))
    p, up = target.position_ecef_m(0.0), target.up_ecef(0.0)
    east = np.array([-up[1], up[0], 0.0]) / math.hypot(up[0], up[1])
    north = np.cross(up, east)

    def towards(elevation, azimuth):
        e, a = math.radians(elevation), math.radians(azimuth)
        level = math.sin(a) * east + math.cos(a) * north
        return math.cos(e) * level + math.sin(e) * up

    line = towards(elevation_deg, azimuth_deg)
    along = float(p @ line)
    radius = np.linalg.norm(p) + 515e3
    distance = -along + math.sqrt(along**2 - p @ p + radius**2)
    position, z = p + distance * line, -line
    velocity = np.cross(position, [0.2, 0.5, 0.7])
    velocity *= 7600.0 / np.linalg.norm(velocity)
    if up_rad:
        zenith = position / np.linalg.norm(position)
        away = zenith - (zenith @ z) * z
        z = math.cos(up_rad) * z + math.sin(up_rad) * away / np.linalg.norm(away)
    x = velocity - (velocity @ z) * z
    x /= np.linalg.norm(x)
    axes = np.stack([x, np.cross(z, x), z])
    past = np.cross([0.0, 0.0, _SPIN_rad_s], p) - velocity
    rate = axes @ np.cross(z, past) / distance
    return row(
        q_eci_from_body=from_matrix(axes.T),
        position_eci_m=position,
        velocity_eci_m_s=velocity,
        sun_eci=towards(*sun_deg),
        rate_body_rad_s=(0.0, 0.0, 0.0) if up_rad else rate,
    )


def picture(scene, truth=None, time_s=10.0, number=0, seed=1, **keys):
    """Counts (rows, columns) of what a camera sees of a scene."""
    unit = camera(scene, seed, **keys)
    return unit.picture(unit.pose(look() if truth is None else truth), time_s, number)
